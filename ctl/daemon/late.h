/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_LATE_H
#define POSTERN_DAEMON_LATE_H

/*
 * late: whether what a feed reports is old, and whether that is to be expected.
 *
 * A backlog is old, and nobody's fault.  But a line that came into a file
 * after the feed said that it had read all of it is new: where such lines
 * tell of times long before, a clock is wrong, or their writer lags behind.
 * Reads no clock.
 */
#include <stdbool.h>

#include "ctl/core/msg.h"
#include "ctl/daemon/rules.h"

/* So many in a row, and none in time between: no accident. */
#define LATE_RUN 10u

struct late {
	uint64_t count; /* events whose points faded */
	uint32_t late_s; /* how old the last of them was */
	uint32_t run; /* of new lines, since the last that was in time */
};

/* EVENT, which weighs WEIGHT, is of the file of which READING, or NULL, was
 * told last.  True: the feed is tardy, and this is one more. */
bool late_note(struct late *late, const struct event *event,
	       const struct weight *weight, const struct reading *reading);

/* Do nothing but old events come, out of new lines? */
bool late_is_tardy(const struct late *late);

#endif
