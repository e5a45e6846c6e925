/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * appendonly: ioctl_iflags(2).
 */
#include "ctl/records/appendonly.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

int appendonly_set(int fd, bool on)
{
	int flags = 0, wanted;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
		return errno == ENOTTY ? -EOPNOTSUPP : -errno;
	wanted = on ? flags | FS_APPEND_FL : flags & ~FS_APPEND_FL;
	if (wanted == flags)
		return 0;
	if (ioctl(fd, FS_IOC_SETFLAGS, &wanted) < 0)
		return errno == ENOTTY ? -EOPNOTSUPP : -errno;
	return 0;
}

void appendonly_lift(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	(void)!appendonly_set(fd, false);
	close(fd);
}
