/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-records: the only program that writes records.
 */
#include "ctl/core/confine.h"
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/records/keeper.h"

int main(int argc, char **argv)
{
	struct confine wanted = { .role = ROLE_RECORDS, .gid = -1 };
	struct program program;
	struct hello hello;
	int status;

	program_start(&program, ROLE_RECORDS, argc, argv);
	wanted.dir = program.config->records.path;
	/* To give what is written to those who may read it. */
	wanted.gid = (int)program.config->control.gid;
	confine(&wanted);
	hello = program_hello(&program);
	status = keeper_run(program.config, ROLE_FD_CTL, &hello);
	config_free(program.config);
	return status;
}
