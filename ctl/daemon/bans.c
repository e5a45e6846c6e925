/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bans: an array of entries, found by prefix, and two heaps by time: of the
 * bans in force, and of the memories.
 */
#include "ctl/daemon/bans.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/ladder.h"
#include "ctl/daemon/finder.h"
#include "ctl/daemon/heap.h"
#include "ctl/daemon/lengths.h"
#include "ctl/daemon/reasons.h"

/* Different reasons at the same time; more are in the records. */
#define REASONS_MAX 65536u

#define NOTHING	    UINT32_MAX

struct bans {
	struct ban *items;
	uint32_t capacity;
	uint32_t used; /* items that were ever in use */
	uint32_t free; /* the first of the free ones, linked by PLACE */
	struct finder finder;
	uint64_t seed;
	uint64_t forget_ms;
	struct heap active;
	struct heap memories;
	struct reasons *reasons;
	uint32_t forever;
	struct lengths lengths; /* of the bans in force */
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

static uint64_t hash_of(const void *owner, uint32_t item)
{
	const struct bans *b = owner;

	return prefix_hash(&b->items[item].prefix, b->seed);
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

	if (!b)
		return NULL;
	b->capacity = capacity;
	b->free = NOTHING;
	b->seed = seed;
	b->forget_ms = (uint64_t)forget_s * 1000;
	b->finder = (struct finder){ .hash_of = hash_of, .owner = b };
	b->items = calloc(capacity, sizeof(*b->items));
	b->reasons = reasons_new(REASONS_MAX);
	if (heap_make(&b->active, b) || heap_make(&b->memories, b) ||
	    finder_init(&b->finder, capacity) || !b->items || !b->reasons) {
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
	finder_fini(&b->finder);
	free(b->active.items);
	free(b->memories.items);
	reasons_free(b->reasons);
	free(b);
}

/* The entry of P, whose hash is HASH, or NULL. */
static struct ban *find_hashed(const struct bans *b, const struct prefix *p,
			       uint64_t hash)
{
	uint32_t at = 0, number;

	while (finder_next(&b->finder, hash, &at, &number)) {
		if (prefix_equal(&b->items[number].prefix, p))
			return &b->items[number];
	}
	return NULL;
}

static struct ban *find(const struct bans *b, const struct prefix *p)
{
	return find_hashed(b, p, prefix_hash(p, b->seed));
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
	lengths_remove(&b->lengths, &ban->prefix);
	if (ban->until_ms == 0)
		b->forever--;
}

static void enter_heap(struct bans *b, struct ban *ban)
{
	heap_add(heap_of(b, ban), (uint32_t)(ban - b->items));
	if (!ban->active)
		return;
	lengths_add(&b->lengths, &ban->prefix);
	if (ban->until_ms == 0)
		b->forever++;
}

static void forget(struct bans *b, struct ban *ban)
{
	leave_heap(b, ban);
	reasons_drop(b->reasons, ban->reason);
	finder_remove(&b->finder, prefix_hash(&ban->prefix, b->seed),
		      (uint32_t)(ban - b->items));
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
	uint64_t hash = prefix_hash(p, b->seed);
	struct ban *ban = find_hashed(b, p, hash);

	if (ban) {
		leave_heap(b, ban);
		reasons_drop(b->reasons, ban->reason);
		return ban;
	}
	if (!make_room(b))
		return NULL;
	ban = take_entry(b);
	finder_add(&b->finder, hash, (uint32_t)(ban - b->items));
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
	finder_expect(&b->finder, prefix_hash(p, b->seed));
}

const struct ban *bans_find(const struct bans *b, const struct prefix *p)
{
	return find(b, p);
}

/* The ban in force of P cut to LENGTH bits, whose hash is HASH, or NULL. */
static const struct ban *active_hashed(const struct bans *b,
				       const struct prefix *p,
				       unsigned int length, uint64_t hash)
{
	uint32_t at = 0, number;

	while (finder_next(&b->finder, hash, &at, &number)) {
		const struct ban *ban = &b->items[number];

		if (ban->prefix.length == length &&
		    prefix_contains(&ban->prefix, p))
			return ban->active ? ban : NULL;
	}
	return NULL;
}

static uint64_t hash_at(const struct bans *b, const struct prefix *p,
			unsigned int length)
{
	const struct prefix wider = prefix_truncate(p, length);

	return prefix_hash(&wider, b->seed);
}

static const struct ban *active_at(const struct bans *b, const struct prefix *p,
				   unsigned int length)
{
	if (!lengths_has(&b->lengths, p->family, length))
		return NULL;
	return active_hashed(b, p, length, hash_at(b, p, length));
}

void bans_expect_covering(const struct bans *b, const struct prefix *p,
			  struct bans_trail *trail)
{
	const struct lengths_list *l = lengths_of(&b->lengths, p->family);

	trail->shape = b->lengths.shape;
	trail->count = 0;
	/* Most events ask for all of these. */
	for (uint8_t i = 0; i < l->count && i < BANS_TRAIL_MAX; i++) {
		if (l->items[i] > p->length)
			break;
		trail->hashes[i] = hash_at(b, p, l->items[i]);
		finder_expect(&b->finder, trail->hashes[i]);
		trail->count++;
	}
}

void bans_fetch_covering(const struct bans *b, const struct bans_trail *trail)
{
	for (uint8_t i = 0; i < trail->count; i++) {
		uint32_t at = 0, number;

		if (finder_next(&b->finder, trail->hashes[i], &at, &number))
			__builtin_prefetch(&b->items[number]);
	}
}

const struct ban *bans_covering_by(const struct bans *b, const struct prefix *p,
				   const struct bans_trail *trail)
{
	const struct lengths_list *l = lengths_of(&b->lengths, p->family);
	const struct ban *ban = NULL;
	uint8_t i = 0;

	if (trail->shape != b->lengths.shape)
		return bans_covering(b, p);
	for (; i < trail->count && !ban; i++)
		ban = active_hashed(b, p, l->items[i], trail->hashes[i]);
	for (; i < l->count && l->items[i] <= p->length && !ban; i++)
		ban = active_at(b, p, l->items[i]);
	return ban;
}

const struct ban *bans_covering(const struct bans *b, const struct prefix *p)
{
	struct bans_trail trail;

	bans_expect_covering(b, p, &trail);
	return bans_covering_by(b, p, &trail);
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
