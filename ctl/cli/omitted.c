/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern omitted: who is kept out although the signs are good, and what would
 * let each in.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"
#include "ctl/cli/show.h"
#include "ctl/core/clock.h"
#include "ctl/core/escape.h"

/* A while in which it shows whether it was a mistake. */
#define COMMAND	     "postern allow %s --for 30d --reason \"sends good mail\""
#define COMMAND_SIZE (sizeof(COMMAND) + PREFIX_TEXT_SIZE)

struct listing {
	struct cli *cli;
	uint64_t count;
};

static const char *verdict_name(uint8_t verdict)
{
	static const char *const names[NAME_VERDICTS] = {
		[NAME_UNASKED] = "not-asked",
		[NAME_CONFIRMED] = "confirmed",
		[NAME_UNCONFIRMED] = "not-confirmed",
		[NAME_MISSING] = "none",
		[NAME_UNANSWERED] = "no-answer",
	};

	return names[verdict];
}

/* "postern allow ..."; no pardon is above a limit. */
static const char *command_of(const struct omitted_row *row,
			      char buf[COMMAND_SIZE])
{
	char key[PREFIX_TEXT_SIZE];

	if (row->ban.prefix.family == 0)
		return NULL;
	snprintf(buf, COMMAND_SIZE, COMMAND, prefix_format(&row->key, key));
	return buf;
}

static void print_name(const struct named *named)
{
	char safe[CONFIG_DOMAIN_SIZE * 4];

	escape_text(safe, sizeof(safe), named->name, strlen(named->name));
	switch ((enum name_verdict)named->verdict) {
	case NAME_CONFIRMED:
		printf("   its name leads back to it: %s\n", safe);
		return;
	case NAME_UNCONFIRMED:
		printf("   its name does not lead back to it: %s\n", safe);
		return;
	case NAME_MISSING:
		puts("   it has no name");
		return;
	case NAME_UNANSWERED:
		puts("   no name server told its name");
		return;
	case NAME_UNASKED:
		puts("   its name was not asked for: mail { names = true }");
		return;
	case NAME_VERDICTS:
		return;
	}
}

static void print_ban(const struct ban_row *ban)
{
	char text[PREFIX_TEXT_SIZE], left[CLOCK_TERM_SIZE];
	char safe[ACT_REASON_SIZE * 4];

	printf("   %sout%s: %s%s is banned%s%s: %s\n", show_begin(SHOW_RED),
	       show_end(), prefix_format(&ban->prefix, text),
	       ban->scope == SCOPE_MAIL ? " (mail only)" : "",
	       ban->term_s ? " for " : "",
	       ban->term_s ? clock_format_term(ban->left_ms / 1000, left) : "",
	       show_safe(safe, ban->reason));
}

static void print_row(const struct omitted_row *row)
{
	char key[PREFIX_TEXT_SIZE], ago[SHOW_TEXT_SIZE], count[SHOW_TEXT_SIZE];
	char more[SHOW_TEXT_SIZE], command[COMMAND_SIZE];

	printf("%s%s%s  %s good mails, %s encrypted sessions, newest %s\n",
	       show_begin(SHOW_BOLD), prefix_format(&row->key, key), show_end(),
	       show_count(count, row->mails), show_count(more, row->encrypted),
	       show_ago(ago, row->last_ns));
	print_name(&row->named);
	if (row->ban.prefix.family)
		print_ban(&row->ban);
	if (row->limited)
		printf("   %sheld up%s by a limit of connections %s times, "
		       "newest %s\n",
		       show_begin(SHOW_YELLOW), show_end(),
		       show_count(count, row->limited),
		       show_ago(ago, row->limited_ns));
	if (command_of(row, command))
		printf("   %s\n", command);
	else
		puts("   raise the limits of the service in postern.conf, then "
		     "`postern reload`");
}

static json_t *row_json(const struct omitted_row *row)
{
	char command[COMMAND_SIZE];

	return json_pack(
		"{s:o, s:o, s:I, s:I, s:o, s:o, s:s, s:o, s:I, s:o, s:s?}",
		"prefix", show_prefix_json(&row->key), "host",
		show_prefix_json(&row->named.host), "mails",
		(json_int_t)row->mails, "encrypted", (json_int_t)row->encrypted,
		"last", show_time_json(row->last_ns), "name",
		show_text_json(row->named.name), "name_verdict",
		verdict_name(row->named.verdict), "ban",
		row->ban.prefix.family ? show_ban_json(&row->ban) : json_null(),
		"limited", (json_int_t)row->limited, "limited_last",
		show_time_json(row->limited_ns), "command",
		command_of(row, command));
}

static int hear_row(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct listing *listing = ctx;

	if (kind != MSG_OMITTED)
		return 0;
	listing->count++;
	if (listing->cli->json)
		show_json(row_json(&row->omitted), false);
	else
		print_row(&row->omitted);
	return 0;
}

int verb_omitted(struct cli *cli)
{
	struct listing listing = { .cli = cli };
	const struct link_listener listener = { hear_row, &listing };
	struct ask ask = link_request(VERB_OMITTED);
	int code, words;

	code = args_read(cli, "omitted", NULL, NULL, 0, &words);
	if (code)
		return code;
	code = link_run(cli, &ask, &listener);
	if (code == ANSWER_DONE && !cli->json && listing.count == 0)
		puts("nobody whose mail was good is kept out");
	return code;
}
