/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * term: pure.
 */
#include "ctl/daemon/term.h"

#include "ctl/core/clock.h"

static uint64_t by_distance(const struct act *base, uint64_t until_ns)
{
	int64_t distance_ns = (int64_t)(until_ns - base->time_ns);
	int64_t end = (int64_t)(base->monotonic_ns / CLOCK_NS_PER_MS) +
		      distance_ns / (int64_t)CLOCK_NS_PER_MS;

	return end > 0 ? (uint64_t)end : 1;
}

static uint64_t by_calendar(uint64_t until_ns, const struct term_now *now)
{
	if (until_ns <= now->calendar_ns)
		return 1;
	return now->ms + (until_ns - now->calendar_ns) / CLOCK_NS_PER_MS;
}

uint64_t term_end_ms(const struct act *base, uint64_t until_ns, uint32_t term_s,
		     const struct term_now *now)
{
	uint64_t most_ms = now->ms + term_s * 1000ull;
	uint64_t end_ms;

	if (base->boot && base->boot == now->boot && until_ns)
		end_ms = by_distance(base, until_ns);
	else
		end_ms = by_calendar(until_ns, now);
	return end_ms < most_ms ? end_ms : most_ms;
}
