/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_TRACKER_H
#define POSTERN_DAEMON_TRACKER_H

/*
 * tracker: the memory of who did how much lately.
 *
 * A fixed table of points by prefix, made at start.  Points halve in a given
 * time; arithmetic saturates and is the same on every machine, so that a
 * replay comes to the same numbers.  Where a place is full the least suspicious
 * goes, and is counted; whoever owns a /32 of IPv6 has only a small corner to
 * fill.  Reads no clock.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

/* Points are counted in thousandths. */
#define TRACKER_POINT 1000u

struct tracker;

/* Room for SOURCES that are charged at three lengths each, 96 bytes a source,
 * touched as it is used.  SEED: what an attacker cannot know.  NULL: no
 * memory. */
struct tracker *tracker_new(size_t sources, uint64_t seed);
void tracker_free(struct tracker *t);

/* What is known of a prefix, as of now. */
struct track {
	uint32_t points; /* thousandths */
	uint32_t hosts; /* distinct ones within it, estimated, at most 192 */
	uint32_t events;
	uint32_t last_s; /* the newest event */
	uint32_t sid; /* of it */
	uint8_t sign;
};

struct charge_order {
	struct prefix prefix;
	const struct prefix *host; /* counts as one distinct host; or NULL */
	uint32_t points; /* thousandths */
	uint32_t now_s; /* any clock that does not run backwards */
	uint32_t half_s; /* points halve in this time */
	uint32_t sid;
	uint8_t sign;
};

/* Charge a prefix, and tell what it has now. */
struct track tracker_charge(struct tracker *t,
			    const struct charge_order *order);

/* What P has now; false: nothing is known. */
bool tracker_read(const struct tracker *t, const struct prefix *p,
		  uint32_t now_s, uint32_t half_s, struct track *out);

/* Forget P. */
void tracker_clear(struct tracker *t, const struct prefix *p);

size_t tracker_count(const struct tracker *t); /* prefixes with an entry */
uint64_t tracker_evicted(const struct tracker *t); /* that had to go */

#endif
