/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bans: an array of entries, an index by prefix (linear probing over entry
 * numbers, at most half full), and two heaps by time: of the bans in force,
 * and of the memories.
 */
#include "ctl/daemon/bans.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/ladder.h"
#include "ctl/daemon/heap.h"
#include "ctl/daemon/reasons.h"

/* Different reasons at the same time; more are in the records. */
#define REASONS_MAX 65536u

#define NOTHING	    UINT32_MAX
#define LENGTHS	    129
#define WORDS	    3 /* of 64 bits, for a bit per length */

struct bans {
	struct ban *items;
	uint32_t capacity;
	uint32_t used; /* items that were ever in use */
	uint32_t free; /* the first of the free ones, linked by PLACE */
	uint32_t *index;
	uint32_t index_mask;
	uint64_t seed;
	uint64_t forget_ms;
	struct heap active;
	struct heap memories;
	struct reasons *reasons;
	uint32_t forever;
	uint32_t lengths[2][LENGTHS]; /* bans in force by family and length */
	uint64_t used_lengths[2][WORDS]; /* a bit where there are some */
};

static uint64_t time_of(const void *owner, uint32_t item)
{
	const struct bans *b = owner;
	uint64_t until = b->items[item].until_ms;

	return until ? until : BANS_NEVER;
}

static void moved(void *owner, uint32_t item, uint32_t place)
{
	struct bans *b = owner;

	b->items[item].place = place;
}

static int heap_make(struct heap *h, struct bans *b)
{
	*h = (struct heap){ .time_of = time_of, .moved = moved, .owner = b };
	h->items = malloc(b->capacity * sizeof(*h->items));
	return h->items ? 0 : -ENOMEM;
}

struct bans *bans_new(uint32_t capacity, uint64_t seed, uint32_t forget_s)
{
	struct bans *b = calloc(1, sizeof(*b));
	uint32_t slots = 2;

	if (!b)
		return NULL;
	while (slots < 2 * capacity)
		slots *= 2;
	b->capacity = capacity;
	b->free = NOTHING;
	b->seed = seed;
	b->forget_ms = (uint64_t)forget_s * 1000;
	b->index_mask = slots - 1;
	b->items = calloc(capacity, sizeof(*b->items));
	/* Zero is nothing: the number of an entry is kept plus one. */
	b->index = calloc(slots, sizeof(*b->index));
	b->reasons = reasons_new(REASONS_MAX);
	if (heap_make(&b->active, b) || heap_make(&b->memories, b) ||
	    !b->items || !b->index || !b->reasons) {
		bans_free(b);
		return NULL;
	}
	return b;
}

void bans_free(struct bans *b)
{
	if (!b)
		return;
	free(b->items);
	free(b->index);
	free(b->active.items);
	free(b->memories.items);
	reasons_free(b->reasons);
	free(b);
}

static uint32_t home_of(const struct bans *b, const struct prefix *p)
{
	return (uint32_t)prefix_hash(p, b->seed) & b->index_mask;
}

/* The slot of P, or the empty one where it would go. */
static uint32_t slot_of(const struct bans *b, const struct prefix *p)
{
	uint32_t slot = home_of(b, p);

	while (b->index[slot] &&
	       !prefix_equal(&b->items[b->index[slot] - 1].prefix, p))
		slot = (slot + 1) & b->index_mask;
	return slot;
}

static struct ban *find(const struct bans *b, const struct prefix *p)
{
	uint32_t number = b->index[slot_of(b, p)];

	return number ? &b->items[number - 1] : NULL;
}

/* Close the hole at SLOT: move up what would not be found behind it. */
static void close_hole(struct bans *b, uint32_t hole)
{
	uint32_t slot = hole;

	for (;;) {
		uint32_t home;

		slot = (slot + 1) & b->index_mask;
		if (!b->index[slot])
			break;
		home = home_of(b, &b->items[b->index[slot] - 1].prefix);
		if (((slot - home) & b->index_mask) >=
		    ((slot - hole) & b->index_mask)) {
			b->index[hole] = b->index[slot];
			hole = slot;
		}
	}
	b->index[hole] = 0;
}

static void count_length(struct bans *b, const struct prefix *p, int change)
{
	size_t family = p->family == PREFIX_IP6;
	uint32_t *count = &b->lengths[family][p->length];
	uint64_t *word = &b->used_lengths[family][p->length / 64];
	uint64_t bit = 1ull << p->length % 64;

	*count += (uint32_t)change;
	if (*count)
		*word |= bit;
	else
		*word &= ~bit;
}

static struct heap *heap_of(struct bans *b, const struct ban *ban)
{
	return ban->active ? &b->active : &b->memories;
}

static void leave_heap(struct bans *b, struct ban *ban)
{
	heap_remove(heap_of(b, ban), ban->place);
	if (!ban->active)
		return;
	count_length(b, &ban->prefix, -1);
	if (ban->until_ms == 0)
		b->forever--;
}

static void enter_heap(struct bans *b, struct ban *ban)
{
	heap_add(heap_of(b, ban), (uint32_t)(ban - b->items));
	if (!ban->active)
		return;
	count_length(b, &ban->prefix, 1);
	if (ban->until_ms == 0)
		b->forever++;
}

static void forget(struct bans *b, struct ban *ban)
{
	leave_heap(b, ban);
	reasons_drop(b->reasons, ban->reason);
	close_hole(b, slot_of(b, &ban->prefix));
	*ban = (struct ban){ .place = b->free };
	b->free = (uint32_t)(ban - b->items);
}

/* Where there is no room, the memory that would be forgotten first goes. */
static bool make_room(struct bans *b)
{
	if (b->free != NOTHING || b->used < b->capacity)
		return true;
	if (b->memories.count == 0)
		return false;
	forget(b, &b->items[b->memories.items[0]]);
	return true;
}

/* An entry for a new prefix; there is room. */
static struct ban *take_entry(struct bans *b)
{
	struct ban *ban;

	if (b->free == NOTHING)
		return &b->items[b->used++];
	ban = &b->items[b->free];
	b->free = ban->place;
	return ban;
}

/* The entry of P, out of the heaps, or a new one.  NULL: there is no room. */
static struct ban *claim(struct bans *b, const struct prefix *p)
{
	uint32_t slot = slot_of(b, p);
	struct ban *ban;

	if (b->index[slot]) {
		ban = &b->items[b->index[slot] - 1];
		leave_heap(b, ban);
		reasons_drop(b->reasons, ban->reason);
		return ban;
	}
	if (b->used == b->capacity) {
		if (!make_room(b))
			return NULL;
		slot = slot_of(b, p); /* a hole may have been closed */
	}
	ban = take_entry(b);
	b->index[slot] = (uint32_t)(ban - b->items) + 1;
	return ban;
}

static int put(struct bans *b, const struct ban_wish *wish, bool active)
{
	struct ban *ban = claim(b, &wish->prefix);

	if (!ban)
		return -ENOSPC;
	*ban = (struct ban){
		.prefix = wish->prefix,
		.active = active,
		.level = wish->level,
		.origin = wish->origin,
		.sign = wish->sign,
		.feed = wish->feed,
		.hosts = wish->hosts,
		.sid = wish->sid,
		.uid = wish->uid,
		.reason = reasons_take(b->reasons, wish->reason),
		.term_s = wish->term_s,
		.since_s = wish->since_s,
		.until_ms = wish->until_ms,
	};
	enter_heap(b, ban);
	return 0;
}

int bans_put(struct bans *b, const struct ban_wish *wish)
{
	return put(b, wish, true);
}

int bans_remember(struct bans *b, const struct ban_wish *wish)
{
	const struct ban *old = find(b, &wish->prefix);

	if (old && old->active)
		return 0;
	return put(b, wish, false);
}

void bans_expect(const struct bans *b, const struct prefix *p)
{
	__builtin_prefetch(&b->index[home_of(b, p)], 1);
}

const struct ban *bans_find(const struct bans *b, const struct prefix *p)
{
	return find(b, p);
}

/* The ban in force of P cut to LENGTH bits, or NULL. */
static const struct ban *active_at(const struct bans *b, const struct prefix *p,
				   unsigned int length)
{
	const struct ban *ban;
	struct prefix wider;

	if (b->lengths[p->family == PREFIX_IP6][length] == 0)
		return NULL;
	wider = prefix_truncate(p, length);
	ban = find(b, &wider);
	return ban && ban->active ? ban : NULL;
}

const struct ban *bans_covering(const struct bans *b, const struct prefix *p)
{
	const uint64_t *used = b->used_lengths[p->family == PREFIX_IP6];

	/* Most events ask this: only lengths that are in use cost anything. */
	for (unsigned int word = 0; word <= p->length / 64u; word++) {
		for (uint64_t left = used[word]; left; left &= left - 1) {
			unsigned int length =
				word * 64 + (unsigned int)__builtin_ctzll(left);
			const struct ban *ban;

			if (length > p->length)
				return NULL;
			ban = active_at(b, p, length);
			if (ban)
				return ban;
		}
	}
	return NULL;
}

uint64_t bans_block_left(const struct bans *b, const struct prefix *block,
			 const struct ban *known, uint64_t now_ms)
{
	uint64_t longest = 0;

	for (unsigned int length = ladder_shortest_owner(block);
	     length <= block->length; length++) {
		const struct ban *ban = known;

		if (!known || known->prefix.length != length)
			ban = active_at(b, block, length);
		if (!ban)
			continue;
		if (ban->until_ms == 0)
			return BANS_NEVER;
		if (ban->until_ms > now_ms && ban->until_ms - now_ms > longest)
			longest = ban->until_ms - now_ms;
	}
	return longest;
}

/* The ban is over: from now on it is a memory, or nothing. */
static void end_ban(struct bans *b, struct ban *ban, uint64_t now_ms)
{
	if (ban->level == 0) {
		forget(b, ban);
		return;
	}
	leave_heap(b, ban);
	ban->active = 0;
	ban->until_ms = now_ms + b->forget_ms;
	enter_heap(b, ban);
}

int bans_lift(struct bans *b, const struct prefix *p, uint64_t now_ms,
	      bool forgive)
{
	struct ban *ban = find(b, p);

	if (!ban || !ban->active)
		return -ENOENT;
	if (forgive && ban->level > 0)
		ban->level--;
	end_ban(b, ban, now_ms);
	return 0;
}

static uint64_t first_time(const struct heap *h)
{
	return h->count ? time_of(h->owner, h->items[0]) : BANS_NEVER;
}

uint64_t bans_next_ms(const struct bans *b)
{
	uint64_t active = first_time(&b->active);
	uint64_t memory = first_time(&b->memories);

	return active < memory ? active : memory;
}

/* One level less for each quiet period; at none, it is forgotten. */
static void fade_memory(struct bans *b, struct ban *ban)
{
	if (ban->level <= 1) {
		forget(b, ban);
		return;
	}
	ban->level--;
	ban->until_ms += b->forget_ms;
	heap_update(&b->memories, ban->place);
}

size_t bans_expire(struct bans *b, uint64_t now_ms)
{
	size_t ended = 0;

	while (first_time(&b->active) <= now_ms) {
		struct ban *ban = &b->items[b->active.items[0]];

		end_ban(b, ban, ban->until_ms);
		ended++;
	}
	while (first_time(&b->memories) <= now_ms)
		fade_memory(b, &b->items[b->memories.items[0]]);
	return ended;
}

const struct ban *bans_walk(const struct bans *b, uint32_t *at)
{
	while (*at < b->used) {
		const struct ban *ban = &b->items[(*at)++];

		if (ban->prefix.family)
			return ban;
	}
	return NULL;
}

const char *bans_reason(const struct bans *b, const struct ban *ban)
{
	return reasons_text(b->reasons, ban->reason);
}

struct saved_ban bans_saved(const struct bans *b, const struct ban *ban)
{
	struct saved_ban row = {
		.prefix = ban->prefix,
		.since_s = ban->since_s,
		.hosts = ban->hosts,
		.sid = ban->sid,
		.sign = ban->sign,
		.feed = ban->feed,
		.term_s = ban->term_s,
		.level = ban->level,
		.origin = ban->origin,
		.uid = ban->uid,
		.active = ban->active,
	};

	memccpy(row.reason, bans_reason(b, ban), '\0', sizeof(row.reason) - 1);
	return row;
}

struct ban_row bans_row(const struct bans *b, const struct ban *ban)
{
	struct ban_row row = {
		.prefix = ban->prefix,
		.since_ns = (uint64_t)ban->since_s * CLOCK_NS_PER_S,
		.term_s = ban->term_s,
		.level = ban->level,
		.origin = ban->origin,
		.sign = ban->sign,
		.active = ban->active,
		.feed = ban->feed,
		.hosts = ban->hosts,
		.sid = ban->sid,
		.uid = ban->uid,
	};

	memccpy(row.reason, bans_reason(b, ban), '\0', sizeof(row.reason) - 1);
	return row;
}

uint32_t bans_count(const struct bans *b)
{
	return b->active.count;
}

uint32_t bans_count_forever(const struct bans *b)
{
	return b->forever;
}

uint32_t bans_count_all(const struct bans *b)
{
	return b->active.count + b->memories.count;
}
