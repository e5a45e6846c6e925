/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flowout: what of a connection's bytes counts by now, in which order it is
 * handed on, and what happens when some of it never comes.
 */
#include "sensors/bytes.h"
#include "sensors/flowtab.h"

#include <string.h>

/* Holes that are given up in one go; more is left to the next. */
#define GAPS_MAX 64u

static enum side other(enum side side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/*
 * What the other side said acknowledged bytes of our own side, and our own side
 * acknowledged it in turn.  That also proves the client's address where the
 * handshake was not seen: only who reads our bytes can acknowledge them.  Lone
 * acknowledgements do not count, although they might: so the proof depends on
 * what was said, and not on which packet came first.
 */
static uint8_t proof_of(const struct flow *flow)
{
	if (flow->heard)
		return PROOF_DIALOGUE;
	return flow->shaken ? PROOF_HANDSHAKE : PROOF_NONE;
}

static struct flow_view view_of(const struct flow *flow)
{
	const struct flow_key *key = &flow->key;
	struct flow_view view = {
		.family = key->family,
		.server = flow->server,
		.own = (enum side)flow->own,
		.id = flow->id,
		.begun_ns = flow->begun_ns,
		.proof = proof_of(flow),
		.midstream = flow->midstream,
		.unordered = flow->halves[0].stream.unordered ||
			     flow->halves[1].stream.unordered,
	};
	bool low = flow->client_is_low;

	memcpy(view.client, low ? key->low : key->high, 16);
	memcpy(view.target, low ? key->high : key->low, 16);
	view.client_port = low ? key->low_port : key->high_port;
	view.target_port = low ? key->high_port : key->low_port;
	return view;
}

uint32_t flowout_acked(const struct flow *flow, enum side side)
{
	const struct half *h = &flow->halves[side];
	uint32_t acked = h->stream.next;

	if (h->has_claim && seq_before(acked, h->claim))
		acked = h->claim;
	/* Of what our own side said, nobody can acknowledge more. */
	if (side == (enum side)flow->own && seq_before(h->stream.top, acked))
		acked = h->stream.top;
	if (h->has_fin && seq_before(h->fin, acked))
		acked = h->fin;
	return acked;
}

/* Up to where SIDE's bytes may be handed on. */
static uint32_t limit_of(const struct flow *flow, enum side side)
{
	const struct half *h = &flow->halves[side];

	if (side != (enum side)flow->own)
		return flowout_acked(flow, side);
	if (h->has_fin && seq_before(h->fin, h->stream.top))
		return h->fin;
	return h->stream.top;
}

/* Up to where SIDE's bytes were handed on, its FIN among them. */
static uint32_t read_of(const struct flow *flow, enum side side)
{
	const struct half *h = &flow->halves[side];

	return h->stream.next + (h->has_fin && h->stream.next == h->fin);
}

/* The byte that the sender marked as urgent does not reach a program that
 * reads as all mail servers do (tcp(7), SO_OOBINLINE is off). */
static size_t cut_urgent(struct flows *f, struct stream *s, size_t len)
{
	int32_t ahead;

	if (!s->has_urgent)
		return len;
	ahead = seq_diff(s->urgent, s->next);
	if (ahead > 0)
		return (size_t)ahead < len ? (size_t)ahead : len;
	s->has_urgent = false;
	if (ahead < 0)
		return len;
	f->stats.urgent++;
	stream_took(s, f->pages, 1);
	return 0;
}

static bool hand_on(struct flows *f, struct flow *flow, enum side side,
		    bool forced)
{
	struct stream *s = &flow->halves[side].stream;
	uint32_t limit = limit_of(flow, side);
	uint32_t peer = read_of(flow, other(side));
	const struct half *own = &flow->halves[flow->own];
	struct flow_view view;
	const uint8_t *bytes;
	bool any = false;
	size_t len;

	if (s->pages == PAGE_NONE)
		return false;
	while ((len = stream_ready(s, f->pages, limit, peer, forced, &bytes))) {
		/* For the many packets that bring nothing it is not made. */
		if (flow->user && !any)
			view = view_of(flow);
		any = true;
		len = cut_urgent(f, s, len);
		if (len == 0)
			continue;
		if (!flow->heard && !forced && side != (enum side)flow->own)
			flow->heard =
				stream_had_read(s, f->pages, own->first, &len);
		f->stats.handed += len;
		if (flow->user) {
			view.proof = proof_of(flow);
			f->listener.data(f->listener.ctx, flow->user, &view,
					 side, bytes, len, f->now_ns);
		}
		stream_took(s, f->pages, len);
	}
	return any;
}

static void note_fin(struct flow *flow, enum side side)
{
	struct half *h = &flow->halves[side];

	if (!h->has_fin || h->stream.next != h->fin)
		return;
	if (side == (enum side)flow->own ||
	    (h->has_claim && seq_before(h->fin, h->claim)))
		h->finished = true;
}

/* Is there something that was acknowledged, or said by our own side, and not
 * handed on? */
static bool is_stalled(const struct flow *flow, enum side side)
{
	const struct half *h = &flow->halves[side];

	if (flowout_acked(flow, side) != h->stream.next)
		return true;
	return side == (enum side)flow->own &&
	       h->stream.whole != h->stream.next &&
	       seq_before(h->stream.next, h->stream.whole);
}

/* A reset counts when everything before it is through. */
static bool is_reset(const struct flow *flow)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &flow->halves[i];

		if (h->has_rst && !seq_before(h->stream.next, h->rst))
			return true;
	}
	return false;
}

static bool has_reset(const struct flow *flow)
{
	return flow->halves[0].has_rst || flow->halves[1].has_rst;
}

static bool pump(struct flows *f, struct flow *flow, bool forced)
{
	bool any = false, more;

	do {
		more = hand_on(f, flow, SIDE_CLIENT, forced);
		more |= hand_on(f, flow, SIDE_SERVER, forced);
		any |= more;
	} while (more);
	note_fin(flow, SIDE_CLIENT);
	note_fin(flow, SIDE_SERVER);
	return any;
}

void flowout_pump(struct flows *f, struct flow *flow, bool forced)
{
	bool stalled;

	/* What is missing now is not what was missing before. */
	if (pump(f, flow, forced))
		flowtab_unwait(f, flow);
	flowtab_note_pages(f, flow);
	if (flow->halves[SIDE_CLIENT].finished &&
	    flow->halves[SIDE_SERVER].finished) {
		flowout_end(f, flow, DIALOGUE_END_FIN);
		return;
	}
	stalled = is_stalled(flow, SIDE_CLIENT) ||
		  is_stalled(flow, SIDE_SERVER);
	if (is_reset(flow) && !stalled)
		flowout_end(f, flow, DIALOGUE_END_RST);
	else if (stalled || has_reset(flow))
		flowtab_wait(f, flow);
	else
		flowtab_unwait(f, flow);
}

void flowout_jump(struct flows *f, struct flow *flow, enum side side,
		  uint32_t seq)
{
	struct stream *s = &flow->halves[side].stream;
	uint32_t missing = seq - s->next;

	f->stats.gaps++;
	f->stats.missing += missing;
	stream_skip(s, f->pages, seq);
	if (flow->user) {
		struct flow_view view = view_of(flow);

		f->listener.gap(f->listener.ctx, flow->user, &view, side,
				missing, f->now_ns);
	}
}

/* The bytes at NEXT were acknowledged and never seen: say so, go on behind. */
static bool give_up_hole(struct flows *f, struct flow *flow, enum side side)
{
	struct stream *s = &flow->halves[side].stream;
	uint32_t to = flowout_acked(flow, side), first;

	if (to == s->next)
		return false;
	if (stream_first(s, f->pages, &first) && seq_before(first, to))
		to = first;
	if (to == s->next)
		return false;
	flowout_jump(f, flow, side, to);
	return true;
}

/* All that can be had of both sides, holes given up, turns not kept where they
 * cannot be. */
void flowout_settle(struct flows *f, struct flow *flow)
{
	for (unsigned int i = 0; i < GAPS_MAX; i++) {
		bool any;

		any = give_up_hole(f, flow, SIDE_SERVER);
		any |= give_up_hole(f, flow, SIDE_CLIENT);
		any |= pump(f, flow, false);
		if (!any && !pump(f, flow, true))
			break;
	}
}

void flowout_open(struct flows *f, struct flow *flow)
{
	struct flow_view view = view_of(flow);

	flow->state = FLOW_OPEN;
	f->stats.established++;
	if (flow->midstream)
		f->stats.midstream++;
	flow->user = f->listener.open(f->listener.ctx, &view);
}

/* Where a connection begins that was met in the middle: with the first byte
 * that was seen of each side. */
static void begin_midway(struct flows *f, struct flow *flow)
{
	for (int i = 0; i < 2; i++) {
		struct half *h = &flow->halves[i];
		uint32_t first = h->seen ? h->first : h->claim;

		if (seq_before(h->stream.next, first))
			stream_skip(&h->stream, f->pages, first);
		h->first = h->stream.next;
		flow->midstream |= !h->is_first_known;
	}
	flowout_open(f, flow);
}

void flowout_expire(struct flows *f, struct flow *flow)
{
	flowtab_unwait(f, flow);
	if (flow->state == FLOW_PENDING) {
		if (!flow->halves[SIDE_CLIENT].seen ||
		    !flow->halves[SIDE_SERVER].seen) {
			f->stats.onesided += !flow->revived;
			flowtab_remove(f, flow);
			return;
		}
		begin_midway(f, flow);
		flowout_pump(f, flow, false);
		return;
	}
	flowout_settle(f, flow);
	if (has_reset(flow))
		flowout_end(f, flow, DIALOGUE_END_RST);
	else
		flowout_pump(f, flow, false);
}

/* What our peer sent and nobody acknowledged. */
static void count_unheard(struct flows *f, const struct flow *flow)
{
	for (int i = 0; i < 2; i++) {
		const struct stream *s = &flow->halves[i].stream;

		if (flow->halves[i].begun)
			f->stats.unheard += s->top - s->next;
	}
}

void flowout_end(struct flows *f, struct flow *flow,
		 enum dialogue_end_reason reason)
{
	if (flow->state == FLOW_OPEN) {
		flowout_settle(f, flow);
		count_unheard(f, flow);
		f->stats.established--;
	}
	if (flow->user) {
		struct flow_view view = view_of(flow);

		f->listener.end(f->listener.ctx, flow->user, &view, reason,
				f->now_ns);
	}
	for (int i = 0; i < 2; i++) {
		if (flow->halves[i].begun)
			stream_drop(&flow->halves[i].stream, f->pages);
	}
	flow->user = NULL;
	flow->state = FLOW_OVER;
	flow->was_reset = reason == DIALOGUE_END_RST;
	flowtab_note_pages(f, flow);
	flowtab_unwait(f, flow);
	flowtab_set_class(f, flow, CLASS_LOOSE);
}
