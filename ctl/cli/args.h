/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_ARGS_H
#define POSTERN_CLI_ARGS_H

/*
 * args: what stands behind a verb: options with a value, flags, and words.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

struct cli;

struct args_option {
	const char *name; /* "--for" */
	const char **value; /* NULL: a flag */
	bool *flag;
};

/*
 * Read the arguments of VERB.  Words that are no options go to WORDS, up to
 * MAX of them; *COUNT says how many.  0, or ANSWER_USAGE after saying why.
 */
int args_read(struct cli *cli, const char *verb,
	      const struct args_option *options, const char **words, int max,
	      int *count);

/* The prefix that TEXT spells; 0, or ANSWER_USAGE after saying why not and
 * what to write instead. */
int args_prefix(const char *verb, const char *text, struct prefix *out);

/* REASON, which may be NULL, as ASK takes it; as args_prefix(). */
int args_reason(const char *verb, const char *reason, struct ask *ask);

/* A term: "10m", "1d", "forever" (0).  As args_prefix(). */
int args_term(const char *verb, const char *text, uint64_t *out_s);

#endif
