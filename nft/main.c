/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-nft: the program that writes to the kernel, and decides nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/confine.h"
#include "ctl/core/log.h"
#include "ctl/core/part.h"
#include "ctl/core/program.h"
#include "nft/keep.h"
#include "nft/netlink.h"
#include "nft/probe.h"
#include "nft/ruleset.h"
#include "nft/writer.h"

/* Print the ruleset of the part on standard input: for `postern ruleset` and
 * `postern check`, which also wants to know of bridges. */
static int print_ruleset(void)
{
	struct config *config;
	struct probe bridge;
	char *text;
	int err;

	err = part_read(&config, ROLE_NFT, STDIN_FILENO);
	if (!err)
		err = ruleset_format(&text, config, 1);
	if (err) {
		log_error("cannot write the ruleset: %s", strerror(-err));
		return 1;
	}
	fputs(text, stdout);
	free(text);
	if (probe_bridges(config, &bridge)) {
		log_error("%s", bridge.detail);
		err = 1;
	}
	config_free(config);
	return fflush(stdout) == 0 && !err ? 0 : 1;
}

/* Load the last good skeleton with a shut gate: before the network is up. */
static int load_early(const char *state)
{
	char error[LOAD_ERROR_SIZE] = "";
	struct netlink *nl;
	int err;

	err = netlink_open(&nl, 0);
	if (!err)
		err = keep_restore(state, nl, error);
	if (err == -ENOENT) {
		log_notice("postern never ran with the state folder %s: "
			   "nothing to load",
			   state);
		return 0;
	}
	if (err == KEEP_LAST_RESORT)
		log_error("the last good ruleset cannot be used (%s): all mail "
			  "is shut out until postern has started",
			  error);
	else if (err < 0)
		log_error("cannot load the last good ruleset: %s",
			  error[0] ? error : strerror(-err));
	else
		log_notice(err ? "the mail gate is shut until postern has "
				 "started"
			       : "the mail gate's table is there already");
	return err < 0;
}

int main(int argc, char **argv)
{
	struct program program;
	char folder[512];

	log_open(role_name(ROLE_NFT));
	if (argc == 2 && strcmp(argv[1], "--ruleset") == 0)
		return print_ruleset();
	if (argc == 3 && strcmp(argv[1], "--early") == 0)
		return load_early(argv[2]);
	program_start(&program, ROLE_NFT, argc, argv);
	confine(&(struct confine){
		.role = ROLE_NFT,
		.gid = -1,
		.dir = keep_folder(folder, program.config->state),
	});
	return writer_run(&program);
}
