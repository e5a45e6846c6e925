/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern replay: recorded input through the policy, and what two policies
 * make of it.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/cli/args.h"
#include "ctl/cli/capture.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/compare.h"
#include "ctl/cli/input.h"
#include "ctl/cli/show.h"
#include "ctl/cli/stage.h"
#include "ctl/core/clock.h"
#include "ctl/core/config.h"

struct replay {
	struct cli *cli;
	bool only_sum; /* no line for each act */
	bool records; /* the input is a folder of ours */
	struct compare_side side; /* what was done, by prefix */
	struct status status;
	uint64_t lines, alerts, foreign, bad;
	uint64_t says, refusals;
	uint64_t others; /* times that the run decided by something else */
};

/* "2026-11-21 17:40:12  ban 203.0.113.7 for 10m: why". */
static void print_act(const struct act *act)
{
	char text[PREFIX_TEXT_SIZE], term[CLOCK_TERM_SIZE];
	char time[CLOCK_TEXT_SIZE], safe[ACT_REASON_SIZE * 4];

	clock_format(act->time_ns, time);
	time[10] = ' ';
	printf("%.23s  %s%s%s %s", time,
	       show_begin(act->kind == ACT_BAN ? SHOW_RED : SHOW_YELLOW),
	       act_name((enum act_kind)act->kind), show_end(),
	       prefix_format(&act->prefix, text));
	if (act->term_s)
		printf(" for %s", clock_format_term(act->term_s, term));
	if (act->level > 1)
		printf(" (no. %u)", act->level);
	printf(": %s", show_safe(safe, act->reason));
	if (act->sid)
		printf(" [sid %u]", act->sid);
	if (act->hosts)
		printf(" (%u hosts)", act->hosts);
	putchar('\n');
}

/* Where the run stood on something else than its replay does. */
static int say_basis(struct replay *r, const struct act *act)
{
	char time[CLOCK_TEXT_SIZE], safe[ACT_REASON_SIZE * 4];

	r->others++;
	if (r->only_sum)
		return 0;
	if (r->cli->json) {
		show_json(show_act_json(act), false);
		return 0;
	}
	clock_format(act->time_ns, time);
	time[10] = ' ';
	printf("%.23s  %s%s%s", time, show_begin(SHOW_YELLOW),
	       show_safe(safe, act->reason), show_end());
	printf(act->count ? " (%llu)\n" : "\n", (unsigned long long)act->count);
	return 0;
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct replay *r = ctx;

	if (kind == MSG_STATUS)
		r->status = row->status;
	if (kind == MSG_READING) {
		r->lines += row->reading.lines;
		r->alerts += row->reading.alerts;
		r->foreign += row->reading.foreign;
		r->bad += row->reading.bad + row->reading.too_long;
	}
	if (kind != MSG_ACT)
		return 0;
	if (row->act.kind == ACT_BASIS)
		return say_basis(r, &row->act);
	r->says += row->act.kind == ACT_WOULD_BAN;
	r->refusals += row->act.kind == ACT_REFUSED;
	if (compare_take(&r->side, &row->act))
		return -ENOMEM;
	if (r->only_sum)
		return 0;
	if (r->cli->json)
		show_json(show_act_json(&row->act), false);
	else
		print_act(&row->act);
	return 0;
}

static void count_line(const char *what, uint64_t count)
{
	char text[SHOW_TEXT_SIZE];

	printf("  %-34s %12s\n", what, show_count(text, count));
}

/* So many are shown; --json has them all. */
#define SAVED_MAX 20u

/* Whom which entry kept from a ban. */
static void print_saved(const struct compare_side *side)
{
	char text[PREFIX_TEXT_SIZE], safe[ACT_REASON_SIZE * 4];
	char times[SHOW_TEXT_SIZE];
	size_t shown = 0;

	for (size_t i = 0; i < side->count; i++) {
		const struct outcome *o = &side->items[i];
		const char *by = strstr(o->reason, "spared: ");

		if (o->kind != ACT_REFUSED || !by)
			continue;
		if (shown == 0)
			printf("\nSpared, and by what\n");
		if (++shown > SAVED_MAX)
			continue;
		printf("  %-20s %6s times  %s\n",
		       prefix_format(&o->prefix, text),
		       show_count(times, o->count),
		       show_safe(safe, by + strlen("spared: ")));
	}
	if (shown > SAVED_MAX)
		printf("  and %zu more\n", shown - SAVED_MAX);
}

static void print_sum(const struct replay *r)
{
	const struct status *s = &r->status;
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	char text[SHOW_TEXT_SIZE];

	if (s->events)
		printf("\n%.19s to %.19s, in mode %s\n",
		       clock_format(s->since_ns, from),
		       clock_format(s->now_ns, to),
		       mode_name((enum mode)s->mode));
	if (r->lines) {
		count_line("lines", r->lines);
		count_line("alerts", r->alerts);
		count_line("of them about no declared server", r->foreign);
	}
	if (r->bad)
		count_line(r->records ? "records that cannot be read"
				      : "lines that are no JSON, or too long",
			   r->bad);
	if (r->foreign && r->records)
		count_line("events of servers not declared here", r->foreign);
	if (r->others)
		count_line("times that the run decided otherwise", r->others);
	count_line("events judged", s->events);
	count_line("could be forged: ban nobody", s->unproven);
	count_line("of sources banned by then", s->already);
	count_line("of sources that are never banned", s->guarded);
	if (s->pardoned)
		count_line("of sources that were pardoned", s->pardoned);
	count_line("bans", s->bans_made);
	count_line("of different prefixes", compare_count(&r->side, ACT_BAN));
	printf("  %-34s %12s\n", "addresses that these are",
	       show_count(text, compare_space(&r->side)));
	if (r->says)
		count_line("would-bans, which the mode forbids", r->says);
	count_line("spared, or held by the cap", r->refusals);
	print_saved(&r->side);
	if (r->bad && r->records)
		puts("\nWhich records cannot be read, and why: "
		     "postern-verify(1).");
}

static json_t *sum_json(const struct replay *r)
{
	const struct status *s = &r->status;

	return json_pack(
		"{s:{s:o, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
		"s:I, s:I, s:I, s:I, s:I, s:I, s:I}}",
		"summary", "from", show_time_json(s->since_ns), "to",
		show_time_json(s->now_ns), "mode",
		mode_name((enum mode)s->mode), "lines", (json_int_t)r->lines,
		"alerts", (json_int_t)r->alerts, "foreign",
		(json_int_t)r->foreign, "bad", (json_int_t)r->bad, "events",
		(json_int_t)s->events, "unproven", (json_int_t)s->unproven,
		"already", (json_int_t)s->already, "guarded",
		(json_int_t)s->guarded, "pardoned", (json_int_t)s->pardoned,
		"held", (json_int_t)s->held, "bans", (json_int_t)s->bans_made,
		"prefixes", (json_int_t)compare_count(&r->side, ACT_BAN),
		"would_ban", (json_int_t)r->says, "refused",
		(json_int_t)r->refusals, "otherwise", (json_int_t)r->others);
}

static int play(struct replay *r, struct stage *stage)
{
	stage->hear = hear;
	stage->ctx = r;
	return stage_run(stage);
}

static int play_one(struct cli *cli, struct stage *stage, bool quiet)
{
	struct replay r = { .cli = cli,
			    .only_sum = quiet,
			    .records = stage->records };
	int code = play(&r, stage);

	if (code == ANSWER_DONE && cli->json)
		show_json(sum_json(&r), false);
	else if (code == ANSWER_DONE)
		print_sum(&r);
	compare_fini(&r.side);
	return code;
}

static int play_two(struct cli *cli, struct stage *stage, const char *other)
{
	struct replay a = { .cli = cli, .only_sum = true };
	struct replay b = { .cli = cli, .only_sum = true };
	int code = play(&a, stage);

	stage->config = other;
	if (code == ANSWER_DONE)
		code = play(&b, stage);
	if (code == ANSWER_DONE)
		compare_print(&a.side, &b.side, cli->json);
	compare_fini(&a.side);
	compare_fini(&b.side);
	return code;
}

/* A time as the records write it, a date, or how long before now. */
static int read_since(const char *text, uint64_t *out_ns)
{
	char whole[64];
	uint64_t ago_s;

	if (!text || clock_parse(out_ns, text, strlen(text)) == 0)
		return 0;
	snprintf(whole, sizeof(whole), "%.40sT00:00:00Z", text);
	if (clock_parse(out_ns, whole, strlen(whole)) == 0)
		return 0;
	if (clock_parse_term(&ago_s, text) == 0) {
		*out_ns = clock_calendar_ns() - ago_s * CLOCK_NS_PER_S;
		return 0;
	}
	return cli_usage("replay", "--since takes a time like "
				   "2026-11-21T17:40:00Z, a date, or a term "
				   "like 2d");
}

static bool needs_standard_input(const struct stage *stage)
{
	for (unsigned int i = 0; i < stage->file_count; i++) {
		if (strcmp(stage->files[i], "-") == 0)
			return true;
	}
	return false;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* It is looked at for what it is, and a capture is read twice. */
static int keep_input(void)
{
	int err = input_keep();

	if (err)
		fprintf(stderr, "postern: cannot keep the standard input: %s\n",
			strerror(-err));
	return err ? ANSWER_FAILED : 0;
}

/* Captures, logs, or our own records: one reader reads the files of a replay. */
static int find_kind(struct stage *stage)
{
	unsigned int captures = 0, folders = 0;

	for (unsigned int i = 0; i < stage->file_count; i++) {
		const char *fault = capture_fault(stage->files[i]);
		char safe[ACT_REASON_SIZE * 4];

		if (fault) {
			fprintf(stderr, "postern: %s is no capture:\n  %s\n",
				show_safe(safe, stage->files[i]), fault);
			return ANSWER_FAILED;
		}
		captures += capture_is_one(stage->files[i]);
		folders += is_folder(stage->files[i]);
	}
	stage->records = folders > 0;
	if (folders > 0 && stage->file_count > 1)
		return cli_usage("replay", "a folder of records is replayed "
					   "alone");
	stage->captures = captures > 0;
	if (captures > 0 && captures < stage->file_count)
		return cli_usage("replay", "captures and logs are replayed "
					   "apart");
	return 0;
}

static void print_hint(const struct stage_view *view)
{
	puts("\nNo server is declared: every connection to a mail service was "
	     "read, and\nnobody is judged.  postern -c FILE replay ... tells "
	     "whom a policy would ban;\nin FILE, declare the servers "
	     "(postern.conf(5)).");
	if (!view->sessions)
		puts("With --sessions, each session is listed in place of its "
		     "signs.");
}

/* What the packets show comes first, then what the policy makes of it. */
static int play_captures(struct cli *cli, struct stage *stage,
			 const struct stage_view *view)
{
	int code = stage_show(stage, view);

	if (code == ANSWER_DONE && !stage_has_config(stage) && !cli->json)
		print_hint(view);
	if (code != ANSWER_DONE || !stage_has_config(stage))
		return code;
	if (!cli->json)
		puts("\nWhat the policy makes of it");
	return play_one(cli, stage, view->quiet);
}

int verb_replay(struct cli *cli)
{
	const char *files[STAGE_FILES_MAX];
	const char *since = NULL, *other = NULL;
	struct stage_view view = { .json = cli->json };
	bool enforce = false;
	const struct args_option options[] = {
		{ "--since", &since, NULL },
		{ "--diff", &other, NULL },
		{ "--quiet", NULL, &view.quiet },
		{ "--sessions", NULL, &view.sessions },
		{ "--enforce", NULL, &enforce },
		{ 0 },
	};
	struct stage stage = { .config = cli->config, .files = files };
	int count, err;

	err = args_read(cli, "replay", options, files, STAGE_FILES_MAX, &count);
	if (!err && count == 0)
		err = cli_usage("replay", "which files?");
	stage.file_count = (unsigned int)count;
	if (!err)
		err = read_since(since, &stage.since_ns);
	if (!err && needs_standard_input(&stage))
		err = keep_input();
	if (!err)
		err = find_kind(&stage);
	if (!err && view.sessions && !stage.captures)
		err = cli_usage("replay", "--sessions is for captures of "
					  "packets");
	if (err)
		return err;
	stage.enforce = enforce;
	if (other)
		return play_two(cli, &stage, other);
	return stage.captures ? play_captures(cli, &stage, &view)
			      : play_one(cli, &stage, view.quiet);
}
