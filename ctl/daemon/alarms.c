/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alarms: a short list, searched from its begin.
 */
#include "ctl/daemon/alarms.h"

#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"

/* How much of TEXT tells one alarm from another of its kind.  Of one server
 * each sign is an alarm of its own: an open relay must not hide behind a banner;
 * and so is each domain that is asked about, and each feed, which stand before
 * the colon. */
static size_t subject_length(enum alarm_kind kind, const char *text)
{
	if (kind == ALARM_SIGN)
		return ACT_REASON_SIZE - 1;
	return kind == ALARM_RESOLVE || kind == ALARM_FEED
		       ? strcspn(text, ":") + 1
		       : 0;
}

static bool is_same(const struct alarm_row *row, enum alarm_kind kind,
		    const struct prefix *p, const char *text)
{
	return row->kind == kind && !row->acked &&
	       prefix_equal(&row->prefix, p) &&
	       strncmp(row->text, text, subject_length(kind, text)) == 0;
}

static int find(const struct alarms *a, enum alarm_kind kind,
		const struct prefix *p, const char *text)
{
	for (unsigned int i = 0; i < a->count; i++) {
		if (is_same(&a->rows[i], kind, p, text))
			return (int)i;
	}
	return -1;
}

/* The place of the one that is missed least. */
static unsigned int least(const struct alarms *a)
{
	unsigned int found = 0;

	for (unsigned int i = 1; i < a->count; i++) {
		const struct alarm_row *row = &a->rows[i];
		const struct alarm_row *best = &a->rows[found];

		if (row->acked > best->acked ||
		    (row->acked == best->acked && row->last_ns < best->last_ns))
			found = i;
	}
	return found;
}

static unsigned int make_room(struct alarms *a)
{
	unsigned int place;

	if (a->count < ALARMS_MAX)
		return a->count++;
	place = least(a);
	a->dropped += !a->rows[place].acked;
	return place;
}

const struct alarm_row *alarms_raise(struct alarms *a, enum alarm_kind kind,
				     const struct prefix *p, const char *text,
				     uint64_t now_ns, uint32_t repeat_s)
{
	int found = find(a, kind, p, text);
	unsigned int place = found < 0 ? make_room(a) : (unsigned int)found;
	struct alarm_row *row = &a->rows[place];
	uint64_t pause_ns = repeat_s * (uint64_t)CLOCK_NS_PER_S;

	if (found < 0)
		*row = (struct alarm_row){
			.number = ++a->last_number,
			.kind = (uint8_t)kind,
			.first_ns = now_ns,
			.prefix = *p,
		};
	row->last_ns = now_ns;
	row->count++;
	snprintf(row->text, sizeof(row->text), "%s", text);
	/* A clock that went back must not silence it for long. */
	if (found >= 0 && now_ns >= a->said_ns[place] &&
	    now_ns - a->said_ns[place] < pause_ns)
		return NULL;
	a->said_ns[place] = now_ns;
	a->on_record[place] = row->count;
	return row;
}

struct alarm_row alarms_row_of(const struct act *act)
{
	struct alarm_row row = {
		.number = (uint32_t)act->count,
		.kind = (uint8_t)alarm_by_name(act->name),
		.first_ns = act->event_ns,
		.last_ns = act->until_ns ? act->until_ns : act->time_ns,
		.count = act->points,
		.prefix = act->prefix,
	};

	snprintf(row.text, sizeof(row.text), "%s", act->reason);
	return row;
}

uint64_t alarms_said_ns(const struct act *act)
{
	return act->since_ns ? act->since_ns : act->time_ns;
}

bool alarms_is_ahead(const struct alarms *a, unsigned int place)
{
	return !a->rows[place].acked &&
	       a->rows[place].count != a->on_record[place];
}

void alarms_restore(struct alarms *a, const struct alarm_row *row,
		    uint64_t said_ns)
{
	int found =
		find(a, (enum alarm_kind)row->kind, &row->prefix, row->text);
	unsigned int place = found < 0 ? make_room(a) : (unsigned int)found;

	if (found >= 0)
		a->rows[place].first_ns = row->first_ns;
	a->rows[place] = *row;
	a->said_ns[place] = said_ns;
	a->on_record[place] = row->count;
	if (row->number > a->last_number)
		a->last_number = row->number;
}

unsigned int alarms_ack(struct alarms *a, uint32_t number)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < a->count; i++) {
		if (a->rows[i].acked || (number && a->rows[i].number != number))
			continue;
		a->rows[i].acked = true;
		count++;
	}
	return count;
}

unsigned int alarms_open(const struct alarms *a)
{
	unsigned int open = 0;

	for (unsigned int i = 0; i < a->count; i++)
		open += !a->rows[i].acked;
	return open;
}
