/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * echoes: a counter for each sensor beside each connection's sign.
 */
#include "ctl/daemon/echoes.h"

#include "ctl/core/clock.h"

/* The same ports are another connection by then. */
#define STALE_NS (60 * (uint64_t)CLOCK_NS_PER_S)

static bool is_stale(const struct echo *place, uint64_t now_ns)
{
	uint64_t apart = now_ns > place->last_ns ? now_ns - place->last_ns
						 : place->last_ns - now_ns;

	return apart > STALE_NS;
}

static bool is_of(const struct echo *place, const struct event *event)
{
	return place->last_ns != 0 && place->port == event->source_port &&
	       place->server == event->server && place->sign == event->sign &&
	       prefix_equal(&place->source, &event->source);
}

static struct echo *place_of(struct echoes *e, const struct event *event,
			     uint64_t seed)
{
	uint64_t hash = prefix_hash(&event->source, seed) + event->source_port;
	struct echo *set = e->places[hash % ECHOES_SETS], *room = set;

	for (unsigned int i = 0; i < ECHOES_WAYS; i++) {
		if (is_of(&set[i], event) && !is_stale(&set[i], event->time_ns))
			return &set[i];
		if (set[i].last_ns < room->last_ns)
			room = &set[i];
	}
	*room = (struct echo){
		.source = event->source,
		.port = event->source_port,
		.server = event->server,
		.sign = event->sign,
	};
	return room;
}

bool echoes_has(struct echoes *e, const struct event *event, uint64_t seed)
{
	struct echo *place = place_of(e, event, seed);
	uint16_t most = 0;
	unsigned int own = 0;

	place->last_ns = event->time_ns ? event->time_ns : 1;
	for (unsigned int i = 0; i < place->heard; i++) {
		if (place->counts[i] > most)
			most = place->counts[i];
	}
	while (own < place->heard && place->feeds[own] != event->feed)
		own++;
	if (own == ECHOES_SENSORS)
		return true; /* four others heard it */
	if (own == place->heard) {
		place->feeds[own] = event->feed;
		place->counts[own] = 0;
		place->heard++;
	}
	if (place->counts[own] < UINT16_MAX)
		place->counts[own]++;
	return place->counts[own] <= most && most < UINT16_MAX;
}
