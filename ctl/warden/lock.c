/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock: files that only root can open, for an abstract socket or the namespace
 * itself could be held by anybody, and no posternd would start.
 */
#include "ctl/warden/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int lock_namespace(char path[static LOCK_PATH_SIZE])
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st) < 0)
		return -errno;
	snprintf(path, LOCK_PATH_SIZE, "/run/postern-net-%llu.lock",
		 (unsigned long long)st.st_ino);
	return 0;
}

int lock_take(const char *path)
{
	struct stat st;
	int fd, err;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			  0600);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &st) < 0) {
			err = -errno;
			close(fd);
			return err;
		}
		if (st.st_nlink > 0)
			return fd;
		/* Who held it took it away when he ended. */
		close(fd);
	}
}
