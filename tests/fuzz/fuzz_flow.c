/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any segments of two ends, in any order: what is handed on stays within what
 * came, all memory comes back, and a second reading tells the same.
 *
 * Each segment is 16 bytes: which way and flags, numbers near the first ones,
 * hops, length of data, step of time.
 */
#include <stdlib.h>
#include <string.h>

#include "sensors/flow.h"

#define SEGMENTS_MAX 400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct heard {
	uint64_t bytes;
	uint64_t missing;
	uint64_t hash;
	int open;
};

static void *open_flow(void *ctx, const struct flow_view *view)
{
	struct heard *h = ctx;

	if (view->proof >= PROOF_COUNT)
		abort();
	h->open++;
	return h;
}

static void hear_data(void *ctx, void *user, const struct flow_view *view,
		      enum side side, const uint8_t *bytes, size_t len,
		      uint64_t time_ns)
{
	struct heard *h = user;

	(void)ctx;
	(void)view;
	(void)time_ns;
	if (len == 0 || h->open < 1)
		abort();
	h->bytes += len;
	for (size_t i = 0; i < len; i++)
		h->hash = (h->hash ^ bytes[i] ^ ((uint64_t)side << 8)) *
			  0x100000001b3ull;
}

static void hear_gap(void *ctx, void *user, const struct flow_view *view,
		     enum side side, uint64_t missing, uint64_t time_ns)
{
	struct heard *h = user;

	(void)ctx;
	(void)view;
	(void)side;
	(void)time_ns;
	if (missing == 0)
		abort();
	h->missing += missing;
}

static void hear_end(void *ctx, void *user, const struct flow_view *view,
		     enum dialogue_end_reason reason, uint64_t time_ns)
{
	struct heard *h = user;

	(void)ctx;
	(void)view;
	(void)time_ns;
	if (reason > DIALOGUE_END_SHUTDOWN)
		abort();
	h->open--;
}

/* A segment out of 16 bytes; its data is of the place where it stands. */
static void take(struct flows *f, const uint8_t at[16], uint64_t *time_ns)
{
	static uint8_t data[65536];
	bool from_client = at[0] & 1;
	struct packet packet = { .family = 4, .hops = at[9], .is_cut = true };
	struct segment s = {
		.source_port = from_client ? (uint16_t)(40000 + at[15] % 4)
					   : 25,
		.target_port = from_client ? 25
					   : (uint16_t)(40000 + at[15] % 4),
		.flags = at[1],
		.scale = at[0] & 2 ? TCP_SCALE_NONE : at[2] % 15,
		.window = (uint16_t)(at[3] << 8),
		.urgent = at[4],
		.data = data,
		.len = (size_t)at[5] << (at[6] % 8),
		.has_stamp = at[0] & 4,
		.stamp = at[7],
	};
	const struct flow_hint hint = {
		.server = at[0] & 8 ? FLOW_SERVER_NONE : 0,
		.source_is_own = at[0] & 16,
		.source_is_client = from_client,
	};
	int shift = at[8] % 24;

	memset(data, at[10], s.len);
	packet.source[3] = from_client;
	packet.target[3] = !from_client;
	s.seq = (from_client ? 0xffffff00u : 5000u) +
		((uint32_t)(at[11] | at[12] << 8)
		 << (shift > 8 ? shift - 8 : 0));
	s.ack = (from_client ? 5000u : 0xffffff00u) +
		((uint32_t)(at[13] | at[14] << 8) << (shift > 16 ? 6 : 0));
	*time_ns += (uint64_t)at[2] * 10000000;
	flows_take(f, &packet, &s, &hint, *time_ns);
}

static struct heard run(const uint8_t *data, size_t len)
{
	const struct flow_config config = {
		.flows = 16,
		.halfopen = 16,
		.pages = 64,
		.wait_ns = 300000000,
		.idle_ns = 20000000000ull,
		.key = { 3, 4 },
	};
	struct heard heard = { .hash = 1 };
	const struct flow_listener listener = { open_flow, hear_data, hear_gap,
						hear_end, &heard };
	struct flows *f = flows_new(&config, &listener);
	struct flow_stats stats;
	uint64_t time_ns = 1000000000;

	if (!f)
		abort();
	for (size_t i = 0; i + 16 <= len && i < 16 * SEGMENTS_MAX; i += 16)
		take(f, data + i, &time_ns);
	flows_tick(f, time_ns + 1000000000);
	flows_finish(f);
	flows_stats(f, &stats);
	if (stats.established != 0 || heard.open != 0 ||
	    stats.handed != heard.bytes || stats.missing != heard.missing)
		abort();
	flows_free(f);
	return heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct heard first = run(data, len), second = run(data, len);

	if (first.hash != second.hash || first.missing != second.missing)
		abort();
	return 0;
}
