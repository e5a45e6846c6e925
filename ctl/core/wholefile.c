/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wholefile: all names are below one open folder, so that nobody exchanges it
 * in between.
 */
#include "ctl/core/wholefile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int write_and_sync(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int save_in(int folder, const char *name, mode_t mode, const char *text,
		   size_t len)
{
	char made[NAME_MAX + 1];
	int fd, err;

	if (snprintf(made, sizeof(made), "%s.new", name) >= (int)sizeof(made))
		return -ENAMETOOLONG;
	fd = openat(folder, made,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    mode);
	if (fd < 0)
		return -errno;
	err = write_and_sync(fd, text, len);
	close(fd);
	if (!err && renameat(folder, made, folder, name) < 0)
		err = -errno;
	if (err) {
		unlinkat(folder, made, 0);
		return err;
	}
	return fsync(folder) < 0 ? -errno : 0;
}

int wholefile_save(const char *folder, const char *name, mode_t mode,
		   const char *text, size_t len)
{
	int fd = open_folder(folder);
	int err;

	if (fd < 0)
		return fd;
	err = save_in(fd, name, mode, text, len);
	close(fd);
	return err;
}

static int read_bytes(int fd, char **out, size_t *len, size_t size)
{
	char *text = malloc(size + 1);
	size_t used = 0;
	ssize_t n = 1;

	if (!text)
		return -ENOMEM;
	while (used < size && n > 0) {
		n = read(fd, text + used, size - used);
		if (n > 0)
			used += (size_t)n;
	}
	if (n < 0) {
		free(text);
		return -errno;
	}
	text[used] = '\0';
	*out = text;
	*len = used;
	return 0;
}

int wholefile_read(const char *folder, const char *name, size_t most,
		   char **text, size_t *len)
{
	struct stat st;
	int dir = open_folder(folder);
	int fd, err;

	if (dir < 0)
		return dir;
	/* Nobody who put a pipe there makes us wait. */
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	err = fd < 0 ? -errno : 0;
	close(dir);
	if (err)
		return err;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IWGRP | S_IWOTH)))
		err = -EPERM;
	else if ((size_t)st.st_size > most)
		err = -EFBIG;
	else
		err = read_bytes(fd, text, len, (size_t)st.st_size);
	close(fd);
	return err;
}
