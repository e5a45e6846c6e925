/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_LIVE_H
#define POSTERN_SENSORS_LIVE_H

/*
 * live: the life of one sensor: from an open capture to postern-ctl.
 *
 * It never waits for postern-ctl: frames do not wait either.  What cannot be
 * said is counted, and the count is told.
 */
#include "ctl/core/config.h"
#include "ctl/core/msg.h"
#include "sensors/capture.h"

struct ev_loop;
struct live;

struct live_start {
	struct ev_loop *loop;
	const struct config *config; /* the sensor is its first one */
	struct hello hello; /* to say; its index is the sensor's number */
	int ctl; /* the pair with postern-ctl */
	int originals; /* the pair with postern-records */
	struct capture *capture; /* NULL: there is no interface */
	int error; /* then: the errno to tell */
	/* The sensor cannot go on: -errno, and the words for it.  0: the
	 * interface has come, and only a new life can open it. */
	void (*ended)(void *ctx, int err, const char *why);
	void *ctx;
};

/*
 * Begin on the loop.  What START names must outlive *OUT, which is the
 * caller's, for live_free().  -errno.
 */
__attribute__((warn_unused_result)) int
live_new(struct live **out, const struct live_start *start);

/* Say how far it came, and end.  L may be NULL. */
void live_free(struct live *l);

#endif
