/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input: a pipe becomes a file.
 */
#include "ctl/cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int write_all(int fd, const char *bytes, ssize_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, (size_t)len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			len -= n;
		}
	}
	return 0;
}

static int copy_to(int fd)
{
	static char piece[1 << 16];
	ssize_t got;
	int err = 0;

	do {
		got = read(STDIN_FILENO, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		err = write_all(fd, piece, got);
	} while (got != 0 && !err);
	return err;
}

int input_keep(void)
{
	const char *folder = getenv("TMPDIR");
	int fd, err;

	if (lseek(STDIN_FILENO, 0, SEEK_CUR) >= 0)
		return 0;
	fd = open(folder ? folder : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return -errno;
	err = copy_to(fd);
	if (!err && dup2(fd, STDIN_FILENO) < 0)
		err = -errno;
	close(fd);
	return err;
}

void input_rewind(void)
{
	lseek(STDIN_FILENO, 0, SEEK_SET);
}
