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
};

/* Weigh EVENT at NOW_NS, UTC.  What could be forged, and what is nobody's
 * fault, weighs nothing. */
struct weight rules_weigh(const struct config *config,
			  const struct event *event, uint64_t now_ns);

#endif
