/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_TERM_H
#define POSTERN_DAEMON_TERM_H

/*
 * term: when that ends, on our clock, which a former life of ours ended at a
 * time of the calendar.
 */
#include <stdint.h>

#include "ctl/core/act.h"

struct term_now {
	uint64_t boot; /* clock_boot(), or 0: unknown */
	uint64_t ms; /* of the monotonic clock */
	uint64_t calendar_ns;
};

/*
 * The end of what was to end at UNTIL_NS and lasts TERM_S at most.  BASE is the
 * record that UNTIL_NS was reckoned with, or after.
 *
 * Within one boot the distance from BASE, whose both times are known, tells,
 * whatever happened to the calendar since.  After a reboot only the calendar is
 * left; a clock that jumped can then cost at most one term, either way.  What
 * is over ends at 1.
 */
uint64_t term_end_ms(const struct act *base, uint64_t until_ns, uint32_t term_s,
		     const struct term_now *now);

#endif
