/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_POLICY_H
#define POSTERN_DAEMON_POLICY_H

/*
 * policy: event + memory + rules + now -> decision.
 *
 * Each source is charged at several prefix lengths at once; the narrowest
 * prefix that has reached the rule is the one to ban.  What could be forged
 * charges nobody.  Pure: no clock, no table of bans, no order to anyone.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/event.h"

struct tracker;

struct decision {
	bool ban; /* PREFIX has reached the rule */
	uint8_t mode; /* enum mode: what is to be done about it */
	struct prefix prefix;
	uint32_t points;
	uint16_t hosts; /* 0 for a single address */
};

/* The points, in thousandths, that EVENT is worth by the rules, faded by its
 * age; 0: nothing. */
uint32_t policy_points(const struct policy *policy, const struct event *event);

/* Charge EVENT's source, and decide.  NOW_S: the time of receipt, by a clock
 * that does not run backwards. */
struct decision policy_judge(const struct policy *policy,
			     struct tracker *tracker, const struct event *event,
			     uint32_t now_s);

/* The term of the ban of LEVEL (1: the first). */
uint32_t policy_term_s(const struct policy *policy, uint8_t level);

#endif
