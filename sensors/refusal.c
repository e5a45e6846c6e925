/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refusal: a table of who was told of lately, in sets; the one that was told
 * first gives way.
 */
#include "sensors/refusal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "ctl/core/clock.h"
#include "sensors/bytes.h"
#include "sensors/hash.h"

#define SETS	     4096u
#define WAYS	     4u

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

struct told {
	uint64_t hash; /* 0: free */
	uint64_t time_ns;
};

struct refusals {
	struct refusal_stats stats;
	const struct config *config;
	uint16_t feed;
	dialogue_sink sink;
	void *arg;
	struct hash_key key;
	struct told told[SETS * WAYS];
};

struct refusals *refusals_new(const struct config *config, uint16_t feed,
			      dialogue_sink sink, void *arg)
{
	struct refusals *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	if (getrandom(&r->key, sizeof(r->key), 0) != (ssize_t)sizeof(r->key))
		abort();
	r->config = config;
	r->feed = feed;
	r->sink = sink;
	r->arg = arg;
	return r;
}

void refusals_free(struct refusals *r)
{
	free(r);
}

const struct refusal_stats *refusals_stats(const struct refusals *r)
{
	return &r->stats;
}

/* Was the like of it told of within the pause?  If not, it is now. */
static bool was_told(struct refusals *r, uint64_t hash, uint64_t time_ns)
{
	const uint64_t pause_ns = (uint64_t)REFUSAL_PAUSE_S * CLOCK_NS_PER_S;
	struct told *set = &r->told[hash % SETS * WAYS], *room = set;

	for (unsigned int i = 0; i < WAYS; i++) {
		if (set[i].hash == hash && time_ns - set[i].time_ns < pause_ns)
			return true;
		if (set[i].time_ns < room->time_ns)
			room = &set[i];
		/* One that is over gives its own place. */
		if (set[i].hash == hash) {
			room = &set[i];
			break;
		}
	}
	*room = (struct told){ hash, time_ns };
	return false;
}

static void put_addresses(struct event *event, const struct packet *packet)
{
	unsigned int bits = prefix_bits(packet->family);

	/* Any whole address is a prefix. */
	if (prefix_make(&event->source, packet->family, packet->source, bits) ||
	    prefix_make(&event->target, packet->family, packet->target, bits))
		abort();
}

static void put_ports(struct event *event, const struct packet *packet)
{
	/* Later fragments have none. */
	if (packet->fragment_offset > 0 || packet->len < 4 ||
	    (packet->protocol != PROTOCOL_TCP &&
	     packet->protocol != PROTOCOL_UDP))
		return;
	event->source_port = bytes_u16(packet->payload);
	event->target_port = bytes_u16(packet->payload + 2);
}

/* The port that a sender chose makes no other one of it. */
static uint64_t hash_of(const struct refusals *r, const struct packet *packet,
			const struct event *event)
{
	struct {
		uint8_t source[16];
		uint8_t target[16];
		uint16_t port;
		uint8_t protocol;
		uint8_t zeros[5];
	} key = { .port = event->target_port, .protocol = packet->protocol };
	uint64_t hash;

	memcpy(key.source, packet->source, 16);
	memcpy(key.target, packet->target, 16);
	hash = hash_bytes(&r->key, &key, sizeof(key));
	return hash ? hash : 1;
}

static uint16_t server_of(const struct config *config,
			  const struct event *event)
{
	int server = config_server_of(config, &event->target);

	if (server < 0)
		server = config_server_of(config, &event->source);
	return server < 0 ? EVENT_SERVER_NONE : (uint16_t)server;
}

void refusals_take(struct refusals *r, enum frame_link link,
		   const uint8_t *data, size_t len, uint64_t time_ns,
		   uint64_t number)
{
	struct packet packet;
	struct event event = {
		.time_ns = time_ns,
		.feed = r->feed,
		.sign = SIGN_REFUSED,
		.severity = 4,
		.confidence = CONFIDENCE_HIGH,
		.proof = PROOF_NONE,
		.culprit = CULPRIT_NONE,
		.blocked = true,
		.position = { .offset = number },
	};
	size_t keep;

	r->stats.packets++;
	r->stats.bytes += len;
	if (frame_read(&packet, link, data, len) != FRAME_PACKET) {
		r->stats.unread++;
		return;
	}
	put_addresses(&event, &packet);
	put_ports(&event, &packet);
	if (was_told(r, hash_of(r, &packet, &event), time_ns)) {
		r->stats.repeated++;
		return;
	}
	event.ip_proto = packet.protocol;
	event.server = server_of(r->config, &event);
	event.seen_ns = clock_calendar_ns();
	keep = packet.note_len < EVENT_TEXT_SIZE ? packet.note_len
						 : EVENT_TEXT_SIZE - 1;
	if (keep > 0)
		memcpy(event.text, packet.note, keep);
	r->sink(r->arg, &event);
}
