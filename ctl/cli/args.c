/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * args: strict: an unknown option or a word too many is an error, not a guess.
 */
#include "ctl/cli/args.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/cli/cli.h"
#include "ctl/core/clock.h"
#include "ctl/core/escape.h"

#define SHOWN_MAX 80

static const struct args_option *find(const struct args_option *options,
				      const char *name, size_t len)
{
	for (; options && options->name; options++) {
		if (strlen(options->name) == len &&
		    strncmp(options->name, name, len) == 0)
			return options;
	}
	return NULL;
}

/* One option; *USED is how many arguments it took. */
static int read_option(struct cli *cli, const char *verb,
		       const struct args_option *options, int at, int *used)
{
	const char *word = cli->argv[at];
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct args_option *option = find(options, word, len);
	char shown[SHOWN_MAX];

	if (!option)
		return cli_usage(verb, "unknown option %s",
				 escape_text(shown, sizeof(shown), word, len));
	*used = 1;
	if (option->flag) {
		*option->flag = true;
		return equals ? cli_usage(verb, "%s takes no value",
					  option->name)
			      : 0;
	}
	if (equals) {
		*option->value = equals + 1;
		return 0;
	}
	if (at + 1 >= cli->argc)
		return cli_usage(verb, "%s needs a value", option->name);
	*option->value = cli->argv[at + 1];
	*used = 2;
	return 0;
}

int args_read(struct cli *cli, const char *verb,
	      const struct args_option *options, const char **words, int max,
	      int *count)
{
	bool only_words = false;

	*count = 0;
	for (int i = 0; i < cli->argc;) {
		const char *word = cli->argv[i];
		char shown[SHOWN_MAX];
		int used = 1;
		int err = 0;

		if (!only_words && strcmp(word, "--") == 0)
			only_words = true;
		else if (!only_words && word[0] == '-' && word[1])
			err = read_option(cli, verb, options, i, &used);
		else if (*count < max)
			words[(*count)++] = word;
		else
			err = cli_usage(verb, "one word too many: %s",
					escape_text(shown, sizeof(shown), word,
						    strlen(word)));
		if (err)
			return err;
		i += used;
	}
	return 0;
}

/* Host bits are set: what was meant is one of two. */
static int say_host_bits(const char *verb, const char *text)
{
	const char *slash = strchr(text, '/');
	char whole[PREFIX_TEXT_SIZE];
	struct prefix address;
	unsigned int length = 0;

	if (!slash ||
	    prefix_parse_address(&address, text, (size_t)(slash - text)) ||
	    sscanf(slash, "/%3u", &length) != 1 ||
	    length > prefix_bits(address.family))
		return cli_usage(verb, "this is no prefix");
	address = prefix_truncate(&address, length);
	return cli_usage(verb,
			 "%s has bits set behind its length: write %s for the "
			 "network, or %.*s for the one address",
			 text, prefix_format(&address, whole),
			 (int)(slash - text), text);
}

int args_prefix(const char *verb, const char *text, struct prefix *out)
{
	char shown[SHOWN_MAX];
	int err = prefix_parse(out, text, strlen(text));

	if (err == -EDOM)
		return say_host_bits(verb, text);
	if (err)
		return cli_usage(
			verb,
			"%s is no address or prefix; write it like "
			"192.0.2.1, 192.0.2.0/24 or 2001:db8::/48",
			escape_text(shown, sizeof(shown), text, strlen(text)));
	return 0;
}

int args_term(const char *verb, const char *text, uint64_t *out_s)
{
	char shown[SHOWN_MAX];

	if (strcmp(text, "forever") == 0) {
		*out_s = 0;
		return 0;
	}
	if (clock_parse_term(out_s, text) || *out_s == 0)
		return cli_usage(
			verb,
			"%s is no term; write it like 10m, 2h, 1d, "
			"4w or forever",
			escape_text(shown, sizeof(shown), text, strlen(text)));
	return 0;
}

int args_reason(const char *verb, const char *reason, struct ask *ask)
{
	if (!reason)
		return 0;
	if (strlen(reason) >= sizeof(ask->reason))
		return cli_usage(verb,
				 "the reason is longer than %zu characters",
				 sizeof(ask->reason) - 1);
	memcpy(ask->reason, reason, strlen(reason) + 1);
	return 0;
}
