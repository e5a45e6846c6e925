/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern: see postern(1).
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cli/cli.h"
#include "ctl/core/escape.h"
#include "ctl/core/log.h"

#define DEFAULT_SOCKET "/run/postern/control.sock"

static const struct cli_verb verbs[] = {
	{ "status", verb_status, "", "how things stand" },
	{ "bans", verb_bans, "", "who is banned, for how long, and why" },
	{ "why", verb_why, "ADDRESS [--trace [--for TERM]]",
	  "all that is known about an address" },
	{ "watch", verb_watch, "", "what happens, as it happens" },
	{ "ban", verb_ban,
	  "PREFIX [--for TERM|forever] [--scope all|mail] [--reason TEXT]",
	  "ban an address or a network" },
	{ "unban", verb_unban, "PREFIX|--all [--pardon TERM] [--reason TEXT]",
	  "lift the bans within a prefix" },
	{ "allow", verb_allow,
	  "[PREFIX --reason TEXT [--for TERM]|--remove PREFIX]",
	  "who passes, whatever bans him" },
	{ "omitted", verb_omitted, "",
	  "who is kept out although the signs are good" },
	{ "rules", verb_rules, "", "the rules, and what each met" },
	{ "ack", verb_ack, "NUMBER|--all", "an alarm was seen" },
	{ "panic", verb_panic, "[--in|--out|--all] --reason TEXT",
	  "shut the mail gate at once" },
	{ "resume", verb_resume, "[--reason TEXT]", "open it again" },
	{ "check", verb_check, "", "is the configuration right?" },
	{ "replay", verb_replay,
	  "[--since TIME] [--diff CONFIG] [--enforce] [--quiet]\n"
	  "         [--sessions] FILE ...",
	  "whom recorded input would have banned" },
	{ "ruleset", verb_ruleset, "", "the firewall rules that it means" },
	{ "reload", verb_reload, "[--confirm TERM|yes]",
	  "take a changed configuration" },
	{ "doctor", verb_doctor, "", "what is wrong, and what to do" },
	{ "log", verb_log, "[--since TIME] [--address PREFIX] [-f] ...",
	  "what the records say" },
	{ "summary", verb_summary, "[--day|--week|--month]",
	  "a period of them in one page" },
	{ "export", verb_export, "[--format ndjson|csv|syslog|bagit] ...",
	  "hand them on" },
	{ "verify", verb_verify, "[--key ANCHOR] [PATH]",
	  "prove that they are whole" },
	{ "hold", verb_hold, "add|list|lift ...",
	  "keep them from being deleted" },
	{ "review", verb_review, "sign [--since TIME] [--until TIME]",
	  "say that you evaluated them" },
	{ "witness", verb_witness, "NUMBER --at NAME",
	  "say who else holds a seal" },
	{ "records", verb_records, "[init|seal]",
	  "their anchor, their newest seal" },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct cli_verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	}
	return NULL;
}

int cli_usage(const char *verb, const char *format, ...)
{
	const struct cli_verb *entry = find_verb(verb);
	va_list args;

	fprintf(stderr, "postern %s: ", verb);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (entry)
		fprintf(stderr, "usage: postern %s%s%s\n", verb,
			entry->usage[0] ? " " : "", entry->usage);
	return ANSWER_USAGE;
}

static int help_verb(const struct cli_verb *verb)
{
	printf("usage: postern %s%s%s\n\n%s; postern(1) says all of it\n",
	       verb->name, verb->usage[0] ? " " : "", verb->usage, verb->help);
	return 0;
}

static bool asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static void help(FILE *out)
{
	fputs("usage: postern [--json] [--socket PATH] [--config FILE] VERB "
	      "...\n\n",
	      out);
	for (size_t i = 0; i < VERBS; i++) {
		int len =
			fprintf(out, "  %s %s", verbs[i].name, verbs[i].usage);

		/* A long usage pushes its sentence to the next line. */
		if (len > 30)
			fprintf(out, "\n%32s%s\n", "", verbs[i].help);
		else
			fprintf(out, "%*s%s\n", 32 - len, "", verbs[i].help);
	}
	fputs("\nExit status: 0 done, 1 failed, 2 usage, 3 posternd not "
	      "reachable,\n4 refused by the guard. See postern(1).\n",
	      out);
}

/* An option of all verbs, before or behind the verb: how many arguments it took,
 * 0: none of ours, -1: wrong. */
static int take_option(struct cli *cli, int argc, char **argv, int at)
{
	const char **value = NULL;

	if (strcmp(argv[at], "--json") == 0) {
		cli->json = true;
		return 1;
	}
	if (strcmp(argv[at], "--socket") == 0)
		value = &cli->socket;
	else if (strcmp(argv[at], "--config") == 0 ||
		 strcmp(argv[at], "-c") == 0)
		value = &cli->config;
	if (!value)
		return 0;
	if (at + 1 >= argc) {
		fprintf(stderr, "postern: %s needs a value\n", argv[at]);
		return -1;
	}
	*value = argv[at + 1];
	return 2;
}

static int refuse_word(const char *word)
{
	char shown[80];

	fprintf(stderr,
		"postern: there is no verb \"%s\"; `postern help` "
		"lists them\n",
		escape_text(shown, sizeof(shown), word, strlen(word)));
	return ANSWER_USAGE;
}

static int run_verb(struct cli *cli, const char *name, int argc, char **argv)
{
	const struct cli_verb *verb = find_verb(name);
	int kept = 0;

	if (!verb)
		return refuse_word(name);
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (asks_for_help(argv[i]))
			return help_verb(verb);
	}
	for (int i = 0; i < argc;) {
		int used = take_option(cli, argc, argv, i);

		if (used < 0)
			return ANSWER_USAGE;
		if (used == 0)
			argv[kept++] = argv[i++];
		i += used;
	}
	cli->argc = kept;
	cli->argv = argv;
	return verb->run(cli);
}

int main(int argc, char **argv)
{
	const char *socket = getenv("POSTERN_SOCKET");
	struct cli cli = { .socket = socket ? socket : DEFAULT_SOCKET };
	int at = 1;

	log_open("postern");
	while (at < argc && argv[at][0] == '-') {
		int used = take_option(&cli, argc, argv, at);

		if (used < 0)
			return ANSWER_USAGE;
		if (used == 0)
			break;
		at += used;
	}
	if (at >= argc) {
		help(stderr);
		return ANSWER_USAGE;
	}
	if (strcmp(argv[at], "help") == 0 && at + 1 < argc)
		return find_verb(argv[at + 1])
			       ? help_verb(find_verb(argv[at + 1]))
			       : refuse_word(argv[at + 1]);
	if (strcmp(argv[at], "help") == 0 || asks_for_help(argv[at])) {
		help(stdout);
		return 0;
	}
	if (strcmp(argv[at], "--version") == 0) {
		puts("postern " POSTERN_VERSION);
		return 0;
	}
	return run_verb(&cli, argv[at], argc - at - 1, argv + at + 1);
}
