/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow: connections come, are found again, and go.
 */
#include "sensors/flow.h"

#include <stdlib.h>
#include <string.h>

#include "sensors/bytes.h"
#include "sensors/flowtab.h"

struct flows *flows_new(const struct flow_config *config,
			const struct flow_listener *listener)
{
	struct flows *f = calloc(1, sizeof(*f));
	uint32_t heads = 1024;

	if (!f)
		return NULL;
	while (heads < config->flows * 2u)
		heads *= 2;
	f->config = *config;
	f->listener = *listener;
	f->mask = heads - 1;
	f->free = FLOW_NONE;
	f->ages[CLASS_PROVEN] = (struct flow_ring){ FLOW_NONE, FLOW_NONE, 0 };
	f->ages[CLASS_LOOSE] = f->ages[CLASS_PROVEN];
	f->waits = f->ages[CLASS_PROVEN];
	f->holds = f->ages[CLASS_PROVEN];
	f->halfopens = halfopens_new(config->halfopen);
	f->pages = pages_new(config->pages, config->key);
	f->items = calloc(config->flows, sizeof(*f->items));
	f->heads = malloc(heads * sizeof(*f->heads));
	if (!f->halfopens || !f->pages || !f->items || !f->heads) {
		flows_free(f);
		return NULL;
	}
	memset(f->heads, 0xff, heads * sizeof(*f->heads));
	return f;
}

void flows_free(struct flows *f)
{
	if (!f)
		return;
	if (f->items && f->heads && f->pages)
		flows_finish(f);
	halfopens_free(f->halfopens);
	pages_free(f->pages);
	free(f->items);
	free(f->heads);
	free(f);
}

/* Half open */

/* Keep what a SYN, or its answer, says. */
static struct halfopen *note_syn(struct flows *f, const struct arrival *a)
{
	const struct segment *s = a->segment;
	bool is_answer = s->flags & TCP_ACK;
	bool client_is_low = a->source_is_low != is_answer;
	struct halfopen *h = halfopens_find(f->halfopens, a->hash);

	/* Another connection between the same ends. */
	if (h && (h->client_is_low != client_is_low ||
		  (is_answer ? h->client_seq != s->ack - 1
			     : h->client_seq != s->seq)))
		h->hash = 0;
	h = halfopens_take(f->halfopens, a->hash, f->now_ns);
	h->client_is_low = client_is_low;
	if (is_answer) {
		h->has_answer = true;
		h->client_seq = s->ack - 1;
		h->server_seq = s->seq;
		h->server_scale = s->scale;
		h->server_hops = a->packet->hops;
	} else {
		h->has_syn = true;
		h->client_seq = s->seq;
		h->client_scale = s->scale;
		h->client_hops = a->packet->hops;
	}
	return h;
}

/* Connections that come and go */

/* Does this complete the handshake, to the number? */
static bool is_handshake(const struct halfopen *h, const struct arrival *a)
{
	const struct segment *s = a->segment;

	return h && h->has_syn && h->has_answer && s->flags & TCP_ACK &&
	       h->client_is_low == a->source_is_low &&
	       s->ack == h->server_seq + 1 &&
	       s->seq - (h->client_seq + 1) < STREAM_WINDOW;
}

static void take_new(struct flows *f, const struct arrival *a,
		     const struct halfopen *h, bool revived)
{
	const struct flow_hint *hint = a->hint;
	bool proven = is_handshake(h, a);
	struct flow *flow;

	/* A lone acknowledgement tells nothing, and can be forged in any
	 * number. */
	if (a->segment->flags & TCP_RST || !(a->segment->flags & TCP_ACK) ||
	    (!proven && a->segment->len == 0 &&
	     !(a->segment->flags & TCP_FIN))) {
		f->stats.stray++;
		return;
	}
	flow = flowtab_add(f, &a->key, a->hash,
			   proven ? CLASS_PROVEN : CLASS_LOOSE);
	flow->state = FLOW_PENDING;
	flow->server = hint->server;
	flow->revived = revived;
	flow->halves[0].scale = flow->halves[1].scale = TCP_SCALE_NONE;
	flow->client_is_low = h ? h->client_is_low
				: a->source_is_low == hint->source_is_client;
	flow->own = SIDE_SERVER;
	if (hint->server != FLOW_SERVER_NONE &&
	    hint->source_is_own == (flowin_side(flow, a) == SIDE_CLIENT))
		flow->own = SIDE_CLIENT;
	if (h)
		flowin_take_syns(f, flow, h);
	flowin_take(f, flow, a);
}

static void take_syn(struct flows *f, struct flow *flow,
		     const struct arrival *a)
{
	const struct halfopen *h = note_syn(f, a);

	if (!flow || flow->state == FLOW_OVER ||
	    h->client_is_low != flow->client_is_low)
		return;
	if (flow->state == FLOW_PENDING)
		flowin_take_syns(f, flow, h);
	else if (h->client_seq + 1 != flow->halves[SIDE_CLIENT].first)
		flow->begins_again = true;
}

/* A connection that went on after its reset was not reset. */
static bool is_alive(const struct flow *flow, const struct arrival *a)
{
	return flow->was_reset && a->segment->len > 0 &&
	       flowin_side(flow, a) == (enum side)flow->own &&
	       !(a->segment->flags & TCP_RST);
}

/* Another connection between the same ends, and no echo of FLOW's own SYN. */
static bool begins_anew(const struct flow *flow, const struct halfopen *h,
			const struct arrival *a)
{
	const struct half *client = &flow->halves[SIDE_CLIENT];

	return is_handshake(h, a) &&
	       (!client->is_first_known || client->first != h->client_seq + 1);
}

static void take(struct flows *f, const struct arrival *a)
{
	struct flow *flow = flowtab_find(f, &a->key, a->hash);
	const struct halfopen *h = NULL;
	bool revived = false;

	if (a->segment->flags & TCP_SYN) {
		if (!(a->segment->flags & TCP_RST))
			take_syn(f, flow, a);
		return;
	}
	if (!flow || flow->state == FLOW_OVER || flow->begins_again)
		h = halfopens_find(f->halfopens, a->hash);
	if (flow && flow->state == FLOW_OVER) {
		revived = is_alive(flow, a);
		if (!revived && !begins_anew(flow, h, a))
			return; /* an echo of what is over */
		flowtab_remove(f, flow);
		flow = NULL;
	} else if (flow && flow->begins_again && begins_anew(flow, h, a)) {
		flowout_end(f, flow, DIALOGUE_END_TIMEOUT);
		flowtab_remove(f, flow);
		flow = NULL;
	}
	if (flow)
		flowin_take(f, flow, a);
	else
		take_new(f, a, revived ? NULL : h, revived);
}

void flows_take(struct flows *f, const struct packet *packet,
		const struct segment *segment, const struct flow_hint *hint,
		uint64_t time_ns)
{
	struct arrival a = {
		.packet = packet,
		.segment = segment,
		.hint = hint,
		.is_sound = !packet->is_cut && packet->is_sound &&
			    tcp_is_sound(packet),
	};

	flows_tick(f, time_ns);
	f->stats.segments++;
	f->stats.bytes += segment->len;
	a.key = flowtab_key(packet, segment, &a.source_is_low);
	a.hash = flowtab_hash(f, &a.key);
	take(f, &a);
}

/* Time */

/* A few at a time: what a long silence left to be done must not stop the
 * segments. */
#define IDLE_BATCH 256u

/* What is over is remembered so long. */
#define OVER_NS 60000000000ull

static void end_idle(struct flows *f, enum flow_class class)
{
	struct flow *flow;

	for (unsigned int i = 0; i < IDLE_BATCH; i++) {
		uint64_t most_ns = f->config.idle_ns;

		flow = flowtab_oldest(f, class);
		if (flow && flow->state == FLOW_OVER)
			most_ns = OVER_NS;
		if (!flow || f->now_ns - flow->last_ns < most_ns)
			return;
		if (flow->state != FLOW_OVER)
			flowout_end(f, flow, DIALOGUE_END_TIMEOUT);
		flowtab_remove(f, flow);
	}
}

void flows_tick(struct flows *f, uint64_t time_ns)
{
	struct flow *flow;

	if (time_ns > f->now_ns)
		f->now_ns = time_ns;
	while ((flow = flowtab_first_waiting(f)) &&
	       flow->deadline_ns <= f->now_ns)
		flowout_expire(f, flow);
	end_idle(f, CLASS_PROVEN);
	end_idle(f, CLASS_LOOSE);
}

uint64_t flows_deadline(const struct flows *f)
{
	uint64_t next_ns = 0;

	if (f->waits.head != FLOW_NONE)
		next_ns = f->items[f->waits.head].deadline_ns;
	for (int i = 0; i < CLASSES; i++) {
		const struct flow *flow;
		uint64_t at_ns;

		if (f->ages[i].head == FLOW_NONE)
			continue;
		flow = &f->items[f->ages[i].head];
		at_ns = flow->last_ns + (flow->state == FLOW_OVER
						 ? OVER_NS
						 : f->config.idle_ns);
		if (next_ns == 0 || at_ns < next_ns)
			next_ns = at_ns;
	}
	return next_ns;
}

void flows_finish(struct flows *f)
{
	for (uint32_t i = 0; i < f->fresh; i++) {
		struct flow *flow = &f->items[i];

		if (flow->state == FLOW_PENDING)
			flowout_expire(f, flow);
		if (flow->state == FLOW_OPEN)
			flowout_expire(f, flow);
		if (flow->state == FLOW_OPEN)
			flowout_end(f, flow, DIALOGUE_END_SHUTDOWN);
	}
}

void flows_stats(const struct flows *f, struct flow_stats *out)
{
	const struct halfopen_stats *half = halfopens_stats(f->halfopens);

	*out = f->stats;
	out->halfopen = half->syns;
	out->halfopen_displaced = half->displaced;
	out->repeated = f->stream_stats.repeated;
	out->conflicts = f->stream_stats.conflicts;
	out->far = f->stream_stats.far;
}
