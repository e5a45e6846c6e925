/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * age: statx(2), which alone tells the birth of a file.
 */
#include "feeds/age.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ctl/core/clock.h"

int age_look(int dir, const char *name, struct statx *out)
{
	int flags = name[0] ? 0 : AT_EMPTY_PATH;

	if (statx(dir, name, flags, STATX_BASIC_STATS | STATX_BTIME, out) < 0)
		return -errno;
	return 0;
}

int64_t age_of(const struct statx *st)
{
	const struct statx_timestamp *t =
		st->stx_mask & STATX_BTIME ? &st->stx_btime : &st->stx_mtime;

	return t->tv_sec * (int64_t)CLOCK_NS_PER_S + t->tv_nsec;
}

int64_t age_of_fd(int fd)
{
	struct statx st;

	return age_look(fd, "", &st) == 0 ? age_of(&st) : 0;
}
