/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_HALFOPEN_H
#define POSTERN_SENSORS_HALFOPEN_H

/*
 * halfopen: connections of which a SYN or its answer was seen, and no more.
 *
 * A flood of SYNs ends here: an entry is 32 bytes, has a few places where it
 * may stand, and takes the place of the oldest one there.  Nothing of what is
 * established is touched by it.
 */
#include <stdbool.h>
#include <stdint.h>

struct halfopen {
	uint64_t hash; /* of the connection's key; 0: free */
	uint32_t seen_ms; /* wraps around */
	uint32_t client_seq;
	uint32_t server_seq;
	uint8_t client_scale; /* of windows, or TCP_SCALE_NONE */
	uint8_t server_scale;
	uint8_t client_hops;
	uint8_t server_hops;
	bool client_is_low; /* of the two ends in the key */
	bool has_syn;
	bool has_answer;
};

struct halfopens;

struct halfopen_stats {
	uint64_t syns; /* new ones */
	uint64_t displaced;
};

/* Room for at least COUNT.  NULL: no memory. */
struct halfopens *halfopens_new(uint32_t count);
void halfopens_free(struct halfopens *h);

/* The entry of HASH, or NULL. */
struct halfopen *halfopens_find(struct halfopens *h, uint64_t hash);

/* The entry of HASH, made where there is none. */
struct halfopen *halfopens_take(struct halfopens *h, uint64_t hash,
				uint64_t time_ns);

const struct halfopen_stats *halfopens_stats(const struct halfopens *h);

#endif
