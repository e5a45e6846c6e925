/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_CLI_H
#define POSTERN_CLI_CLI_H

/*
 * cli: the program postern: what every verb gets, and the table of verbs.
 *
 * A verb returns the exit status, which is an enum answer_code.
 */
#include <stdbool.h>

#include "ctl/core/msg.h"

struct cli {
	const char *socket; /* of postern-ctl */
	const char *config; /* of the verbs without a daemon */
	bool json;
	int argc; /* behind the verb */
	char **argv;
};

struct cli_verb {
	const char *name;
	int (*run)(struct cli *cli);
	const char *usage; /* what follows the name */
	const char *help; /* a sentence */
};

int verb_status(struct cli *cli);
int verb_bans(struct cli *cli);
int verb_why(struct cli *cli);
int verb_watch(struct cli *cli);
int verb_ban(struct cli *cli);
int verb_unban(struct cli *cli);
int verb_panic(struct cli *cli);
int verb_resume(struct cli *cli);
int verb_reload(struct cli *cli);
int verb_check(struct cli *cli);
int verb_ruleset(struct cli *cli);
int verb_doctor(struct cli *cli);
int verb_log(struct cli *cli);
int verb_export(struct cli *cli);
int verb_verify(struct cli *cli);
int verb_summary(struct cli *cli);
int verb_review(struct cli *cli);
int verb_hold(struct cli *cli);
int verb_witness(struct cli *cli);
int verb_records(struct cli *cli);
int verb_allow(struct cli *cli);
int verb_ack(struct cli *cli);
int verb_omitted(struct cli *cli);
int verb_rules(struct cli *cli);
int verb_replay(struct cli *cli);

/* Say on standard error what is wrong with the command line, and how VERB is
 * used.  Returns ANSWER_USAGE. */
__attribute__((format(printf, 2, 3))) int cli_usage(const char *verb,
						    const char *format, ...);

#endif
