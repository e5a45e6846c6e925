/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * late: a run of old events out of new lines, which one in time ends.
 */
#include "ctl/daemon/late.h"

#include <stddef.h>

#include "ctl/core/clock.h"

/* So long a writer may hold a line back. */
#define HELD_NS (60ull * CLOCK_NS_PER_S)

/* It was written after READING was told, and what it tells of was over long
 * before. */
static bool is_new_line(const struct event *event,
			const struct reading *reading)
{
	return reading && reading->behind == 0 &&
	       reading->told_ns > event->time_ns &&
	       reading->told_ns - event->time_ns > HELD_NS;
}

bool late_note(struct late *late, const struct event *event,
	       const struct weight *weight, const struct reading *reading)
{
	if (weight->late_s == 0) {
		if (weight->points)
			late->run = 0;
		return false;
	}
	late->count++;
	late->late_s = weight->late_s;
	if (!is_new_line(event, reading))
		return false;
	if (late->run < LATE_RUN)
		late->run++;
	return late_is_tardy(late);
}

bool late_is_tardy(const struct late *late)
{
	return late->run >= LATE_RUN;
}
