/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enforce: orders and rebuilds.
 *
 * A rebuild walks over the table while live orders go on between its rows:
 * postern-nft carries those out in both generations.  At the start the walk
 * follows the entries as the records bring them; what a restored act changes
 * behind the walk is sent again before the rebuild ends.
 */
#include "ctl/daemon/enforce.h"

#include <stdlib.h>

#include "ctl/core/ladder.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/judge.h"

/* Rows of a rebuild that may be on their way: they would delay a live order. */
#define FILL_WINDOW 16384u
/* Entries walked over in one turn of the loop. */
#define ENTRIES_PER_TURN 1024u

enum rebuild_step {
	STEP_NONE,
	STEP_WANTED,
	STEP_FILLING,
};

/* A change that is to be sent once all is known. */
struct change {
	enum ladder_list list;
	struct prefix prefix;
};

struct enforce {
	struct bans *tables[LIST_COUNT];
	struct wire *nft;
	uint64_t seq;
	uint64_t done;
	bool alive; /* postern-nft has said hello */
	bool restored;
	enum rebuild_step step;
	unsigned int table; /* that is walked over */
	uint32_t walk;
	uint64_t
		settled_seq; /* of the end of the newest rebuild and its gate */
	enum gate gate;
	struct change *again; /* changed behind the walk, before all is known */
	size_t again_count;
	size_t again_room;
};

struct enforce *enforce_new(const struct judge *judge, struct wire *nft)
{
	struct enforce *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->tables[LIST_BAN] = judge->bans;
	e->tables[LIST_MAIL] = judge->mail;
	e->tables[LIST_PARDON] = judge->pardons;
	e->nft = nft;
	e->gate = GATE_OPEN;
	return e;
}

void enforce_free(struct enforce *e)
{
	if (!e)
		return;
	free(e->again);
	free(e);
}

void enforce_use(struct enforce *e, struct wire *nft)
{
	e->nft = nft;
	e->alive = false;
}

static void order_block(struct enforce *e, enum msg_kind kind,
			enum ladder_list list, const struct prefix *block,
			uint64_t left_ms)
{
	const struct order order = {
		.seq = ++e->seq,
		.kind = left_ms ? ORDER_ADD : ORDER_REMOVE,
		.list = (uint8_t)list,
		.prefix = *block,
		.left_ms = left_ms == BANS_NEVER ? 0 : left_ms,
	};

	wire_put(e->nft, kind, &order);
}

static void send_prefix(struct enforce *e, enum ladder_list list,
			const struct prefix *p, uint64_t now_ms)
{
	struct ladder_cover cover;

	if (ladder_cover(&cover, p))
		return; /* never let into the table */
	for (uint32_t i = 0; i < cover.count; i++) {
		struct prefix block = ladder_block(&cover, i);
		uint64_t left_ms =
			bans_block_left(e->tables[list], &block, NULL, now_ms);

		order_block(e, MSG_ORDER, list, &block, left_ms);
	}
}

static void remember_again(struct enforce *e, enum ladder_list list,
			   const struct prefix *p)
{
	if (e->again_count == e->again_room) {
		size_t room = e->again_room ? e->again_room * 2 : 64;
		struct change *grown;

		grown = reallocarray(e->again, room, sizeof(*grown));
		if (!grown) {
			e->step = STEP_WANTED; /* from the beginning, then */
			return;
		}
		e->again = grown;
		e->again_room = room;
	}
	e->again[e->again_count++] = (struct change){ list, *p };
}

static void change(struct enforce *e, enum ladder_list list,
		   const struct prefix *p, uint64_t now_ms)
{
	/* Before all is known, history must not reach the kernel. */
	if (!e->restored)
		remember_again(e, list, p);
	else if (e->alive)
		send_prefix(e, list, p, now_ms);
}

void enforce_prefix(struct enforce *e, uint8_t scope, const struct prefix *p,
		    uint64_t now_ms)
{
	change(e, scope == SCOPE_MAIL ? LIST_MAIL : LIST_BAN, p, now_ms);
}

void enforce_pardon(struct enforce *e, const struct prefix *p, uint64_t now_ms)
{
	change(e, LIST_PARDON, p, now_ms);
}

void enforce_cut(struct enforce *e, const struct event *event, uint32_t term_s)
{
	const struct cut cut = {
		.seq = e->seq + 1,
		.source = event->source,
		.target = event->target,
		.source_port = event->source_port,
		.target_port = event->target_port,
		.left_ms = term_s * 1000,
	};

	/* Before all is known there is no session worth it. */
	if (!e->alive || !e->restored || !event->source_port ||
	    !event->target_port || event->source.family != event->target.family)
		return;
	e->seq++;
	wire_put(e->nft, MSG_CUT, &cut);
}

void enforce_rebuild(struct enforce *e)
{
	if (e->alive)
		e->step = STEP_WANTED;
}

static void send_gate(struct enforce *e)
{
	const struct gate_order order = {
		.seq = ++e->seq,
		.gate = (uint8_t)e->gate,
	};

	wire_put(e->nft, MSG_GATE, &order);
	e->settled_seq = e->seq;
}

void enforce_gate(struct enforce *e, enum gate gate)
{
	e->gate = gate;
	if (e->alive && e->restored && e->step == STEP_NONE)
		send_gate(e);
}

void enforce_restored(struct enforce *e, uint64_t now_ms)
{
	e->restored = true;
	for (size_t i = 0; i < e->again_count && e->alive; i++)
		send_prefix(e, e->again[i].list, &e->again[i].prefix, now_ms);
	free(e->again);
	e->again = NULL;
	e->again_count = 0;
	e->again_room = 0;
}

void enforce_hello(struct enforce *e)
{
	e->alive = true;
	e->done = e->seq;
	e->step = STEP_WANTED;
}

void enforce_state(struct enforce *e, const struct kernel_state *state)
{
	if (state->rebuild_wanted)
		e->step = STEP_WANTED;
}

void enforce_done(struct enforce *e, uint64_t seq)
{
	if (seq > e->done && seq <= e->seq)
		e->done = seq;
}

static void send_rebuild(struct enforce *e, enum rebuild_kind kind)
{
	const struct rebuild rebuild = {
		.seq = ++e->seq,
		.kind = (uint8_t)kind,
	};

	wire_put(e->nft, MSG_REBUILD, &rebuild);
}

static void begin_rebuild(struct enforce *e)
{
	send_rebuild(e, REBUILD_BEGIN);
	e->step = STEP_FILLING;
	/* The bans first: they follow the records. */
	e->table = LIST_BAN;
	e->walk = 0;
}

static void end_rebuild(struct enforce *e)
{
	send_rebuild(e, REBUILD_END);
	e->step = STEP_NONE;
	send_gate(e);
}

static void fill_with(struct enforce *e, const struct ban *ban, uint64_t now_ms)
{
	struct ladder_cover cover;

	if (!ban->active || ladder_cover(&cover, &ban->prefix))
		return;
	for (uint32_t i = 0; i < cover.count; i++) {
		struct prefix block = ladder_block(&cover, i);
		uint64_t left_ms = bans_block_left(e->tables[e->table], &block,
						   ban, now_ms);

		if (left_ms == 0)
			continue; /* ended, though not taken out yet */
		order_block(e, MSG_FILL, (enum ladder_list)e->table, &block,
			    left_ms);
	}
}

static void next_table(struct enforce *e)
{
	e->table++;
	e->walk = 0;
}

bool enforce_pump(struct enforce *e, uint64_t now_ms)
{
	if (!e->alive)
		return false;
	if (e->step == STEP_WANTED)
		begin_rebuild(e);
	for (uint32_t n = 0; e->step == STEP_FILLING && n < ENTRIES_PER_TURN;
	     n++) {
		const struct ban *ban;

		if (!wire_is_clear(e->nft) || e->seq - e->done > FILL_WINDOW)
			return false; /* MSG_DONE, or the socket, wakes us */
		ban = bans_walk(e->tables[e->table], &e->walk);
		if (ban)
			fill_with(e, ban, now_ms);
		else if (e->restored && e->table + 1 < LIST_COUNT)
			next_table(e);
		else if (e->restored)
			end_rebuild(e);
		else
			return false; /* the records wake us */
	}
	return e->step == STEP_FILLING;
}

uint64_t enforce_seq(const struct enforce *e)
{
	return e->seq;
}

uint64_t enforce_done_seq(const struct enforce *e)
{
	return e->done;
}

bool enforce_is_settled(const struct enforce *e)
{
	return e->alive && e->restored && e->step == STEP_NONE &&
	       e->done >= e->settled_seq;
}
