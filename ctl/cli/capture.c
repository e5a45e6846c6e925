/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture: the CLI contains no parser of packets: the program that reads the
 * wire reads the file.
 */
#include "ctl/cli/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/cli/args.h"

bool capture_is_one(const char *path)
{
	/* pcap in both byte orders, micro- and nanoseconds, modified; pcapng. */
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d,
					   0x4d3cb2a1, 0xa1b2cd34, 0x34cdb2a1,
					   0x0a0d0d0a };
	uint32_t magic = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, &magic, sizeof(magic));

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

int capture_replay(const struct cli *cli, const char *path, bool quiet)
{
	char buf[512];
	const char *program = cli_posternd(buf);
	const char *argv[8];
	int argc = 0;

	argv[argc++] = "posternd";
	if (cli->config) {
		argv[argc++] = "-c";
		argv[argc++] = cli->config;
	}
	if (cli->json)
		argv[argc++] = "--json";
	if (quiet)
		argv[argc++] = "--quiet";
	argv[argc++] = "--replay";
	argv[argc++] = path;
	argv[argc] = NULL;
	execv(program, (char *const *)(uintptr_t)argv);
	fprintf(stderr, "postern: cannot start %s: %s\n", program,
		strerror(errno));
	return ANSWER_FAILED;
}
