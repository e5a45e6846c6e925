/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern ban, unban, panic, resume: what changes something.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"

/* Without --for: long enough to notice, short enough to be forgiven. */
#define TERM_DEFAULT_S 86400u

static int read_scope(const char *text, struct ask *ask)
{
	for (unsigned int i = 0; i < SCOPE_COUNT; i++) {
		if (strcmp(text, scope_name((enum ban_scope)i)) == 0) {
			ask->scope = (uint8_t)i;
			return 0;
		}
	}
	return cli_usage("ban", "--scope is \"all\", or \"mail\" for the mail "
				"services of the declared servers alone");
}

int verb_ban(struct cli *cli)
{
	const char *word, *term = NULL, *reason = NULL, *scope = NULL;
	const struct args_option options[] = {
		{ "--for", &term, NULL },
		{ "--reason", &reason, NULL },
		{ "--scope", &scope, NULL },
		{ 0 },
	};
	struct ask ask = link_request(VERB_BAN);
	int count, err;

	err = args_read(cli, "ban", options, &word, 1, &count);
	if (!err && count != 1)
		err = cli_usage("ban", "whom?");
	if (!err)
		err = args_prefix("ban", word, &ask.prefix);
	ask.term_s = TERM_DEFAULT_S;
	if (!err && term)
		err = args_term("ban", term, &ask.term_s);
	if (!err && scope)
		err = read_scope(scope, &ask);
	if (!err)
		err = args_reason("ban", reason ? reason : "by hand", &ask);
	return err ? err : link_run(cli, &ask, NULL);
}

int verb_unban(struct cli *cli)
{
	const char *word, *reason = NULL, *pardon = NULL;
	bool all = false;
	const struct args_option options[] = {
		{ "--all", NULL, &all },
		{ "--pardon", &pardon, NULL },
		{ "--reason", &reason, NULL },
		{ 0 },
	};
	struct ask ask;
	int count, err;

	err = args_read(cli, "unban", options, &word, 1, &count);
	ask = link_request(all ? VERB_UNBAN_ALL : VERB_UNBAN);
	if (!err && count + all != 1)
		err = cli_usage("unban", "name one prefix, or --all");
	if (!err && !all)
		err = args_prefix("unban", word, &ask.prefix);
	if (!err && pardon && all)
		err = cli_usage("unban", "--pardon wants one prefix");
	if (!err && pardon)
		err = args_term("unban", pardon, &ask.extra_s);
	if (!err && pardon && ask.extra_s == 0)
		err = cli_usage("unban", "a pardon has a term; `postern allow` "
					 "has none");
	if (!err)
		err = args_reason("unban", reason, &ask);
	return err ? err : link_run(cli, &ask, NULL);
}

int verb_panic(struct cli *cli)
{
	bool in = false, out = false, all = false;
	const char *reason = NULL;
	const struct args_option options[] = {
		{ "--in", NULL, &in },
		{ "--out", NULL, &out },
		{ "--all", NULL, &all },
		{ "--reason", &reason, NULL },
		{ 0 },
	};
	struct ask ask = link_request(VERB_PANIC);
	int count, err;

	err = args_read(cli, "panic", options, NULL, 0, &count);
	if (!err && in + out + all > 1)
		err = cli_usage("panic", "only one of --in, --out, --all");
	if (!err && !reason)
		err = cli_usage("panic", "say why: --reason TEXT; it goes "
					 "into the records and every status");
	if (!err)
		err = args_reason("panic", reason, &ask);
	ask.gate = in ? GATE_PANIC_IN : out ? GATE_PANIC_OUT : GATE_PANIC_ALL;
	return err ? err : link_run(cli, &ask, NULL);
}

int verb_resume(struct cli *cli)
{
	const char *reason = NULL;
	const struct args_option options[] = {
		{ "--reason", &reason, NULL },
		{ 0 },
	};
	struct ask ask = link_request(VERB_RESUME);
	int count, err;

	err = args_read(cli, "resume", options, NULL, 0, &count);
	if (!err)
		err = args_reason("resume", reason, &ask);
	return err ? err : link_run(cli, &ask, NULL);
}
