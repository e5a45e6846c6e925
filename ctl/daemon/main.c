/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-ctl: the program that decides, and can do nothing else.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/confine.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/rehearse.h"

/* --rehearse SINCE_NS [enforce] [records]: for `postern replay`. */
static int rehearse(int argc, char **argv)
{
	struct rehearse_wish wish = { 0 };

	wish.since_ns = strtoull(argv[2], NULL, 10);
	for (int i = 3; i < argc; i++) {
		wish.enforce |= strcmp(argv[i], "enforce") == 0;
		wish.records |= strcmp(argv[i], "records") == 0;
	}
	if (geteuid() == 0)
		confine(&(struct confine){ .role = ROLE_CTL, .gid = -1 });
	return rehearse_run(&wish);
}

int main(int argc, char **argv)
{
	struct program program;

	if (argc >= 3 && strcmp(argv[1], "--rehearse") == 0)
		return rehearse(argc, argv);
	program_start(&program, ROLE_CTL, argc, argv);
	confine(&(struct confine){ .role = ROLE_CTL, .gid = -1 });
	return daemon_run(&program);
}
