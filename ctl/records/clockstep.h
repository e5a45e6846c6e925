/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_CLOCKSTEP_H
#define POSTERN_RECORDS_CLOCKSTEP_H

/*
 * clockstep: was the calendar clock set?
 *
 * Between two looks it must have gone on by as much as the clock that nobody
 * can set and that goes on while the machine sleeps (CLOCK_BOOTTIME): a time
 * source that slews changes both alike.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/act.h"

/* What is less is no record: a time source that begins may do it. */
#define CLOCKSTEP_LEAST_MS 500

struct clockstep {
	int64_t ahead_ns; /* of the calendar before the other */
	bool is_known;
};

/* Look at both clocks.  The milliseconds by which the calendar was set since
 * the last look that was told: 0: it was not. */
int64_t clockstep_look(struct clockstep *s, uint64_t calendar_ns,
		       uint64_t boottime_ns);

/*
 * The same of a time when nobody looked: THEN_NS is the calendar of its begin,
 * ELAPSED_NS what the monotonic clock went on since, UINT64_MAX where the
 * machine was booted meanwhile; it slept for up to SLEPT_NS.  What may have
 * been sleep is no step.
 */
int64_t clockstep_between(uint64_t then_ns, uint64_t elapsed_ns,
			  uint64_t slept_ns, uint64_t now_ns);

/* The ACT_CLOCK that tells of a step by STEP_MS. */
struct act clockstep_act(int64_t step_ms);

#endif
