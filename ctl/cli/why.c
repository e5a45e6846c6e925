/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern why ADDRESS: the whole story of an address.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"
#include "ctl/cli/past.h"
#include "ctl/cli/show.h"
#include "ctl/cli/trace.h"
#include "ctl/core/clock.h"
#include "ctl/core/config.h"
#include "ctl/core/protect.h"

#define ROWS_MAX 160 /* a ban per prefix length, and then some */

struct telling {
	struct story story;
	struct ban_row bans[ROWS_MAX];
	size_t ban_count;
	struct charge charges[ROWS_MAX];
	size_t charge_count;
	struct evidence events[ROWS_MAX];
	size_t event_count;
	struct past past;
};

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct telling *t = ctx;

	if (kind == MSG_STORY)
		t->story = row->story;
	else if (kind == MSG_BAN && t->ban_count < ROWS_MAX)
		t->bans[t->ban_count++] = row->ban;
	else if (kind == MSG_CHARGE && t->charge_count < ROWS_MAX)
		t->charges[t->charge_count++] = row->charge;
	else if (kind == MSG_EVIDENCE && t->event_count < ROWS_MAX)
		t->events[t->event_count++] = row->evidence;
	return 0;
}

/* The ban in force that lasts longest, or NULL. */
static const struct ban_row *longest(const struct telling *t)
{
	const struct ban_row *found = NULL;

	for (size_t i = 0; i < t->ban_count; i++) {
		const struct ban_row *ban = &t->bans[i];

		if (!ban->active)
			continue;
		if (ban->term_s == 0)
			return ban;
		if (!found || ban->left_ms > found->left_ms)
			found = ban;
	}
	return found;
}

/* Not only from the mail services. */
static bool is_banned_from_all(const struct telling *t)
{
	for (size_t i = 0; i < t->ban_count; i++) {
		if (t->bans[i].active && t->bans[i].scope == SCOPE_ALL)
			return true;
	}
	return false;
}

static bool in_kernel(const struct story *story)
{
	for (size_t i = 0; i < MSG_RUNGS; i++) {
		if (story->kernel.present[i])
			return true;
	}
	return false;
}

/* The kernel looks it up before the bans. */
static void tell_pardon(const struct story *story, const char *text)
{
	char by[PREFIX_TEXT_SIZE], left[CLOCK_TERM_SIZE];
	char safe[ACT_REASON_SIZE * 4];

	printf("%s%s passes.%s It is pardoned", show_begin(SHOW_GREEN), text,
	       show_end());
	if (!prefix_equal(&story->pardon, &story->address))
		printf(", with all of %s,", prefix_format(&story->pardon, by));
	if (story->pardon_left_ms)
		printf(" for another %s",
		       clock_format_term(story->pardon_left_ms / 1000, left));
	else
		printf(" until `postern allow --remove %s`",
		       prefix_format(&story->pardon, by));
	printf(": %s\n", show_safe(safe, story->pardon_reason));
}

static void tell_state(const struct telling *t)
{
	const struct ban_row *ban = longest(t);
	char text[PREFIX_TEXT_SIZE], by[PREFIX_TEXT_SIZE];
	char left[CLOCK_TERM_SIZE], until[SHOW_TEXT_SIZE];
	const char *of_what = "";

	prefix_format(&t->story.address, text);
	if (t->story.pardon.family) {
		tell_pardon(&t->story, text);
		return;
	}
	if (!ban) {
		printf("%s%s is not banned.%s\n", show_begin(SHOW_GREEN), text,
		       show_end());
		return;
	}
	if (ban->scope == SCOPE_MAIL && !is_banned_from_all(t))
		of_what = ", from the mail services only";
	printf("%s%s is banned%s", show_begin(SHOW_RED), text, show_end());
	if (!prefix_equal(&ban->prefix, &t->story.address))
		printf(", with all of %s,", prefix_format(&ban->prefix, by));
	if (ban->term_s == 0)
		printf(" until somebody unbans it%s.\n", of_what);
	else
		printf(" for another %s, until %s%s.\n",
		       clock_format_term(ban->left_ms / 1000, left),
		       show_time(until, ban->until_ns), of_what);
}

static void tell_kernel(const struct telling *t)
{
	const struct story *story = &t->story;
	bool banned = longest(t) != NULL;

	if (!prefix_is_address(&story->address) || story->pardon.family)
		return;
	if (story->kernel.error)
		printf("The kernel could not be asked: %s.\n",
		       strerror(story->kernel.error));
	else if (in_kernel(story) && banned)
		printf("The kernel drops its packets: read back just now.\n");
	else if (in_kernel(story) || banned)
		printf("%sThe kernel says otherwise: `postern doctor` says "
		       "more.%s\n",
		       show_begin(SHOW_RED), show_end());
}

static void tell_protection(const struct story *story)
{
	char by[PREFIX_TEXT_SIZE];

	if (!story->is_protected)
		return;
	printf("It can never be banned: %s, %s.\n",
	       prefix_format(&story->protector, by),
	       protection_name((enum protection)story->is_protected));
}

static void tell_ban(const struct ban_row *ban)
{
	char text[PREFIX_TEXT_SIZE], term[CLOCK_TERM_SIZE];
	char since[SHOW_TEXT_SIZE], user[SHOW_TEXT_SIZE];
	char safe[ACT_REASON_SIZE * 4];

	printf("  %s  %s %s for %s (no. %u%s)", show_time(since, ban->since_ns),
	       ban->active ? "banned" : "was banned",
	       prefix_format(&ban->prefix, text),
	       ban->term_s ? clock_format_term(ban->term_s, term) : "ever",
	       ban->level, ban->scope == SCOPE_MAIL ? ", mail only" : "");
	if (ban->origin == ORIGIN_PERSON)
		printf(" by %s", show_user(user, ban->uid));
	printf("\n                    %s", show_safe(safe, ban->reason));
	if (ban->sid)
		printf(" [sid %u]", ban->sid);
	if (ban->hosts)
		printf(" (%u hosts)", ban->hosts);
	putchar('\n');
}

static void tell_charge(const struct charge *charge)
{
	char text[PREFIX_TEXT_SIZE], ago[SHOW_TEXT_SIZE];

	printf("  %-18s %llu of %llu points",
	       prefix_format(&charge->prefix, text),
	       (unsigned long long)(charge->points / 1000),
	       (unsigned long long)(charge->needed / 1000));
	if (charge->hosts_needed)
		printf(", %u of %u hosts", charge->hosts, charge->hosts_needed);
	printf(", %u event%s, %s", charge->events,
	       charge->events == 1 ? "" : "s", show_ago(ago, charge->last_ns));
	if (charge->book == MODE_COUNT)
		printf("\n%21s(protected: it bans nobody)", "");
	else if (charge->book != MODE_ENFORCE)
		printf(" (%s only)", mode_name((enum mode)charge->book));
	putchar('\n');
}

static void tell_event(const struct evidence *e, const struct prefix *about)
{
	char time[SHOW_TEXT_SIZE], text[PREFIX_TEXT_SIZE];
	char age[CLOCK_TERM_SIZE];

	printf("  %s  %s", show_time(time, e->time_ns),
	       sign_name((enum sign)e->sign));
	if (e->sid)
		printf(" [sid %u]", e->sid);
	if (!prefix_equal(&e->source, about))
		printf(" by %s", prefix_format(&e->source, text));
	printf(" against %s:%u, %.4g points", e->server, e->target_port,
	       (double)e->points / 1000.);
	if (e->rule[0])
		printf(" by rule %s", e->rule);
	if (e->late_s)
		printf("\n%21s(faded: it was %s old when it came)", "",
		       clock_format_term(e->late_s, age));
	putchar('\n');
}

/* What it takes until something changes. */
static void tell_future(const struct telling *t)
{
	const struct story *story = &t->story;
	char window[CLOCK_TERM_SIZE], term[CLOCK_TERM_SIZE];
	uint64_t points = 0, missing;

	if (longest(t) || story->is_protected || story->pardon.family ||
	    !prefix_is_address(&story->address))
		return;
	for (size_t i = 0; i < t->charge_count; i++) {
		if (t->charges[i].book == story->mode &&
		    prefix_equal(&t->charges[i].prefix, &story->address))
			points = t->charges[i].points;
	}
	missing = story->threshold > points ? story->threshold - points : 0;
	missing = (missing + 999) / 1000;
	printf("\n%llu more point%s would %s it for %s; points halve every "
	       "%s.\n",
	       (unsigned long long)missing, missing == 1 ? "" : "s",
	       story->mode == MODE_ENFORCE ? "ban" : "be said to ban",
	       clock_format_term(story->next_term_s, term),
	       clock_format_term(story->window_s, window));
}

/* Of a network that is banned, what is on record about all of it. */
static bool find_past(struct telling *t, struct cli *cli)
{
	const struct ban_row *ban = longest(t);

	return past_read(&t->past, cli, ban ? &ban->prefix : &t->story.address);
}

static void tell(const struct telling *t, bool is_past_known)
{
	bool has_past;

	tell_state(t);
	tell_kernel(t);
	tell_protection(&t->story);
	if (t->ban_count)
		printf("\nBans of it and around it:\n");
	for (size_t i = 0; i < t->ban_count; i++)
		tell_ban(&t->bans[i]);
	if (t->charge_count)
		printf("\nWhat was seen lately:\n");
	for (size_t i = 0; i < t->charge_count; i++)
		tell_charge(&t->charges[i]);
	if (t->event_count)
		printf("\nThe newest events that counted:\n");
	for (size_t i = 0; i < t->event_count; i++)
		tell_event(&t->events[i], &t->story.address);
	has_past = past_tell(&t->past, t->events, t->event_count,
			     &t->story.address);
	if (!t->ban_count && !t->charge_count && !t->event_count && !has_past)
		printf("Nothing is known about it%s.\n",
		       is_past_known ? ", nor is anything on record"
				     : "; the records could not be read");
	tell_future(t);
}

static json_t *charge_json(const struct charge *charge)
{
	return json_pack("{s:o, s:f, s:f, s:i, s:i, s:i, s:o, s:s, s:i, s:s}",
			 "prefix", show_prefix_json(&charge->prefix), "points",
			 (double)charge->points / 1000., "needed",
			 (double)charge->needed / 1000., "hosts_needed",
			 (int)charge->hosts_needed, "events",
			 (int)charge->events, "hosts", (int)charge->hosts,
			 "last", show_time_json(charge->last_ns), "sign",
			 sign_name((enum sign)charge->sign), "sid",
			 (int)charge->sid, "book",
			 charge->book == MODE_COUNT
				 ? "protected"
				 : mode_name((enum mode)charge->book));
}

static json_t *event_json(const struct evidence *e)
{
	return json_pack("{s:o, s:o, s:s, s:i, s:f, s:I, s:o, s:i, s:o}",
			 "time", show_time_json(e->time_ns), "source",
			 show_prefix_json(&e->source), "sign",
			 sign_name((enum sign)e->sign), "sid", (int)e->sid,
			 "points", (double)e->points / 1000., "late",
			 (json_int_t)e->late_s, "server",
			 show_text_json(e->server), "port", (int)e->target_port,
			 "rule", show_text_json(e->rule));
}

static void tell_json(const struct telling *t)
{
	const struct story *story = &t->story;
	json_t *bans = json_array(), *charges = json_array();
	json_t *events = json_array();

	for (size_t i = 0; i < t->ban_count; i++)
		json_array_append_new(bans, show_ban_json(&t->bans[i]));
	for (size_t i = 0; i < t->charge_count; i++)
		json_array_append_new(charges, charge_json(&t->charges[i]));
	for (size_t i = 0; i < t->event_count; i++)
		json_array_append_new(events, event_json(&t->events[i]));
	show_json(json_pack("{s:b, s:o, s:b, s:o, s:o, s:f, s:i, s:o, s:o, s:o,"
			    " s:O, s:b}",
			    "pardoned", story->pardon.family != 0, "address",
			    show_prefix_json(&story->address), "banned",
			    longest(t) != NULL, "in_kernel",
			    story->kernel.error
				    ? json_null()
				    : json_boolean(in_kernel(story)),
			    "protected_by", show_prefix_json(&story->protector),
			    "threshold", (double)story->threshold / 1000.,
			    "next_term", (int)story->next_term_s, "bans", bans,
			    "charges", charges, "events", events, "records",
			    t->past.records, "more", t->past.more),
		  true);
}

/* What drops ADDRESS: the widest ban that is in force. */
static int trace(struct cli *cli, const struct telling *t, uint64_t term_s)
{
	const struct ban_row *widest = NULL;
	char text[PREFIX_TEXT_SIZE];

	for (size_t i = 0; i < t->ban_count; i++) {
		if (t->bans[i].active &&
		    (!widest ||
		     t->bans[i].prefix.length < widest->prefix.length))
			widest = &t->bans[i];
	}
	if (!widest) {
		fprintf(stderr, "postern why: there is nothing to trace\n");
		return ANSWER_FAILED;
	}
	if (!cli->json)
		printf("\nWhat is dropped of %s from now on:\n",
		       prefix_format(&widest->prefix, text));
	return trace_run(cli, &widest->prefix, term_s);
}

int verb_why(struct cli *cli)
{
	static struct telling t;
	const struct link_listener listener = { hear, &t };
	struct ask ask = link_request(VERB_WHY);
	const char *word, *term = NULL;
	bool traces = false, knows_past;
	const struct args_option options[] = {
		{ "--trace", NULL, &traces },
		{ "--for", &term, NULL },
		{ 0 },
	};
	uint64_t term_s = 0;
	int count, code;

	code = args_read(cli, "why", options, &word, 1, &count);
	if (!code && count != 1)
		code = cli_usage("why", "which address?");
	if (!code && term && !traces)
		code = cli_usage("why", "--for is how long to --trace");
	if (!code && term)
		code = args_term("why", term, &term_s);
	if (!code)
		code = args_prefix("why", word, &ask.prefix);
	if (!code)
		code = link_run(cli, &ask, &listener);
	if (code)
		return code;
	knows_past = find_past(&t, cli);
	if (cli->json)
		tell_json(&t);
	else
		tell(&t, knows_past);
	past_fini(&t.past);
	return traces ? trace(cli, &t, term_s) : 0;
}
