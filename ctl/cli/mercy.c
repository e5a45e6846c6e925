/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern allow, ack, rules: whom to spare, what was seen, what decides.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"
#include "ctl/cli/show.h"
#include "ctl/core/clock.h"

struct listing {
	struct cli *cli;
	uint64_t count;
};

static int hear_allowed(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct listing *listing = ctx;
	const struct ban_row *ban = &row->ban;
	char text[PREFIX_TEXT_SIZE], left[CLOCK_TERM_SIZE];
	char safe[ACT_REASON_SIZE * 4], user[SHOW_TEXT_SIZE];

	if (kind != MSG_BAN)
		return 0;
	listing->count++;
	if (listing->cli->json) {
		show_json(show_ban_json(ban), false);
		return 0;
	}
	printf("%-20s %-9s %s, by %s\n", prefix_format(&ban->prefix, text),
	       ban->term_s ? clock_format_term(ban->left_ms / 1000, left)
			   : "for good",
	       show_safe(safe, ban->reason), show_user(user, ban->uid));
	return 0;
}

static int list_allowed(struct cli *cli)
{
	struct listing listing = { .cli = cli };
	const struct link_listener listener = { hear_allowed, &listing };
	struct ask ask = link_request(VERB_ALLOWED);
	int code = link_run(cli, &ask, &listener);

	if (code == ANSWER_DONE && !cli->json && listing.count == 0)
		puts("nobody but those of never_ban and admin in "
		     "postern.conf");
	return code;
}

int verb_allow(struct cli *cli)
{
	const char *word, *term = NULL, *reason = NULL;
	bool remove = false;
	const struct args_option options[] = {
		{ "--for", &term, NULL },
		{ "--reason", &reason, NULL },
		{ "--remove", NULL, &remove },
		{ 0 },
	};
	struct ask ask;
	int count, err;

	err = args_read(cli, "allow", options, &word, 1, &count);
	if (!err && count == 0 && !remove && !term)
		return list_allowed(cli);
	ask = link_request(remove ? VERB_DISALLOW : VERB_ALLOW);
	if (!err && count != 1)
		err = cli_usage("allow", "whom?");
	if (!err)
		err = args_prefix("allow", word, &ask.prefix);
	if (!err && term)
		err = args_term("allow", term, &ask.extra_s);
	if (!err && !remove && (!reason || !reason[0]))
		err = cli_usage("allow", "say why: --reason TEXT; it goes into "
					 "the records");
	if (!err)
		err = args_reason("allow", reason, &ask);
	return err ? err : link_run(cli, &ask, NULL);
}

int verb_ack(struct cli *cli)
{
	const char *word, *reason = NULL;
	bool all = false;
	const struct args_option options[] = {
		{ "--all", NULL, &all },
		{ "--reason", &reason, NULL },
		{ 0 },
	};
	struct ask ask = link_request(VERB_ACK);
	char *end = NULL;
	int count, err;

	err = args_read(cli, "ack", options, &word, 1, &count);
	if (!err && count + all != 1)
		err = cli_usage("ack", "name the number of one alarm, as "
				       "`postern status` has it, or --all");
	if (!err && !all) {
		unsigned long number = strtoul(word, &end, 10);

		if (*end || number == 0 || number > UINT32_MAX)
			err = cli_usage("ack", "this is no number of an alarm");
		ask.number = (uint32_t)number;
	}
	if (!err)
		err = args_reason("ack", reason, &ask);
	return err ? err : link_run(cli, &ask, NULL);
}

static void print_rule(const struct rule_row *rule)
{
	char safe[ACT_REASON_SIZE * 4], about[MSG_ABOUT_SIZE * 4];
	char hits[SHOW_TEXT_SIZE], term[CLOCK_TERM_SIZE], ago[SHOW_TEXT_SIZE];
	char date[SHOW_TEXT_SIZE];

	printf("%s%3u  %-28s%s %10s hits", show_begin(SHOW_BOLD), rule->number,
	       rule->name, show_end(), show_count(hits, rule->hits));
	if (rule->hits)
		printf(", newest %s", show_ago(ago, rule->last_ns));
	printf("\n     %s ->", show_safe(about, rule->about));
	if (rule->has_points)
		printf(" %u points", rule->points);
	else
		printf(" the sign's points");
	printf(", %s", mode_name((enum mode)rule->mode));
	if (rule->scope == SCOPE_MAIL)
		printf(", from the mail services only");
	if (rule->term_s)
		printf(", first ban %s", clock_format_term(rule->term_s, term));
	printf("\n     %s", show_safe(safe, rule->reason));
	if (rule->owner[0])
		printf("; %s", show_safe(safe, rule->owner));
	if (rule->ticket[0])
		printf("; ticket %s", show_safe(safe, rule->ticket));
	if (rule->file[0])
		printf("; in %s", show_safe(safe, rule->file));
	putchar('\n');
	if (rule->expired)
		printf("     %sexpired %s: it matches no more%s\n",
		       show_begin(SHOW_YELLOW),
		       show_time(date, rule->expires_ns), show_end());
	else if (rule->expires_ns)
		printf("     until %s\n", show_time(date, rule->expires_ns));
}

static json_t *rule_json(const struct rule_row *rule)
{
	json_t *o = json_pack(
		"{s:i, s:o, s:I, s:o, s:o, s:o, s:s, s:b, s:o}", "number",
		(int)rule->number, "name", show_text_json(rule->name), "hits",
		(json_int_t)rule->hits, "since", show_time_json(rule->since_ns),
		"last", show_time_json(rule->last_ns), "about",
		show_text_json(rule->about), "mode",
		mode_name((enum mode)rule->mode), "expired", rule->expired,
		"expires", show_time_json(rule->expires_ns));
	const struct {
		const char *key;
		const char *text;
	} texts[] = { { "reason", rule->reason },
		      { "owner", rule->owner },
		      { "ticket", rule->ticket },
		      { "file", rule->file } };

	if (rule->has_points)
		json_object_set_new(o, "points",
				    json_integer((json_int_t)rule->points));
	if (rule->term_s)
		json_object_set_new(o, "term",
				    json_integer((json_int_t)rule->term_s));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].text[0])
			json_object_set_new(o, texts[i].key,
					    show_text_json(texts[i].text));
	}
	return o;
}

static int hear_rule(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct listing *listing = ctx;
	char since[SHOW_TEXT_SIZE];

	if (kind != MSG_RULE)
		return 0;
	if (listing->count++ == 0 && !listing->cli->json)
		printf("Hits are counted since %s, when the decider started.\n",
		       show_time(since, row->rule.since_ns));
	if (listing->cli->json)
		show_json(rule_json(&row->rule), false);
	else
		print_rule(&row->rule);
	return 0;
}

int verb_rules(struct cli *cli)
{
	struct listing listing = { .cli = cli };
	const struct link_listener listener = { hear_rule, &listing };
	struct ask ask = link_request(VERB_RULES);
	int code, words;

	code = args_read(cli, "rules", NULL, NULL, 0, &words);
	if (!code)
		code = link_run(cli, &ask, &listener);
	if (code == ANSWER_DONE && !cli->json && listing.count == 0)
		puts("no rules: events are weighed by the table of signs, see "
		     "postern.conf(5)");
	return code;
}
