/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture: the first four bytes tell.
 */
#include "ctl/cli/capture.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

bool capture_is_one(const char *path)
{
	/* pcap in both byte orders, micro- and nanoseconds, modified; pcapng. */
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d,
					   0x4d3cb2a1, 0xa1b2cd34, 0x34cdb2a1,
					   0x0a0d0d0a };
	uint32_t magic = 0;
	int fd = strcmp(path, "-") == 0
			 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			 : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : pread(fd, &magic, sizeof(magic), 0);

	if (fd >= 0)
		close(fd);
	if (got != (ssize_t)sizeof(magic))
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (magic == magics[i])
			return true;
	}
	return false;
}
