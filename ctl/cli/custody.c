/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern export, hold, review, witness: what people do with the records is a
 * record itself, on disk before anything leaves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"
#include "ctl/cli/reader.h"
#include "ctl/core/clock.h"

/* Which records, and why, as all these verbs take it. */
struct scope {
	const char *since, *until, *sort, *address, *name, *reason;
	const char *kind, *sign, *server; /* of an export alone */
};

static int take_text(const char *verb, const char *what, const char *text,
		     char *out, size_t size)
{
	if (!text)
		return 0;
	if (strlen(text) >= size)
		return cli_usage(verb, "the %s is longer than %zu characters",
				 what, size - 1);
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static int take_scope(const char *verb, const struct scope *scope,
		      struct ask *ask)
{
	int err = 0;

	if (scope->since)
		err = reader_when(verb, scope->since, &ask->since_ns);
	if (!err && scope->until)
		err = reader_when(verb, scope->until, &ask->before_ns);
	if (!err && scope->sort)
		err = reader_classes(verb, scope->sort, &ask->classes);
	if (!err && scope->address)
		err = args_prefix(verb, scope->address, &ask->prefix);
	if (!err && ask->before_ns && ask->before_ns <= ask->since_ns)
		err = cli_usage(verb, "the end lies before the begin");
	if (!err)
		err = take_text(verb, "case", scope->name, ask->name,
				sizeof(ask->name));
	if (!err)
		err = take_text(verb, "reason", scope->reason, ask->reason,
				sizeof(ask->reason));
	return err;
}

/* The times as they are on record: "1h" ago is later by now. */
static void add_time(struct reader_call *call, const char *name,
		     uint64_t time_ns, char buf[CLOCK_TEXT_SIZE])
{
	if (time_ns)
		reader_option(call, name, clock_format(time_ns, buf));
}

static int export_now(const struct scope *scope, const struct ask *ask,
		      struct reader_call *call, struct reader_about *about)
{
	char info[64], since[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
	char id[24];

	reader_option(call, "--path", about->path);
	add_time(call, "--since", ask->since_ns, since);
	add_time(call, "--until", ask->before_ns, until);
	snprintf(id, sizeof(id), "%llu", (unsigned long long)ask->count);
	reader_option(call, "--id", id);
	reader_option(call, "--class", scope->sort);
	reader_option(call, "--address", scope->address);
	reader_option(call, "--kind", scope->kind);
	reader_option(call, "--sign", scope->sign);
	reader_option(call, "--server", scope->server);
	if (scope->name) {
		snprintf(info, sizeof(info), "Internal-Sender-Identifier: %s",
			 scope->name);
		reader_option(call, "--info", info);
	}
	reader_infos(call, about);
	reader_add(call, "export");
	return reader_become("postern-read", call);
}

/* A copy of the records elsewhere has no daemon that could record it.
 * ASK->count becomes the number of the act, which a bag names. */
static int record_export(struct cli *cli, const struct scope *scope,
			 const char *format, const char *path, struct ask *ask)
{
	struct answer answer = { 0 };
	int err = take_scope("export", scope, ask);

	if (err || path)
		return err;
	ask->act = ACT_EXPORT;
	if (!scope->reason)
		snprintf(ask->reason, sizeof(ask->reason), "%.20s", format);
	err = link_ask(cli, ask, NULL, &answer);
	ask->count = answer.count;
	if (err) {
		link_unreachable(cli, err);
		fprintf(stderr,
			"postern: an export must be recorded; --path exports a "
			"copy of the records without that\n");
		return ANSWER_UNREACHABLE;
	}
	if (answer.code == ANSWER_DONE)
		return 0;
	fprintf(stderr, "postern: %s\n", answer.text);
	return answer.code;
}

int verb_export(struct cli *cli)
{
	const char *format = "ndjson", *to = NULL, *hide = NULL, *path = NULL;
	const char *cursor = NULL;
	struct scope scope = { 0 };
	bool follow = false;
	const struct args_option options[] = {
		{ "--format", &format, NULL },
		{ "--to", &to, NULL },
		{ "--pseudonyms", &hide, NULL },
		{ "--since", &scope.since, NULL },
		{ "--until", &scope.until, NULL },
		{ "--class", &scope.sort, NULL },
		{ "--address", &scope.address, NULL },
		{ "--kind", &scope.kind, NULL },
		{ "--sign", &scope.sign, NULL },
		{ "--server", &scope.server, NULL },
		{ "--case", &scope.name, NULL },
		{ "--reason", &scope.reason, NULL },
		{ "--cursor", &cursor, NULL },
		{ "--path", &path, NULL },
		{ "--follow", NULL, &follow },
		{ 0 },
	};
	struct ask ask = link_request(VERB_RECORD);
	struct reader_call call = { .count = 0 };
	struct reader_about about;
	int words, err;

	err = args_read(cli, "export", options, NULL, 0, &words);
	if (!err)
		err = reader_kind("export", scope.kind);
	if (!err)
		err = reader_sign("export", scope.sign);
	if (!err)
		err = record_export(cli, &scope, format, path, &ask);
	if (err)
		return err;
	reader_about(cli, path, &about);
	reader_option(&call, "--format", format);
	reader_option(&call, "--to", to);
	reader_option(&call, "--cursor", cursor);
	reader_option(&call, "--pseudonyms", hide);
	if (follow)
		reader_add(&call, "--follow");
	return export_now(&scope, &ask, &call, &about);
}

static int list_holds(struct cli *cli, const char *path)
{
	struct reader_call call = { .count = 0 };
	struct reader_about about;

	reader_about(cli, path, &about);
	reader_option(&call, "--path", about.path);
	if (cli->json)
		reader_add(&call, "--json");
	reader_add(&call, "holds");
	return reader_become("postern-read", &call);
}

/* Ask postern-read whether there is one with this NUMBER: its exit status. */
static int look_up(struct cli *cli, const char *path, const char *job,
		   const char *number)
{
	struct reader_call call = { .count = 0 };
	struct reader_about about;

	reader_about(cli, path, &about);
	reader_option(&call, "--path", about.path);
	reader_option(&call, "--id", number);
	reader_add(&call, job);
	return reader_run("postern-read", &call);
}

/* 0, or an exit status after saying why not. */
static int must_be_held(struct cli *cli, const char *path, const char *number)
{
	int status = look_up(cli, path, "is-held", number);

	if (status != READER_NOT_HELD)
		return status;
	fprintf(stderr,
		"postern: there is no hold %llu in force; `postern hold list` "
		"shows those that are\n",
		strtoull(number, NULL, 10));
	return ANSWER_FAILED;
}

/* The same of a seal.  That there is none would be found out when it is needed. */
static int must_be_sealed(struct cli *cli, const char *number)
{
	int status = look_up(cli, NULL, "is-sealed", number);

	if (status != READER_NOT_HELD)
		return status;
	fprintf(stderr,
		"postern: there is no seal %llu; `postern records seal` shows "
		"the newest\n",
		strtoull(number, NULL, 10));
	return ANSWER_FAILED;
}

int verb_hold(struct cli *cli)
{
	const char *words[2] = { "list", NULL }, *path = NULL;
	struct scope scope = { 0 };
	const struct args_option options[] = {
		{ "--case", &scope.name, NULL },
		{ "--since", &scope.since, NULL },
		{ "--until", &scope.until, NULL },
		{ "--class", &scope.sort, NULL },
		{ "--address", &scope.address, NULL },
		{ "--reason", &scope.reason, NULL },
		{ "--path", &path, NULL },
		{ 0 },
	};
	struct ask ask = link_request(VERB_RECORD);
	int count, err;

	err = args_read(cli, "hold", options, words, 2, &count);
	if (err)
		return err;
	if (strcmp(words[0], "list") == 0 && count <= 1)
		return list_holds(cli, path);
	if (strcmp(words[0], "add") == 0 && count == 1) {
		ask.act = ACT_HOLD;
		if (!scope.name || !scope.reason)
			return cli_usage("hold", "say for which case, and why: "
						 "--case NAME --reason TEXT");
	} else if (strcmp(words[0], "lift") == 0 && count == 2) {
		ask.act = ACT_LIFT;
		ask.count = strtoull(words[1], NULL, 10);
		if (!scope.reason || ask.count == 0)
			return cli_usage("hold", "which one, and why: lift "
						 "NUMBER --reason TEXT");
	} else {
		return cli_usage("hold", "add, list or lift?");
	}
	err = take_scope("hold", &scope, &ask);
	/* A hold that was lifted under a wrong number would stay. */
	if (!err && ask.act == ACT_LIFT)
		err = must_be_held(cli, path, words[1]);
	return err ? err : link_run(cli, &ask, NULL);
}

int verb_review(struct cli *cli)
{
	const char *word = "";
	struct scope scope = { 0 };
	const struct args_option options[] = {
		{ "--since", &scope.since, NULL },
		{ "--until", &scope.until, NULL },
		{ "--reason", &scope.reason, NULL },
		{ 0 },
	};
	struct ask ask = link_request(VERB_RECORD);
	int count, err;

	err = args_read(cli, "review", options, &word, 1, &count);
	if (!err && (count != 1 || strcmp(word, "sign") != 0))
		err = cli_usage("review", "sign what? See `postern summary` "
					  "first");
	if (!err)
		err = take_scope("review", &scope, &ask);
	if (!err && ask.before_ns > clock_calendar_ns())
		err = cli_usage("review", "what is still to come cannot be "
					  "evaluated: --until lies ahead");
	if (err)
		return err;
	ask.act = ACT_REVIEW;
	if (ask.before_ns == 0)
		ask.before_ns = clock_calendar_ns();
	return link_run(cli, &ask, NULL);
}

int verb_witness(struct cli *cli)
{
	const char *word = "", *at = NULL;
	const struct args_option options[] = {
		{ "--at", &at, NULL },
		{ 0 },
	};
	struct ask ask = link_request(VERB_RECORD);
	int count, err;

	err = args_read(cli, "witness", options, &word, 1, &count);
	ask.act = ACT_WITNESS;
	ask.count = strtoull(word, NULL, 10);
	if (!err && (ask.count == 0 || !at))
		err = cli_usage("witness", "which seal, and who holds it: "
					   "NUMBER --at NAME");
	if (!err)
		err = take_text("witness", "name", at, ask.name,
				sizeof(ask.name));
	if (!err)
		err = must_be_sealed(cli, word);
	return err ? err : link_run(cli, &ask, NULL);
}
