/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inlet: each layer in its turn, and a counter for each way to fall out.
 */
#include "sensors/inlet.h"

#include <stdlib.h>
#include <sys/random.h>

#include "ctl/core/clock.h"
#include "sensors/concern.h"

/* 100,000 established connections are to fit with room to spare; a million
 * half-open ones; 64 MiB of bytes that wait. */
#define FLOWS	 131072u
#define HALFOPEN 1000000u
#define PAGES	 25000u
#define IDLE_S	 1800u

struct inlet {
	struct inlet_stats stats;
	struct concern *concern;
	struct fragments *fragments;
	struct flows *flows;
};

struct flow_config inlet_sizes(double seconds)
{
	struct flow_config sizes = {
		.flows = FLOWS,
		.halfopen = HALFOPEN,
		.pages = PAGES,
		.wait_ns = (uint64_t)(seconds * CLOCK_NS_PER_S),
		.idle_ns = (uint64_t)IDLE_S * CLOCK_NS_PER_S,
	};

	/* Without a secret key, long chains could be made on purpose. */
	if (getrandom(&sizes.key, sizeof(sizes.key), 0) !=
	    (ssize_t)sizeof(sizes.key))
		abort();
	return sizes;
}

struct inlet *inlet_new(const struct config *config,
			const struct flow_config *sizes,
			const struct flow_listener *listener)
{
	struct inlet *in = calloc(1, sizeof(*in));

	if (!in)
		return NULL;
	in->concern = concern_new(config);
	in->fragments = fragments_new(sizes->key);
	in->flows = flows_new(sizes, listener);
	if (!in->concern || !in->fragments || !in->flows) {
		inlet_free(in);
		return NULL;
	}
	return in;
}

void inlet_free(struct inlet *in)
{
	if (!in)
		return;
	flows_free(in->flows);
	fragments_free(in->fragments);
	concern_free(in->concern);
	free(in);
}

static void take_tcp(struct inlet *in, const struct packet *packet,
		     uint64_t time_ns)
{
	struct segment segment;
	struct flow_hint hint;

	if (packet->protocol != TCP_PROTOCOL) {
		in->stats.not_tcp++;
		return;
	}
	if (!tcp_read(&segment, packet)) {
		in->stats.bad_tcp++;
		return;
	}
	if (!concern_find(in->concern, packet, &segment, &hint)) {
		in->stats.foreign++;
		return;
	}
	in->stats.cut += packet->is_cut;
	flows_take(in->flows, packet, &segment, &hint, time_ns);
}

void inlet_take(struct inlet *in, enum frame_link link, const uint8_t *data,
		size_t len, uint64_t time_ns)
{
	struct packet packet;
	enum frame_verdict verdict = frame_read(&packet, link, data, len);

	in->stats.frames++;
	in->stats.bytes += len;
	in->stats.verdicts[verdict]++;
	if (verdict != FRAME_PACKET)
		return;
	if (packet.is_fragment) {
		if (!fragments_take(in->fragments, &packet, time_ns))
			return;
		if (frame_read_on(&packet) != FRAME_PACKET) {
			in->stats.verdicts[FRAME_BAD]++;
			return;
		}
	}
	take_tcp(in, &packet, time_ns);
}

void inlet_tick(struct inlet *in, uint64_t time_ns)
{
	flows_tick(in->flows, time_ns);
}

uint64_t inlet_deadline(const struct inlet *in)
{
	return flows_deadline(in->flows);
}

void inlet_finish(struct inlet *in)
{
	fragments_finish(in->fragments);
	flows_finish(in->flows);
}

void inlet_stats(const struct inlet *in, struct inlet_stats *out)
{
	*out = in->stats;
	out->fragments = *fragments_stats(in->fragments);
	flows_stats(in->flows, &out->flows);
}
