/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flowin: what a segment says of the connection that it belongs to, and
 * whether it can be believed.
 */
#include "sensors/bytes.h"
#include "sensors/flowtab.h"

/* A connection met in the middle may bring earlier bytes yet. */
#define LOOK_BACK (1u << 20)

/* Nobody has more on the way: an acknowledgement further off is none. */
#define ACK_REACH (1 << 30)

/* An acknowledgement so old is not in use any more (RFC 5961 section 5.2). */
#define ACK_BEHIND (4 << 20)

/* What a window is multiplied with, where the SYN that says so was not seen. */
#define SCALE_UNKNOWN 14u

/* How many others may lose their waiting bytes for one segment. */
#define ROOM_TRIES 4u

enum side flowin_side(const struct flow *flow, const struct arrival *a)
{
	return a->source_is_low == flow->client_is_low ? SIDE_CLIENT
						       : SIDE_SERVER;
}

/* Numbers of a side's bytes begin at SEQ, or some way before it. */
static void begin_half(struct flow *flow, const struct flows *f, enum side side,
		       uint32_t seq)
{
	struct half *h = &flow->halves[side];
	uint32_t owner = (uint32_t)(flow - f->items) * 2 + side;

	stream_init(&h->stream, owner, seq - LOOK_BACK);
	h->first = seq;
	h->begun = true;
}

/* The SYN of SIDE said where its bytes begin. */
static void know_first(struct flows *f, struct flow *flow, enum side side,
		       uint32_t first)
{
	struct half *h = &flow->halves[side];

	if (h->is_first_known)
		return;
	if (!h->begun)
		begin_half(flow, f, side, first);
	if (seq_before(h->stream.next, first))
		stream_skip(&h->stream, f->pages, first);
	h->first = first;
	h->is_first_known = true;
}

/* All that the two SYNs say. */
void flowin_take_syns(struct flows *f, struct flow *flow,
		      const struct halfopen *open)
{
	struct half *client = &flow->halves[SIDE_CLIENT];
	struct half *server = &flow->halves[SIDE_SERVER];

	if (open->has_syn || open->has_answer)
		know_first(f, flow, SIDE_CLIENT, open->client_seq + 1);
	if (open->has_answer)
		know_first(f, flow, SIDE_SERVER, open->server_seq + 1);
	if (open->has_syn) {
		client->hops = open->client_hops;
		client->has_hops = true;
		client->scale = open->client_scale;
	}
	if (open->has_answer) {
		server->hops = open->server_hops;
		server->has_hops = true;
		server->scale = open->server_scale;
	}
	flow->has_syn |= open->has_syn;
	/* Both tell a scale, or none counts (RFC 7323 section 2.2). */
	if (open->has_syn && open->has_answer &&
	    (client->scale == TCP_SCALE_NONE ||
	     server->scale == TCP_SCALE_NONE))
		client->scale = server->scale = 0;
}

/* Behind all that SIDE has said. */
static uint32_t said_of(const struct half *h)
{
	return h->stream.top + (h->has_fin && h->stream.top == h->fin);
}

/* The client acknowledged the server's SYN, and no more than what the server
 * said since: nobody guesses that. */
static bool is_shaken(const struct flow *flow, uint32_t ack)
{
	const struct half *server = &flow->halves[SIDE_SERVER];

	return flow->has_syn && server->is_first_known &&
	       ack - server->first <= said_of(server) - server->first;
}

/* What a segment says */

/* May its receiver have refused it?  It counts all the same, until a copy comes
 * that says otherwise. */
static bool is_doubtful(const struct flow *flow, enum side side,
			const struct arrival *a)
{
	const struct segment *s = a->segment;
	const struct half *h = &flow->halves[side];
	const struct half *peer = &flow->halves[side == SIDE_CLIENT];
	int32_t ack_ahead = seq_diff(s->ack, said_of(peer));

	if (h->has_sound && !a->is_sound)
		return true;
	if (h->has_hops && h->hops != a->packet->hops)
		return true;
	if (h->has_edge && seq_before(h->edge, s->seq + (uint32_t)s->len))
		return true;
	/* RFC 7323 section 5.3: an old duplicate. */
	if (h->has_stamp && s->has_stamp && seq_before(s->stamp, h->stamp))
		return true;
	return peer->seen && (ack_ahead > 0 || ack_ahead < -ACK_BEHIND);
}

static void take_ack(struct flow *flow, enum side side, const struct arrival *a)
{
	const struct segment *s = a->segment;
	const struct half *h = &flow->halves[side];
	struct half *peer = &flow->halves[side == SIDE_CLIENT];
	bool is_own = side == (enum side)flow->own;
	int32_t ahead = seq_diff(s->ack, peer->stream.next);
	uint32_t edge;

	if ((h->has_sound && !a->is_sound) || ahead > ACK_REACH ||
	    ahead < -ACK_REACH)
		return;
	if (!peer->has_claim || seq_before(peer->claim, s->ack)) {
		peer->claim = s->ack;
		peer->has_claim = true;
	}
	/* It went on behind its FIN: that was not its own. */
	if (is_own && peer->has_fin && seq_diff(s->ack, peer->fin) > 1)
		peer->has_fin = false;
	edge = s->ack +
	       ((uint32_t)s->window
		<< (h->scale == TCP_SCALE_NONE ? SCALE_UNKNOWN : h->scale));
	if (!peer->has_edge || seq_before(peer->edge, edge)) {
		peer->edge = edge;
		peer->has_edge = true;
	}
}

/* Others lose what they keep waiting, the one first that has it longest. */
static void make_room(struct flows *f, const struct flow *but)
{
	struct flow *victim = flowtab_first_holding(f);

	if (victim == but && victim->links[LIST_HOLD].next != FLOW_NONE)
		victim = &f->items[victim->links[LIST_HOLD].next];
	if (!victim)
		return;
	f->stats.crowded++;
	for (int i = 0; i < 2; i++) {
		struct stream *s = &victim->halves[i].stream;

		if (!victim->halves[i].begun)
			continue;
		stream_drop(s, f->pages);
		s->whole = s->next;
	}
	flowtab_note_pages(f, victim);
}

static enum stream_put put_piece(struct flows *f, struct flow *flow,
				 struct stream *s, const struct piece *piece)
{
	enum stream_put put;

	/* Who has shown no handshake cannot use up what others need. */
	if (flow->class == CLASS_LOOSE &&
	    pages_left(f->pages) < f->config.pages / 2)
		return STREAM_FULL;
	for (unsigned int i = 0; i < ROOM_TRIES; i++) {
		put = stream_put(s, f->pages, piece, &f->stream_stats);
		flowtab_note_pages(f, flow);
		if (put != STREAM_FULL)
			break;
		make_room(f, flow);
	}
	return put;
}

static void take_data(struct flows *f, struct flow *flow, enum side side,
		      const struct arrival *a, bool doubtful)
{
	const struct segment *s = a->segment;
	struct half *h = &flow->halves[side];
	const struct half *peer = &flow->halves[side == SIDE_CLIENT];
	const struct piece piece = {
		.seq = s->seq,
		.ack = s->ack,
		.has_ack = flow->state == FLOW_PENDING || !flow->heard ||
			   seq_before(peer->stream.next, s->ack),
		.is_doubtful = doubtful,
		.data = s->data,
		.len = s->len,
	};

	if (put_piece(f, flow, &h->stream, &piece) != STREAM_FAR ||
	    flow->state != FLOW_OPEN)
		return;
	/* Nothing that far ahead is out of order: what is missing, is. */
	flowout_settle(f, flow);
	if (put_piece(f, flow, &h->stream, &piece) != STREAM_FAR || doubtful ||
	    side != (enum side)flow->own || seq_before(s->seq, h->stream.next))
		return;
	flowout_jump(f, flow, side, s->seq);
	put_piece(f, flow, &h->stream, &piece);
}

static void take_fin(struct half *h, const struct segment *s, bool doubtful)
{
	uint32_t fin = s->seq + (uint32_t)s->len;
	int32_t ahead = seq_diff(fin, h->stream.next);

	if (ahead < 0 || ahead > (int32_t)STREAM_WINDOW)
		return;
	if (h->has_fin && doubtful)
		return;
	h->fin = fin;
	h->has_fin = true;
}

/* RFC 9293 section 3.10.7.4: a reset has to fit in what its receiver expects.
 * One that its receiver may have refused is not believed: when nothing follows,
 * the connection ends by its silence. */
static void take_rst(struct flows *f, struct flow *flow, enum side side,
		     const struct arrival *a)
{
	const struct segment *s = a->segment;
	struct half *h = &flow->halves[side];
	uint32_t low = h->has_claim && seq_before(h->claim, h->stream.next)
			       ? h->claim
			       : h->stream.next;

	if ((h->has_sound && !a->is_sound) ||
	    (h->has_hops && h->hops != a->packet->hops) ||
	    (flow->state == FLOW_OPEN &&
	     (seq_before(s->seq, low) || seq_diff(s->seq, said_of(h)) > 1))) {
		f->stats.doubtful++;
		return;
	}
	h->rst = s->seq;
	h->has_rst = true;
}

/* What has come of SIDE, before anything is made of it. */
static void note_arrival(struct flows *f, struct flow *flow, enum side side,
			 const struct arrival *a)
{
	const struct segment *s = a->segment;
	struct half *h = &flow->halves[side];

	if (!h->begun)
		begin_half(flow, f, side, s->seq);
	if (!flow->halves[side == SIDE_CLIENT].begun && s->flags & TCP_ACK)
		begin_half(flow, f,
			   side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT,
			   s->ack);
	if (!h->is_first_known && flow->state == FLOW_PENDING &&
	    (!h->seen || seq_before(s->seq, h->first)))
		h->first = s->seq;
	h->seen = true;
	h->has_sound |= a->is_sound;
}

static void take_parts(struct flows *f, struct flow *flow, enum side side,
		       const struct arrival *a)
{
	const struct segment *s = a->segment;
	struct half *h = &flow->halves[side];
	bool doubtful = is_doubtful(flow, side, a);

	if (!h->has_hops) {
		h->hops = a->packet->hops;
		h->has_hops = true;
	}
	if (s->has_stamp && !doubtful) {
		h->stamp = s->stamp;
		h->has_stamp = true;
	}
	f->stats.doubtful += doubtful;
	if (s->flags & TCP_URG && s->urgent > 0 && !doubtful) {
		h->stream.urgent = s->seq + s->urgent - 1;
		h->stream.has_urgent = true;
	}
	if (s->len > 0)
		take_data(f, flow, side, a, doubtful);
	if (s->flags & TCP_FIN)
		take_fin(h, s, doubtful);
	/* Behind the data: it is known now what there is to acknowledge. */
	take_ack(flow, side, a);
	if (side == SIDE_CLIENT && !flow->shaken &&
	    (a->is_sound || !h->has_sound) && is_shaken(flow, s->ack)) {
		flow->shaken = true;
		f->stats.handshakes++;
		flowtab_set_class(f, flow, CLASS_PROVEN);
	}
}

void flowin_take(struct flows *f, struct flow *flow, const struct arrival *a)
{
	enum side side = flowin_side(flow, a);

	/* RFC 9293 section 3.10.7.4: without ACK it is dropped.  A reset may
	 * lack it, but tells nothing where nothing is known yet. */
	if (!(a->segment->flags & TCP_ACK) &&
	    (!(a->segment->flags & TCP_RST) || flow->state == FLOW_PENDING)) {
		f->stats.stray++;
		return;
	}
	flowtab_touch(f, flow);
	note_arrival(f, flow, side, a);
	if (a->segment->flags & TCP_RST)
		take_rst(f, flow, side, a);
	else
		take_parts(f, flow, side, a);
	if (flow->state == FLOW_PENDING && flow->shaken)
		flowout_open(f, flow);
	if (flow->state == FLOW_PENDING)
		flowtab_wait(f, flow);
	else
		flowout_pump(f, flow, false);
}
