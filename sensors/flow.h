/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_FLOW_H
#define POSTERN_SENSORS_FLOW_H

/*
 * flow: connections, from their segments to the ordered bytes of both sides.
 *
 * Whose word counts.  One side is our own: the declared server, or the one
 * that answered where none is declared.  What it sends counts as soon as it
 * is in order, since it did say it, acknowledged or not.  What the other side
 * sends counts when our own side has acknowledged it: a segment that never
 * arrived, or was refused, was not heard.
 *
 * Order between the sides: bytes are not handed on before what their sender
 * had read of the other side when it sent them, so that a capture out of
 * order tells the same story.
 *
 * Memory is made at the start.  Connections that are not proven by a
 * handshake have a small share of the table and displace only each other.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/event.h"
#include "sensors/dialogue.h"
#include "sensors/frame.h"
#include "sensors/hash.h"
#include "sensors/tcp.h"

struct flows;

/* No server is declared. */
#define FLOW_SERVER_NONE UINT16_MAX

/* Who the ends of a segment are, as ports and the configuration tell. */
struct flow_hint {
	uint16_t server; /* the declared one of them, or FLOW_SERVER_NONE */
	bool source_is_own; /* the source is this server */
	bool source_is_client; /* it probably began; a SYN knows better */
};

/* A connection, as the listener sees it. */
struct flow_view {
	uint8_t family; /* enum prefix_family */
	uint8_t client[16]; /* network byte order; IPv4 in the first four */
	uint8_t target[16];
	uint16_t client_port;
	uint16_t target_port;
	uint16_t server; /* as in the hint */
	enum side own; /* the side whose word counts */
	uint64_t id; /* of this connection, in this life */
	uint64_t begun_ns; /* when the first segment of it came */
	uint8_t proof; /* enum proof of the client's address, by now */
	bool midstream; /* its beginning was not seen */
	bool unordered; /* who spoke first is not certain any more */
};

/* What hears the bytes.  USER is what open() returned, which may be NULL:
 * then the connection is followed and nothing is said of it. */
struct flow_listener {
	void *(*open)(void *ctx, const struct flow_view *view);
	void (*data)(void *ctx, void *user, const struct flow_view *view,
		     enum side side, const uint8_t *bytes, size_t len,
		     uint64_t time_ns);
	void (*gap)(void *ctx, void *user, const struct flow_view *view,
		    enum side side, uint64_t missing, uint64_t time_ns);
	void (*end)(void *ctx, void *user, const struct flow_view *view,
		    enum dialogue_end_reason reason, uint64_t time_ns);
	void *ctx;
};

struct flow_config {
	uint32_t flows; /* established, at the same time */
	uint32_t halfopen;
	uint32_t pages; /* of PAGE_SIZE bytes, for what waits */
	/* How long bytes are waited for that the capture may still bring
	 * although they were acknowledged: its packets may be out of order. */
	uint64_t wait_ns;
	uint64_t idle_ns; /* a connection that is silent for so long is over */
	struct hash_key key;
};

struct flow_stats {
	uint64_t segments;
	uint64_t bytes; /* of data in them */
	uint64_t handed; /* bytes handed on */
	uint64_t halfopen; /* SYNs of new connections */
	uint64_t halfopen_displaced;
	uint64_t handshakes; /* completed */
	uint64_t midstream; /* connections met in the middle */
	uint64_t onesided; /* ... of which one side never came */
	uint64_t established; /* now */
	uint64_t displaced; /* connections dropped for room */
	uint64_t gaps;
	uint64_t missing; /* bytes in them */
	uint64_t unheard; /* bytes that were never acknowledged */
	uint64_t repeated; /* bytes seen again */
	uint64_t conflicts; /* bytes that were told in two ways */
	uint64_t doubtful; /* segments that a receiver might refuse */
	uint64_t far; /* segments beyond every window */
	uint64_t crowded; /* connections that lost waiting bytes for room */
	uint64_t urgent; /* bytes taken out of the stream */
	uint64_t stray; /* segments of no known connection */
};

/* NULL: no memory.  LISTENER is copied. */
struct flows *flows_new(const struct flow_config *config,
			const struct flow_listener *listener);
/* Ends what is open: as flows_finish(). */
void flows_free(struct flows *f);

/*
 * Take a segment, captured at TIME_NS.  HINT says who is who if it is the
 * first one of its connection.
 */
void flows_take(struct flows *f, const struct packet *packet,
		const struct segment *segment, const struct flow_hint *hint,
		uint64_t time_ns);

/* Time has come to TIME_NS: hand on what was waited for, end what is idle. */
void flows_tick(struct flows *f, uint64_t time_ns);

/* When flows_tick() is wanted, by the same clock; 0: it is not. */
uint64_t flows_deadline(const struct flows *f);

/* There is no more: hand on what can be, end all with SHUTDOWN. */
void flows_finish(struct flows *f);

void flows_stats(const struct flows *f, struct flow_stats *out);

#endif
