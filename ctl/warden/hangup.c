/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hangup: signalfd(2), since a handler that libev sets is not told who sent
 * the signal.
 */
#include "ctl/warden/hangup.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

int hangup_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* It may have ended since, as kill(1) does: then nobody knows. */
static uint32_t login_of(uint32_t pid)
{
	char path[64];
	unsigned int uid;
	FILE *file;
	int got;

	snprintf(path, sizeof(path), "/proc/%u/loginuid", pid);
	file = fopen(path, "re");
	if (!file)
		return UINT32_MAX;
	got = fscanf(file, "%10u", &uid);
	fclose(file);
	return got == 1 ? (uint32_t)uid : UINT32_MAX;
}

bool hangup_take(int fd, struct hangup *out)
{
	struct signalfd_siginfo info;

	*out = (struct hangup){ .login_uid = UINT32_MAX };
	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return false;
	out->pid = info.ssi_pid;
	out->uid = info.ssi_uid;
	if (info.ssi_pid)
		out->login_uid = login_of(info.ssi_pid);
	/* A terminal that goes away is nobody's wish. */
	return info.ssi_code == SI_USER || info.ssi_code == SI_QUEUE ||
	       info.ssi_code == SI_TKILL;
}
