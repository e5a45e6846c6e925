/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_ALARMS_H
#define POSTERN_DAEMON_ALARMS_H

/*
 * alarms: what somebody should look at, each said once.
 *
 * An alarm of the same kind about the same prefix (a sign: of the same text; a
 * shared sender's record: of the same domain; a feed: of the same one) is the
 * same alarm: it is counted, and said again only after a pause, with the count.
 * The room is fixed; where it is full, the oldest that was acknowledged goes,
 * then the oldest.  Reads no clock.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

#define ALARMS_MAX 64u

struct alarms {
	struct alarm_row rows[ALARMS_MAX];
	uint64_t said_ns[ALARMS_MAX];
	uint64_t on_record[ALARMS_MAX]; /* the count that a next life knows */
	unsigned int count;
	uint32_t last_number;
	uint64_t dropped; /* that had to go unseen */
};

/*
 * Raise KIND about P, which may be no prefix, at NOW_NS.  The alarm, where it
 * is to be said: it is new, or as old as REPEAT_S.  NULL: it was counted.
 */
const struct alarm_row *alarms_raise(struct alarms *a, enum alarm_kind kind,
				     const struct prefix *p, const char *text,
				     uint64_t now_ns, uint32_t repeat_s);

/* The alarm that ACT, on record, tells of.  KIND is ALARM_KINDS: it is of a
 * later version. */
struct alarm_row alarms_row_of(const struct act *act);

/* When it was said last: the act itself says it, or, being one that only takes
 * down the count, tells of one that did. */
uint64_t alarms_said_ns(const struct act *act);

/* Take over ROW as a former life left it, which said it at SAID_NS: it is not
 * said again before its pause is over. */
void alarms_restore(struct alarms *a, const struct alarm_row *row,
		    uint64_t said_ns);

/* Was alarm PLACE, which nobody has seen, raised since it went on record? */
bool alarms_is_ahead(const struct alarms *a, unsigned int place);

/* Somebody has seen alarm NUMBER, or all (0).  How many that were. */
unsigned int alarms_ack(struct alarms *a, uint32_t number);

/* How many nobody has seen. */
unsigned int alarms_open(const struct alarms *a);

#endif
