/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern doctor: what was found, and what to do about it.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "ctl/cli/args.h"
#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"
#include "ctl/cli/show.h"
#include "ctl/core/escape.h"

struct diagnosis {
	struct cli *cli;
	json_t *list;
	unsigned int warnings;
	unsigned int bad;
};

static const struct {
	const char *word;
	enum show_colour colour;
} verdicts[PROBE_COUNT] = {
	[PROBE_GOOD] = { "good", SHOW_GREEN },
	[PROBE_WARN] = { "look", SHOW_YELLOW },
	[PROBE_BAD] = { "BAD", SHOW_RED },
};

/* Where a detail begins, and how long one of its lines may be. */
#define DETAIL_AT    18
#define DETAIL_WIDTH (80 - DETAIL_AT)

/* Print TEXT over as many lines as it takes, broken between words. */
static void print_detail(const char *text)
{
	while (strlen(text) > DETAIL_WIDTH) {
		int len = DETAIL_WIDTH;

		while (len > 0 && text[len] != ' ')
			len--;
		if (len == 0)
			len = DETAIL_WIDTH; /* one word, as long as that */
		printf("%.*s\n%*s", len, text, DETAIL_AT, "");
		text += len;
		text += strspn(text, " ");
	}
	puts(text);
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct diagnosis *d = ctx;
	const struct probe *probe = &row->probe;
	char detail[MSG_DETAIL_SIZE * 4];

	if (kind != MSG_PROBE)
		return 0;
	d->warnings += probe->verdict == PROBE_WARN;
	d->bad += probe->verdict == PROBE_BAD;
	escape_text(detail, sizeof(detail), probe->detail,
		    strlen(probe->detail));
	if (d->cli->json)
		json_array_append_new(d->list,
				      json_pack("{s:s, s:s, s:s}", "verdict",
						verdicts[probe->verdict].word,
						"about", probe->name, "detail",
						detail));
	if (d->cli->json)
		return 0;
	printf("%s%-4s%s  %-11s ", show_begin(verdicts[probe->verdict].colour),
	       verdicts[probe->verdict].word, show_end(), probe->name);
	print_detail(detail);
	return 0;
}

int verb_doctor(struct cli *cli)
{
	struct diagnosis d = { .cli = cli, .list = json_array() };
	const struct link_listener listener = { hear, &d };
	struct ask ask = link_request(VERB_DOCTOR);
	int code, words;

	code = args_read(cli, "doctor", NULL, NULL, 0, &words);
	if (!code)
		code = link_run(cli, &ask, &listener);
	if (code) {
		json_decref(d.list);
		return code;
	}
	if (cli->json)
		show_json(d.list, true);
	else
		json_decref(d.list);
	return d.bad ? ANSWER_FAILED : ANSWER_DONE;
}
