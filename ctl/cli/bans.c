/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern bans, watch: lists as they come.
 */
#include <stdio.h>
#include <unistd.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"
#include "ctl/cli/show.h"
#include "ctl/core/clock.h"

struct listing {
	struct cli *cli;
	uint64_t count;
};

static const char *left_of(const struct ban_row *ban, char buf[CLOCK_TERM_SIZE])
{
	if (ban->term_s == 0)
		return "forever";
	return clock_format_term(ban->left_ms / 1000, buf);
}

/* 18 + 10 + 3 + 8 leave 37 columns of 80 for the reason. */
static void print_ban(const struct ban_row *ban)
{
	char text[PREFIX_TEXT_SIZE], left[CLOCK_TERM_SIZE];
	char safe[ACT_REASON_SIZE * 4];

	prefix_format(&ban->prefix, text);
	printf("%-20s %-9s %2u  %-7s %s%s\n", text, left_of(ban, left),
	       ban->level, origin_name((enum origin)ban->origin),
	       ban->scope == SCOPE_MAIL ? "(mail only) " : "",
	       show_safe(safe, ban->reason));
}

static int hear_ban(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct listing *listing = ctx;

	if (kind != MSG_BAN)
		return 0;
	if (listing->cli->json) {
		show_json(show_ban_json(&row->ban), false);
	} else {
		if (listing->count == 0)
			printf("%s%-20s %-9s %2s  %-7s %s%s\n",
			       show_begin(SHOW_BOLD), "BANNED", "LEFT", "#",
			       "BY", "WHY", show_end());
		print_ban(&row->ban);
	}
	listing->count++;
	return 0;
}

int verb_bans(struct cli *cli)
{
	struct listing listing = { .cli = cli };
	const struct link_listener listener = { hear_ban, &listing };
	struct ask ask = link_request(VERB_BANS);
	char count[SHOW_TEXT_SIZE];
	int code, words;

	code = args_read(cli, "bans", NULL, NULL, 0, &words);
	if (code)
		return code;
	code = link_run(cli, &ask, &listener);
	if (code == ANSWER_DONE && !cli->json)
		printf("%s%s\n",
		       listing.count ? show_count(count, listing.count)
				     : "nobody is banned",
		       listing.count == 1 ? " ban in force"
		       : listing.count	  ? " bans in force"
					  : "");
	return code;
}

static int hear_act(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct cli *cli = ctx;

	if (kind != MSG_ACT || row->act.kind == ACT_POSITION ||
	    row->act.kind == ACT_READ)
		return 0;
	if (cli->json) {
		show_json(show_act_json(&row->act), false);
	} else {
		show_act(&row->act);
		putchar('\n');
	}
	fflush(stdout);
	return 0;
}

int verb_watch(struct cli *cli)
{
	const struct link_listener listener = { hear_act, cli };
	struct ask ask = link_request(VERB_WATCH);
	int code, words;

	code = args_read(cli, "watch", NULL, NULL, 0, &words);
	if (code)
		return code;
	if (!cli->json && isatty(STDOUT_FILENO))
		fprintf(stderr, "what postern does, as it happens; Ctrl-C "
				"ends\n");
	return link_run(cli, &ask, &listener);
}
