/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program: arguments and part of the configuration.
 */
#include "ctl/core/program.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/log.h"
#include "ctl/core/part.h"

static int parse_number(const char *text, unsigned long limit,
			unsigned long *out)
{
	char *end;

	*out = strtoul(text, &end, 10);
	return end == text || *end != '\0' || *out > limit ? -1 : 0;
}

void program_start(struct program *out, enum role role, int argc, char **argv)
{
	unsigned long epoch, index;
	int err;

	log_open(role_name(role));
	if (argc != 3 || parse_number(argv[1], UINT32_MAX, &epoch) ||
	    parse_number(argv[2], UINT16_MAX, &index) ||
	    fcntl(ROLE_FD_CONFIG, F_GETFD) < 0) {
		fprintf(stderr,
			"%s is a part of postern and started by posternd(8); "
			"it has no use of its own.\n",
			role_name(role));
		exit(2);
	}
	*out = (struct program){
		.role = role,
		.index = (uint16_t)index,
		.epoch = (uint32_t)epoch,
	};
	err = part_read(&out->config, role, ROLE_FD_CONFIG);
	if (err) {
		log_error("cannot read my part of the configuration: %s",
			  strerror(-err));
		exit(1);
	}
}

struct hello program_hello(const struct program *program)
{
	return (struct hello){
		.role = (uint8_t)program->role,
		.index = program->index,
		.epoch = program->epoch,
		.pid = (uint32_t)getpid(),
	};
}
