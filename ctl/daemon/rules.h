/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_RULES_H
#define POSTERN_DAEMON_RULES_H

/*
 * rules: which rule of the configuration an event meets, and what it is worth
 * by it.  The first that matches counts; where none does, the table of signs.
 *
 * Knows no memory of anybody and no clock: the time is given.
 */
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/event.h"

#define RULES_NONE UINT16_MAX

/* What an event weighs. */
struct weight {
	uint32_t points; /* thousandths; 0: nothing */
	uint8_t mode; /* enum mode: the most that may be done about it */
	uint8_t scope; /* enum ban_scope: of a ban by it */
	uint16_t rule; /* its number, or RULES_NONE */
	uint32_t term_s; /* of a first ban by it; 0: the policy's */
	uint32_t late_s; /* so old it came that its points faded; 0: they did
			    not */
};

#define RULES_WORDS (CONFIG_RULES_MAX / 64)

/* Some of the rules, a bit each. */
struct rules_some {
	uint64_t words[RULES_WORDS];
};

/*
 * Which rules a word of an event leaves in question, so that not each of many
 * has to be looked at; which of them matches, the rule itself says.
 */
struct rules {
	const struct config *config;
	struct rules_some of_sign[SIGN_COUNT];
	struct rules_some of_feed[CONFIG_FEEDS_MAX + CONFIG_SENSORS_MAX + 1];
	struct rules_some of_server[CONFIG_SERVERS_MAX + 1];
	struct rules_some of_any_sid;
	struct rules_sid {
		uint32_t sid;
		uint16_t rule;
	} sids[CONFIG_RULES_MAX * CONFIG_RULE_SIDS_MAX]; /* by sid */
	uint32_t sid_count;
};

/* Over CONFIG, which must outlive it; due again when its rules are others. */
void rules_init(struct rules *rules, const struct config *config);

/* Weigh EVENT at NOW_NS, UTC.  What could be forged, and what is nobody's
 * fault, weighs nothing. */
struct weight rules_weigh(const struct rules *rules, const struct event *event,
			  uint64_t now_ns);

#endif
