/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_TRACKER_H
#define POSTERN_DAEMON_TRACKER_H

/*
 * tracker: the memory of who did how much lately.
 *
 * A fixed table of accounts by prefix, made at start.  Points halve in a given
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

/* An event charges so many prefixes at most: the source, and those around. */
#define TRACKER_LEVELS 4u

/* Accounts of one prefix that know nothing of each other: what is only
 * observed must not add to what bans. */
#define TRACKER_BOOKS 4u

struct tracker;

/* Room for SOURCES that are charged at three lengths each, 120 bytes a source
 * at most, touched as it is used.  SEED: what an attacker cannot know.  NULL:
 * no memory. */
struct tracker *tracker_new(size_t sources, uint64_t seed);
void tracker_free(struct tracker *t);

/* What is known of a prefix, as of now. */
struct track {
	uint32_t points; /* thousandths */
	uint32_t hosts; /* distinct ones within it, estimated, at most 192,
			   of the last two to four halving times */
	uint32_t events;
	uint32_t last_s; /* the newest event */
	uint32_t sid; /* of it */
	uint8_t sign;
};

struct charge_order {
	bool has_host; /* HOST counts as one distinct host */
	uint64_t host; /* by tracker_host() */
	uint32_t host_from; /* thousandths: it counts only where the prefix
			       had as many points before; 0: always */
	uint32_t hosts_from; /* thousandths: from so many points on it is told
				how many hosts there are; below, 0 */
	bool yields; /* the account makes room for those that do not: nobody
			can be banned by it */
	uint32_t points; /* thousandths */
	uint32_t now_s; /* any clock that does not run backwards */
	uint32_t half_s; /* points halve in this time */
	uint32_t sid;
	uint8_t sign;
};

/*
 * Where the account of a prefix is, or would be.  Memory is slow to come: ask
 * for the spots of many events first, and do something else before they are
 * used.  What is charged meanwhile changes nothing for them.
 */
struct tracker_spot {
	uint64_t key;
	void *set; /* the tracker's own */
	unsigned int way; /* its own: where it was, when it was looked for */
};

struct tracker_spot tracker_spot(const struct tracker *t,
				 const struct prefix *p, uint8_t book);

/* The second step, once that memory may have come: let the account itself
 * come. */
void tracker_fetch(struct tracker_spot *spot);

/* Charge the prefix at SPOT, and tell what it has now. */
struct track tracker_charge(struct tracker *t, const struct tracker_spot *spot,
			    const struct charge_order *order);

/* A number that tells HOST from the others of its prefix. */
uint64_t tracker_host(const struct tracker *t, const struct prefix *host);

/* What P has now in BOOK; false: nothing is known. */
bool tracker_read(const struct tracker *t, const struct prefix *p, uint8_t book,
		  uint32_t now_s, uint32_t half_s, struct track *out);

/* Forget P, in all books. */
void tracker_clear(struct tracker *t, const struct prefix *p);

size_t tracker_count(const struct tracker *t); /* accounts in use */
size_t tracker_bytes(const struct tracker *t); /* of memory, all touched */
uint64_t tracker_evicted(const struct tracker *t); /* that had to go */

#endif
