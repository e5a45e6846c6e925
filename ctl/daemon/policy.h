/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_POLICY_H
#define POSTERN_DAEMON_POLICY_H

/*
 * policy: what an event weighs + memory + now -> decision.
 *
 * Each source is charged at several prefix lengths at once; the narrowest
 * prefix that has reached the rule is the one to ban.  Pure: no clock, no
 * table of bans, no order to anyone.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/event.h"
#include "ctl/daemon/rules.h"
#include "ctl/daemon/tracker.h"

struct decision {
	bool ban; /* PREFIX has reached the rule */
	uint8_t mode; /* enum mode: what is to be done about it */
	uint8_t scope; /* enum ban_scope: of the ban */
	uint16_t hosts; /* 0 for a single address */
	uint16_t rule; /* that weighed the last event, or RULES_NONE */
	uint32_t points;
	uint32_t term_s; /* of the rule; 0: the policy's */
	struct prefix prefix;
};

/* What it takes to ban a prefix of FAMILY and LENGTH: the points, in
 * thousandths, and as result the distinct attacking hosts; 0: a single
 * address. */
uint32_t policy_needed(const struct policy *policy, uint8_t family,
		       unsigned int length, uint64_t *points);

/* The lengths that are charged beside the address itself; *COUNT of them. */
const uint8_t *policy_lengths(const struct policy *policy, uint8_t family,
			      uint8_t *count);

/* What a policy asks for, worked out once: of each family, the address itself
 * first, and then the subnets around it. */
struct policy_plan {
	const struct policy *policy;
	struct policy_level {
		uint8_t length;
		uint32_t hosts; /* by policy_needed() */
		uint64_t points; /* so */
		uint32_t crowd; /* thousandths, that let each host count */
	} levels[2][TRACKER_LEVELS];
	uint8_t counts[2];
};

/* Of POLICY, which must outlive it. */
void policy_plan(struct policy_plan *plan, const struct policy *policy);

/* What an event charges: the address itself, and the subnets around it. */
struct policy_view {
	struct prefix prefixes[TRACKER_LEVELS];
	struct tracker_spot spots[TRACKER_LEVELS];
	uint8_t count;
	bool yields; /* what it charges is of no use to ban anybody */
};

/* Find out what SOURCE charges, in BOOK: of many events, the sooner before
 * policy_judge() the better, and with policy_fetch() between the two. */
void policy_look(struct policy_view *view, const struct policy_plan *plan,
		 const struct tracker *tracker, const struct prefix *source,
		 uint8_t book);
void policy_fetch(struct policy_view *view);

/* Charge EVENT's source, of which VIEW is, by WEIGHT, and decide.  NOW_S: the time of receipt, by
 * a clock that does not run backwards. */
struct decision policy_judge(const struct policy_plan *plan,
			     struct tracker *tracker,
			     const struct policy_view *view,
			     const struct event *event,
			     const struct weight *weight, uint32_t now_s);

/* The term of the ban of LEVEL (1: the first), where the first is of FIRST_S
 * by a rule of its own, or 0: then it rises from there. */
uint32_t policy_term_s(const struct policy *policy, uint8_t level,
		       uint32_t first_s);

#endif
