/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern log, summary, verify, records: what the records say.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/reader.h"

int verb_log(struct cli *cli)
{
	const char *since = NULL, *until = NULL, *address = NULL, *sign = NULL;
	const char *server = NULL, *sort = NULL, *kind = NULL, *path = NULL;
	bool follow = false, short_follow = false;
	const struct args_option options[] = {
		{ "--since", &since, NULL },
		{ "--until", &until, NULL },
		{ "--address", &address, NULL },
		{ "--sign", &sign, NULL },
		{ "--server", &server, NULL },
		{ "--class", &sort, NULL },
		{ "--kind", &kind, NULL },
		{ "--path", &path, NULL },
		{ "--follow", NULL, &follow },
		{ "-f", NULL, &short_follow },
		{ 0 },
	};
	struct reader_call call = { .count = 0 };
	struct reader_about about;
	int words, err;

	err = args_read(cli, "log", options, NULL, 0, &words);
	if (!err)
		err = reader_kind("log", kind);
	if (!err)
		err = reader_sign("log", sign);
	if (err)
		return err;
	reader_about(cli, path, &about);
	reader_option(&call, "--path", about.path);
	reader_option(&call, "--since", since);
	reader_option(&call, "--until", until);
	reader_option(&call, "--address", address);
	reader_option(&call, "--sign", sign);
	reader_option(&call, "--server", server);
	reader_option(&call, "--class", sort);
	reader_option(&call, "--kind", kind);
	if (follow || short_follow)
		reader_add(&call, "--follow");
	if (cli->json)
		reader_add(&call, "--json");
	reader_add(&call, "log");
	return reader_become("postern-read", &call);
}

int verb_summary(struct cli *cli)
{
	const char *since = NULL, *until = NULL, *path = NULL;
	bool day = false, week = false, month = false;
	const struct args_option options[] = {
		{ "--since", &since, NULL },
		{ "--until", &until, NULL },
		{ "--day", NULL, &day },
		{ "--week", NULL, &week },
		{ "--month", NULL, &month },
		{ "--path", &path, NULL },
		{ 0 },
	};
	struct reader_call call = { .count = 0 };
	struct reader_about about;
	int words, err;

	err = args_read(cli, "summary", options, NULL, 0, &words);
	if (!err && day + week + month + (since != NULL) > 1)
		err = cli_usage("summary", "only one of --day, --week, "
					   "--month, --since");
	if (err)
		return err;
	if (!since)
		since = month ? "30d" : day ? "1d" : "7d";
	reader_about(cli, path, &about);
	reader_option(&call, "--path", about.path);
	reader_option(&call, "--since", since);
	reader_option(&call, "--until", until);
	if (cli->json)
		reader_add(&call, "--json");
	reader_add(&call, "summary");
	return reader_become("postern-read", &call);
}

int verb_verify(struct cli *cli)
{
	const char *key = NULL, *seal = NULL, *word = NULL;
	const struct args_option options[] = {
		{ "--key", &key, NULL },
		{ "--seal", &seal, NULL },
		{ 0 },
	};
	struct reader_call call = { .count = 0 };
	struct reader_about about;
	int words, err;

	err = args_read(cli, "verify", options, &word, 1, &words);
	if (err)
		return err;
	if (words == 0)
		reader_about(cli, NULL, &about);
	reader_option(&call, "--key", key);
	reader_option(&call, "--seal", seal);
	if (cli->json)
		reader_add(&call, "--json");
	reader_add(&call, words ? word : about.path);
	return reader_become("postern-verify", &call);
}

int verb_records(struct cli *cli)
{
	const char *word = "state", *path = NULL;
	const struct args_option options[] = {
		{ "--path", &path, NULL },
		{ 0 },
	};
	struct reader_call call = { .count = 0 };
	struct reader_about about;
	int words, err;

	err = args_read(cli, "records", options, &word, 1, &words);
	if (!err && strcmp(word, "state") != 0 && strcmp(word, "seal") != 0 &&
	    strcmp(word, "init") != 0)
		err = cli_usage("records", "what?");
	if (err)
		return err;
	reader_about(cli, path, &about);
	if (strcmp(word, "init") == 0) {
		reader_add(&call, "--init");
		reader_add(&call, about.path);
		err = reader_run("postern-records", &call);
		if (err)
			return err;
		call.count = 0;
		word = "state";
	}
	reader_option(&call, "--path", about.path);
	if (cli->json)
		reader_add(&call, "--json");
	reader_add(&call, word);
	return reader_become("postern-read", &call);
}
