/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_ECHOES_H
#define POSTERN_DAEMON_ECHOES_H

/*
 * echoes: what two sensors say of the same connection counts once.
 *
 * A dialogue that passes two captured interfaces is heard on both, and each
 * failure in it told twice.  Of one sign in one connection the sensor that told
 * the most of it counts: the N-th event is an echo where another sensor has
 * told N of them.  A connection is its source, its port, and the server, which
 * has other addresses on the other side of a translation.
 *
 * A table of fixed size, in sets; the longest unheard goes.  No clock: times are
 * those of the events.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/event.h"

#define ECHOES_SETS    1024u
#define ECHOES_WAYS    4u
#define ECHOES_SENSORS 4u /* of which one connection is heard */

struct echo {
	struct prefix source;
	uint64_t last_ns; /* 0: a free place */
	uint16_t port;
	uint16_t server;
	uint8_t sign;
	uint8_t heard; /* sensors */
	uint16_t feeds[ECHOES_SENSORS];
	uint16_t counts[ECHOES_SENSORS];
};

struct echoes {
	struct echo places[ECHOES_SETS][ECHOES_WAYS];
};

/* Was EVENT, of a sensor, told by another one before?  It is noted. */
bool echoes_has(struct echoes *e, const struct event *event, uint64_t seed);

#endif
