/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * errand: a ring, a measure per minute, and two spellings of an alarm.
 */
#include "ctl/alarm/errand.h"

#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"

#define MINUTE_S 60u

void errands_init(struct errands *e, uint32_t per_minute)
{
	*e = (struct errands){ .per_minute = per_minute };
}

void errands_add(struct errands *e, const struct alarm_row *row)
{
	if (e->count == ERRAND_QUEUE) {
		e->digest++;
		return;
	}
	e->queue[(e->first + e->count++) % ERRAND_QUEUE] = *row;
}

/* TEXT within quotes of JSON; it is printable ASCII by now. */
static void put_quoted(char *out, size_t size, const char *text)
{
	size_t used = 0;

	for (; *text && used + 3 < size; text++) {
		if (*text == '"' || *text == '\\')
			out[used++] = '\\';
		out[used++] = *text;
	}
	out[used] = '\0';
}

static void write_alarm(struct errand *out, const struct alarm_row *row)
{
	char safe[ACT_REASON_SIZE * 4], quoted[ACT_REASON_SIZE * 8];
	char about[PREFIX_TEXT_SIZE] = "";
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	escape_text(safe, sizeof(safe), row->text, strlen(row->text));
	put_quoted(quoted, sizeof(quoted), safe);
	if (row->prefix.family)
		prefix_format(&row->prefix, about);
	snprintf(out->text, sizeof(out->text), "alarm %u: %s%s%s", row->number,
		 about, about[0] ? ": " : "", safe);
	snprintf(out->json, sizeof(out->json),
		 "{\"number\":%u,\"kind\":\"%s\",\"prefix\":\"%s\",\"first\":"
		 "\"%s\",\"last\":\"%s\",\"count\":%llu,\"text\":\"%s\"}\n",
		 row->number, alarm_name((enum alarm_kind)row->kind), about,
		 clock_format(row->first_ns, first),
		 clock_format(row->last_ns, last),
		 (unsigned long long)row->count, quoted);
}

static void write_digest(struct errand *out, uint64_t count)
{
	snprintf(out->text, sizeof(out->text),
		 "and %llu more alarms; `postern status` shows them",
		 (unsigned long long)count);
	snprintf(out->json, sizeof(out->json),
		 "{\"kind\":\"digest\",\"count\":%llu}\n",
		 (unsigned long long)count);
}

static void turn(struct errands *e, uint64_t now_s)
{
	if (e->minute == now_s / MINUTE_S)
		return;
	e->minute = now_s / MINUTE_S;
	e->runs = 0;
}

bool errands_next(struct errands *e, uint64_t now_s, struct errand *out)
{
	turn(e, now_s);
	if (e->running || (e->count == 0 && e->digest == 0) ||
	    e->runs >= e->per_minute)
		return false;
	/* The last run of a minute tells of all that still wait. */
	if (e->runs + 1 == e->per_minute && e->count + e->digest > 1) {
		write_digest(out, e->count + e->digest);
		e->count = 0;
		e->digest = 0;
	} else if (e->count) {
		write_alarm(out, &e->queue[e->first]);
		e->first = (e->first + 1) % ERRAND_QUEUE;
		e->count--;
	} else {
		write_digest(out, e->digest);
		e->digest = 0;
	}
	e->runs++;
	e->running = true;
	return true;
}

void errands_ended(struct errands *e)
{
	e->running = false;
}

bool errands_wait(const struct errands *e)
{
	return !e->running && e->count + e->digest > 0;
}
