/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clockstep: one difference, remembered.
 */
#include "ctl/records/clockstep.h"

#include <stdio.h>
#include <stdlib.h>

#include "ctl/core/clock.h"
#include "ctl/records/declare.h"

int64_t clockstep_look(struct clockstep *s, uint64_t calendar_ns,
		       uint64_t boottime_ns)
{
	int64_t ahead_ns = (int64_t)(calendar_ns - boottime_ns);
	int64_t step_ms = (ahead_ns - s->ahead_ns) / (int64_t)CLOCK_NS_PER_MS;

	if (s->is_known && llabs(step_ms) < CLOCKSTEP_LEAST_MS)
		return 0;
	if (!s->is_known)
		step_ms = 0;
	s->ahead_ns = ahead_ns;
	s->is_known = true;
	return step_ms;
}

int64_t clockstep_between(uint64_t then_ns, uint64_t elapsed_ns,
			  uint64_t slept_ns, uint64_t now_ns)
{
	bool is_booted = elapsed_ns == UINT64_MAX;
	int64_t step_ns = (int64_t)(now_ns - then_ns);
	int64_t step_ms;

	if (!is_booted)
		step_ns -= (int64_t)elapsed_ns;
	if (step_ns > 0) {
		/* Nobody knows how long it was switched off. */
		step_ns -= is_booted ? step_ns : (int64_t)slept_ns;
		if (step_ns < 0)
			step_ns = 0;
	}
	step_ms = step_ns / (int64_t)CLOCK_NS_PER_MS;
	return llabs(step_ms) < CLOCKSTEP_LEAST_MS ? 0 : step_ms;
}

struct act clockstep_act(int64_t step_ms)
{
	bool is_back = step_ms < 0;
	struct act act = declare_begin(ACT_CLOCK, (uint64_t)llabs(step_ms));

	snprintf(act.name, sizeof(act.name), "%s", is_back ? "back" : "ahead");
	snprintf(act.reason, sizeof(act.reason),
		 "the calendar clock was set %s by %llu.%03llu s",
		 is_back ? "back" : "ahead",
		 (unsigned long long)act.count / 1000,
		 (unsigned long long)act.count % 1000);
	return act;
}
