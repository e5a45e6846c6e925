/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_AGE_H
#define POSTERN_FEEDS_AGE_H

/*
 * age: when a file was made, in nanoseconds UTC, or was written last where
 * the file system does not tell.
 *
 * The last write says less: an old log may be written to after a new one was
 * made.
 */
#include <stdint.h>

struct statx;

/* Look at NAME in the open directory DIR, or, where NAME is "", at the open
 * file DIR itself.  -errno. */
__attribute__((warn_unused_result)) int age_look(int dir, const char *name,
						 struct statx *out);

int64_t age_of(const struct statx *st);
/* 0: not known. */
int64_t age_of_fd(int fd);

#endif
