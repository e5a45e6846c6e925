/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sieve: counts what falls through, and hands on what does not.
 */
#include "feeds/sieve.h"

#include "feeds/evejson.h"

enum eve_verdict sieve_parse(struct eve *out, struct slice line)
{
	enum eve_verdict verdict = eve_parse(out, line);

	return verdict == EVE_UNKNOWN ? evejson_parse(out, line) : verdict;
}

static void tell_event(const struct sieve *s, const struct line *l,
		       struct slice text, uint64_t start,
		       struct reading *reading, struct event *event)
{
	event->seen_ns = s->seen_ns;
	event->feed = s->feed;
	event->stream = reading->stream;
	event->length = (uint32_t)(l->done - start);
	event->position = reading->position;
	/* What comes from a socket has no position. */
	if (event->position.device)
		event->position.offset = l->done;
	reading->events++;
	if (event->time_ns > reading->last_ns)
		reading->last_ns = event->time_ns;
	s->event(s->ctx, event);
	if (s->line)
		s->line(s->ctx, event, text, reading->file);
}

static void take_line(const struct sieve *s, const struct line *l,
		      struct slice text, uint64_t start,
		      struct reading *reading)
{
	struct event event;
	struct eve eve;

	switch (sieve_parse(&eve, text)) {
	case EVE_ALERT:
		reading->alerts++;
		if (attacker_judge(&s->attacker, &eve, &event))
			tell_event(s, l, text, start, reading, &event);
		else
			reading->foreign++;
		break;
	case EVE_OTHER:
		break;
	case EVE_BAD:
	case EVE_UNKNOWN:
		reading->bad++;
		break;
	}
}

static void take_counts(struct line *l, struct reading *reading)
{
	reading->lines += l->scan.lines;
	reading->too_long += l->scan.too_long;
	l->scan.lines = 0;
	l->scan.too_long = 0;
	if (reading->position.device)
		reading->position.offset = l->done;
}

void sieve_run(const struct sieve *s, struct line *l, struct reading *reading)
{
	struct slice text;
	uint64_t start;

	while (line_next(l, &text, &start))
		take_line(s, l, text, start, reading);
	take_counts(l, reading);
}

void sieve_end(const struct sieve *s, struct line *l, struct reading *reading)
{
	struct slice text;
	uint64_t start;

	sieve_run(s, l, reading);
	if (line_last(l, &text, &start))
		take_line(s, l, text, start, reading);
	take_counts(l, reading);
}
