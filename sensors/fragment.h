/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_FRAGMENT_H
#define POSTERN_SENSORS_FRAGMENT_H

/*
 * fragment: IP packets put together from their fragments, as Linux does it.
 *
 * What is there already is dropped when it comes again; a fragment that
 * overlaps with others only in part takes its whole packet with it (RFC 5722
 * for IPv6; Linux does so for IPv4, too).  FRAGMENT_PACKETS may be unfinished at
 * the same time, whosever they are: when there are more, the oldest goes, and
 * is counted.
 */
#include <stdint.h>

#include "sensors/frame.h"
#include "sensors/hash.h"

#define FRAGMENT_PACKETS 256u

struct fragments;

struct fragment_stats {
	uint64_t fragments; /* met */
	uint64_t packets; /* whole */
	uint64_t bad; /* length or offset impossible */
	uint64_t overlaps; /* packets dropped for them */
	uint64_t expired; /* never got whole in time */
	uint64_t displaced; /* dropped for room */
};

/* NULL: no memory.  The caller gives it to fragments_free(). */
struct fragments *fragments_new(struct hash_key key);
void fragments_free(struct fragments *f);

/*
 * Take PACKET, which is a fragment, at TIME_NS.  True: it was the last one
 * that was missing, and PACKET is whole now; its payload is valid until the
 * next call.
 */
bool fragments_take(struct fragments *f, struct packet *packet,
		    uint64_t time_ns);

/* There is no more: what is not whole never will be. */
void fragments_finish(struct fragments *f);

const struct fragment_stats *fragments_stats(const struct fragments *f);
/* Packets, or pieces of them, that were dropped, for whatever reason. */
uint64_t fragments_lost(const struct fragment_stats *stats);

#endif
