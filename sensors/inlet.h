/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_INLET_H
#define POSTERN_SENSORS_INLET_H

/*
 * inlet: frames in, the ordered bytes of mail connections out.
 *
 * Runs over any bytes, without a system call and without a clock: the time is
 * that of the frames.
 */
#include "ctl/core/config.h"
#include "sensors/flow.h"
#include "sensors/fragment.h"
#include "sensors/frame.h"

struct inlet;

struct inlet_stats {
	uint64_t frames;
	uint64_t bytes; /* of them, as captured */
	uint64_t verdicts[FRAME_VERDICTS]; /* frames, by enum frame_verdict */
	uint64_t not_tcp;
	uint64_t bad_tcp; /* without a readable header */
	uint64_t cut; /* segments of which the capture holds a part */
	uint64_t foreign; /* segments of no declared service */
	struct fragment_stats fragments;
	struct flow_stats flows;
};

/* Sizes for a sensor, and a file: SECONDS is how long is waited for what a
 * capture brings out of order. */
struct flow_config inlet_sizes(double seconds);

/* CONFIG may be NULL: then no server is declared.  NULL: no memory. */
struct inlet *inlet_new(const struct config *config,
			const struct flow_config *sizes,
			const struct flow_listener *listener);
void inlet_free(struct inlet *in);

/* A frame of LEN captured bytes at DATA. */
void inlet_take(struct inlet *in, enum frame_link link, const uint8_t *data,
		size_t len, uint64_t time_ns);

/* As the functions of flow.h. */
void inlet_tick(struct inlet *in, uint64_t time_ns);
uint64_t inlet_deadline(const struct inlet *in);
void inlet_finish(struct inlet *in);

void inlet_stats(const struct inlet *in, struct inlet_stats *out);

#endif
