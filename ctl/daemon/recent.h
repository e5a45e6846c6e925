/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_RECENT_H
#define POSTERN_DAEMON_RECENT_H

/*
 * recent: the events that weighed something lately, for those who ask why.
 *
 * A ring: the newest replaces the oldest, and all of them are in the records.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/event.h"
#include "ctl/daemon/rules.h"

#define RECENT_MAX 8192u

struct recent_row {
	uint64_t time_ns; /* UTC, by the reporter's clock */
	struct prefix source;
	uint16_t target_port;
	uint16_t server;
	uint16_t rule; /* or RULES_NONE */
	uint8_t sign;
	uint8_t mode; /* enum mode, of the book that it stands in */
	uint32_t points; /* thousandths, when it came */
	uint32_t sid;
	uint32_t late_s; /* as in struct weight */
};

struct recent {
	struct recent_row rows[RECENT_MAX];
	uint64_t count; /* ever */
};

void recent_add(struct recent *r, const struct event *event,
		const struct weight *weight);

/* The next older row within P, from *AT on, which begins at 0; NULL: none. */
const struct recent_row *recent_next(const struct recent *r,
				     const struct prefix *p, uint64_t *at);

#endif
