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

/* --rehearse SINCE_NS [enforce]: for `postern replay`. */
static int rehearse(int argc, char **argv)
{
	bool enforce = argc > 3 && strcmp(argv[3], "enforce") == 0;

	if (geteuid() == 0)
		confine(&(struct confine){ .role = ROLE_CTL, .gid = -1 });
	return rehearse_run(strtoull(argv[2], NULL, 10), enforce);
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
