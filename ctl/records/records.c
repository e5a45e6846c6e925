/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-records: the only program that writes records.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/confine.h"
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/records/keeper.h"

/* The state folder is posternd's to make; this may come before its first
 * start. */
static void make_parent(const char *path)
{
	char parent[CONFIG_PATH_SIZE];
	char *slash;

	snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (!slash || slash == parent)
		return;
	*slash = '\0';
	/* What else is wrong with it shows at once. */
	if (mkdir(parent, 0755) < 0)
		return;
}

/* Make the records at PATH, and their first seal, before the first start. */
static int make(const char *path)
{
	struct confine wanted = { .role = ROLE_RECORDS,
				  .gid = -1,
				  .dir = path,
				  .keeps_to_dir = true };

	log_open(role_name(ROLE_RECORDS));
	if (geteuid() != 0) {
		log_error("be root");
		return 1;
	}
	make_parent(path);
	confine(&wanted);
	return keeper_make(path);
}

int main(int argc, char **argv)
{
	struct confine wanted = { .role = ROLE_RECORDS, .gid = -1 };
	struct program program;
	struct hello hello;
	int status;

	if (argc == 3 && strcmp(argv[1], "--init") == 0)
		return make(argv[2]);
	program_start(&program, ROLE_RECORDS, argc, argv);
	wanted.dir = program.config->records.path;
	wanted.keeps_to_dir = true;
	/* To give what is written to those who may read it. */
	wanted.gid = (int)program.config->control.gid;
	confine(&wanted);
	hello = program_hello(&program);
	status = keeper_run(program.config, ROLE_FD_CTL, ROLE_FD_ORIGINALS,
			    &hello);
	config_free(program.config);
	return status;
}
