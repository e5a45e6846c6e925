/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * past: postern-read finds the records, with the rights of the user.
 */
#include "ctl/cli/past.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"
#include "ctl/cli/reader.h"
#include "ctl/cli/show.h"
#include "ctl/core/clock.h"

/* TEXT member KEY of a record, or "". */
static const char *word(const json_t *record, const char *key)
{
	const char *text = json_string_value(json_object_get(record, key));

	return text ? text : "";
}

static json_int_t number(const json_t *record, const char *key)
{
	return json_integer_value(json_object_get(record, key));
}

static uint64_t time_of(const json_t *record, const char *key)
{
	const char *text = word(record, key);
	uint64_t ns;

	return clock_parse(&ns, text, strlen(text)) ? 0 : ns;
}

/* One line of postern-read: a record, or whether there are more. */
static void take(struct past *past, const char *line)
{
	json_t *object = json_loads(line, 0, NULL);
	const json_t *more = json_object_get(object, "more");

	if (more)
		past->more = json_is_true(more);
	else if (object)
		json_array_append(past->records, object);
	json_decref(object);
}

bool past_read(struct past *past, struct cli *cli, const struct prefix *p)
{
	struct reader_call call = { .count = 0 };
	struct reader_about about;
	char text[PREFIX_TEXT_SIZE];
	char *line = NULL;
	size_t room = 0;
	FILE *in;
	pid_t pid;

	*past = (struct past){ .records = json_array() };
	link_find_config(cli);
	reader_about(cli, NULL, &about);
	reader_option(&call, "--path", about.path);
	reader_option(&call, "--address", prefix_format(p, text));
	reader_add(&call, "newest");
	in = reader_open("postern-read", &call, &pid);
	while (in && getline(&line, &room, in) > 0)
		take(past, line);
	free(line);
	return reader_close(in, pid) == 0;
}

void past_fini(struct past *past)
{
	json_decref(past->records);
	past->records = NULL;
}

static void tell_event(const json_t *record, const struct prefix *about)
{
	char safe[ACT_REASON_SIZE * 4], text[PREFIX_TEXT_SIZE];

	printf("%s", show_safe(safe, word(record, "sign")));
	if (number(record, "sid"))
		printf(" [sid %lld]", (long long)number(record, "sid"));
	if (strcmp(word(record, "source"), prefix_format(about, text)) != 0)
		printf(" by %s", show_safe(safe, word(record, "source")));
	printf(" against %s", show_safe(safe, word(record, "server")));
	printf(":%lld", (long long)number(record, "target_port"));
	printf(": %s\n", show_safe(safe, word(record, "outcome")));
}

static void tell_act(const json_t *record)
{
	char safe[ACT_REASON_SIZE * 4], term[CLOCK_TERM_SIZE];

	printf("%s", show_safe(safe, word(record, "kind")));
	printf(" %s", show_safe(safe, word(record, "prefix")));
	if (number(record, "term_s"))
		printf(" for %s",
		       clock_format_term((uint64_t)number(record, "term_s"),
					 term));
	if (json_object_get(record, "uid"))
		printf(" by %s",
		       show_user(safe, (uint32_t)number(record, "uid")));
	if (word(record, "reason")[0])
		printf("\n%21s %s", "",
		       show_safe(safe, word(record, "reason")));
	putchar('\n');
}

static bool is_shown(const json_t *record, const struct evidence *events,
		     size_t count)
{
	uint64_t time_ns = time_of(record, "event");

	if (strcmp(word(record, "kind"), "event") != 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (events[i].time_ns == time_ns &&
		    events[i].sid == (uint32_t)number(record, "sid"))
			return true;
	}
	return false;
}

bool past_tell(const struct past *past, const struct evidence *events,
	       size_t count, const struct prefix *about)
{
	char time[SHOW_TEXT_SIZE];
	const json_t *record;
	bool is_first = true;
	size_t i;

	json_array_foreach(past->records, i, record)
	{
		bool is_event = strcmp(word(record, "kind"), "event") == 0;

		if (is_shown(record, events, count))
			continue;
		if (is_first)
			puts("\nOn record, the newest first:");
		is_first = false;
		printf("  %s  ", show_time(time, time_of(record, "time")));
		if (is_event)
			tell_event(record, about);
		else
			tell_act(record);
	}
	if (past->more)
		puts("There may be more: postern log --address.");
	return json_array_size(past->records) > 0;
}
