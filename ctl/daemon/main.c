/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-ctl: the program that decides, and can do nothing else.
 */
#include "ctl/core/confine.h"
#include "ctl/daemon/daemon.h"

int main(int argc, char **argv)
{
	struct program program;

	program_start(&program, ROLE_CTL, argc, argv);
	confine(&(struct confine){ .role = ROLE_CTL, .gid = -1 });
	return daemon_run(&program);
}
