/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_REFUSAL_H
#define POSTERN_SENSORS_REFUSAL_H

/*
 * refusal: what the firewall dropped, from its own log, as events.
 *
 * A dropped packet is read no further than its ports: nobody answered it, and
 * whoever wants can have any packet dropped.  So it proves nothing and blames
 * nobody; it is for the records (BSI NET.3.2.A9).
 */
#include "ctl/core/config.h"
#include "sensors/dialogue.h"
#include "sensors/frame.h"

struct refusals;

struct refusal_stats {
	uint64_t packets;
	uint64_t bytes;
	uint64_t unread;
	uint64_t repeated; /* told of a short while ago */
};

/* Each source, target and port is told of once in so long. */
#define REFUSAL_PAUSE_S 600u

/* FEED is the reporter's number in events.  CONFIG must outlive it.  NULL: no
 * memory. */
struct refusals *refusals_new(const struct config *config, uint16_t feed,
			      dialogue_sink sink, void *arg);
void refusals_free(struct refusals *r);

/* A frame of LEN captured bytes at DATA, the one with this NUMBER. */
void refusals_take(struct refusals *r, enum frame_link link,
		   const uint8_t *data, size_t len, uint64_t time_ns,
		   uint64_t number);

const struct refusal_stats *refusals_stats(const struct refusals *r);

#endif
