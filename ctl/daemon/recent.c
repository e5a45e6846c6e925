/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recent: a ring, walked from its newest row.
 */
#include "ctl/daemon/recent.h"

#include <stddef.h>

void recent_add(struct recent *r, const struct event *event,
		const struct weight *weight)
{
	r->rows[r->count++ % RECENT_MAX] = (struct recent_row){
		.time_ns = event->time_ns,
		.source = event->source,
		.target_port = event->target_port,
		.server = event->server,
		.rule = weight->rule,
		.sign = event->sign,
		.mode = weight->mode,
		.points = weight->points,
		.sid = event->sid,
		.late_s = weight->late_s,
	};
}

const struct recent_row *recent_next(const struct recent *r,
				     const struct prefix *p, uint64_t *at)
{
	uint64_t held = r->count < RECENT_MAX ? r->count : RECENT_MAX;

	while (*at < held) {
		const struct recent_row *row;

		row = &r->rows[(r->count - 1 - (*at)++) % RECENT_MAX];
		if (prefix_contains(p, &row->source))
			return row;
	}
	return NULL;
}
