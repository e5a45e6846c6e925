/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry: members in an order of their own.
 */
#include "ctl/records/entry.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/records/member.h"

/* Where the second line of an entry begins: below its first word. */
#define INDENT 21

struct entry {
	FILE *out;
	const char *line;
	size_t len;
};

static bool find(const struct entry *e, const char *key, struct member *out)
{
	return members_find(e->line, e->len, key, out);
}

static void put(const struct entry *e, const char *before, const char *key)
{
	struct member m;
	const char *text;
	size_t len;

	if (!find(e, key, &m))
		return;
	text = member_raw(&m, &len);
	/* Of a time nobody reads the parts of a second. */
	if (member_time(&m))
		fprintf(e->out, "%s%.10s %.8s", before, text, text + 11);
	else
		fprintf(e->out, "%s%.*s", before, (int)len, text);
}

/* An act of the rules bears the address that it was for, too. */
static void put_source(const struct entry *e)
{
	struct member prefix, source;

	if (find(e, "prefix", &prefix) && find(e, "source", &source) &&
	    prefix.value_len == source.value_len &&
	    memcmp(prefix.value, source.value, prefix.value_len) == 0)
		return;
	put(e, " ", "source");
}

/* By whose decision: that is what an auditor asks. */
static void put_author(const struct entry *e)
{
	struct member origin, uid;
	const struct passwd *user;

	if (find(e, "uid", &uid)) {
		uint64_t number = member_number(&uid);

		user = getpwuid((uid_t)number);
		fprintf(e->out, " by uid %llu", (unsigned long long)number);
		if (user)
			fprintf(e->out, " (%s)", user->pw_name);
	} else if (find(e, "origin", &origin) &&
		   member_has(&origin, "policy")) {
		fputs(" by the policy", e->out);
	}
}

/* The others are for --json. */
static void put_all(const struct entry *e, uint64_t time_ns)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(time_ns, time);
	fprintf(e->out, "%.10s %.8s ", time, time + 11);
	put(e, " ", "kind");
	put(e, " ", "outcome");
	put(e, " ", "prefix");
	put_source(e);
	put(e, " -> ", "target");
	put(e, " ", "server");
	put(e, " ", "sign");
	put(e, " until ", "until");
	put(e, " sid ", "sid");
	put(e, " ", "name");
	put_author(e);
	put(e, ": ", "text");
	put(e, ": ", "reason");
	put(e, " hosts ", "hosts");
	put(e, " count ", "count");
	put(e, " since ", "since");
	put(e, " before ", "before");
	put(e, " ", "classes");
	put(e, " from ", "scope");
	put(e, " gate ", "gate");
}

/* Like the lines of doctor: a word that is too long is broken anywhere. */
static void put_wrapped(FILE *out, const char *text, size_t width)
{
	size_t room = width;

	while (strlen(text) > room) {
		size_t len = room;

		while (len > 0 && text[len] != ' ')
			len--;
		if (len == 0)
			len = room;
		fprintf(out, "%.*s\n%*s", (int)len, text, INDENT, "");
		text += len;
		text += strspn(text, " ");
		room = width - INDENT;
	}
	fprintf(out, "%s\n", text);
}

int entry_show(FILE *out, const char *line, size_t len, uint64_t time_ns,
	       size_t width)
{
	struct entry e = { out, line, len };
	char *text = NULL;
	size_t text_len;

	if (width <= 2 * INDENT) {
		put_all(&e, time_ns);
		fputc('\n', out);
		return ferror(out) ? -EPIPE : 0;
	}
	e.out = open_memstream(&text, &text_len);
	if (!e.out)
		return -ENOMEM;
	put_all(&e, time_ns);
	if (fclose(e.out) == 0)
		put_wrapped(out, text, width);
	free(text);
	return ferror(out) ? -EPIPE : 0;
}
