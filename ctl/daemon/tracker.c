/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracker: sets of eight entries, found by a seeded hash.  The entry holds the
 * hash of its prefix, not the prefix: 64 bits do not meet by chance, and an
 * attacker does not know the seed.
 */
#include "ctl/daemon/tracker.h"

#include <stdlib.h>

#define WAYS		   8u
#define ENTRIES_PER_SOURCE 3u
/* All prefixes of one IPv6 /32 share this many sets. */
#define CORNER_SETS   256u
#define CORNER_LENGTH 32u

#define HOST_BITS     64u

struct entry {
	uint64_t key; /* 0: free */
	uint64_t hosts; /* a bit per hash of a host */
	uint32_t points;
	uint32_t last_s;
	uint32_t sid;
	uint16_t events;
	uint8_t sign;
	uint8_t unused;
};
_Static_assert(sizeof(struct entry) == 32, "the memory promised at start");

struct tracker {
	struct entry *entries;
	size_t set_mask;
	uint64_t seed;
	size_t count;
	uint64_t evicted;
};

struct tracker *tracker_new(size_t sources, uint64_t seed)
{
	struct tracker *t = calloc(1, sizeof(*t));
	size_t sets = CORNER_SETS;

	if (!t)
		return NULL;
	/* The next power of two below, so as to stay in the promised room. */
	while (sets * 2 * WAYS <= sources * ENTRIES_PER_SOURCE)
		sets *= 2;
	t->set_mask = sets - 1;
	t->seed = seed;
	t->entries = calloc(sets * WAYS, sizeof(*t->entries));
	if (!t->entries) {
		free(t);
		return NULL;
	}
	return t;
}

void tracker_free(struct tracker *t)
{
	if (!t)
		return;
	free(t->entries);
	free(t);
}

static uint64_t key_of(const struct tracker *t, const struct prefix *p)
{
	uint64_t key = prefix_hash(p, t->seed);

	return key ? key : 1;
}

static struct entry *set_of(const struct tracker *t, const struct prefix *p,
			    uint64_t key)
{
	size_t set = (size_t)(key >> 8);

	if (p->family == PREFIX_IP6 && p->length > CORNER_LENGTH) {
		struct prefix corner = prefix_truncate(p, CORNER_LENGTH);

		set = (size_t)prefix_hash(&corner, t->seed) &
		      ~(CORNER_SETS - 1);
		set |= (size_t)(key >> 8) & (CORNER_SETS - 1);
	}
	return &t->entries[(set & t->set_mask) * WAYS];
}

static struct entry *find(const struct tracker *t, const struct prefix *p)
{
	uint64_t key = key_of(t, p);
	struct entry *set = set_of(t, p, key);

	for (unsigned int i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
	}
	return NULL;
}

/* 65536 * 2^(-i/16), rounded. */
static const uint32_t fractions[16] = {
	65536, 62757, 60097, 57549, 55109, 52773, 50535, 48393,
	46341, 44376, 42495, 40693, 38968, 37316, 35734, 34219,
};

/* POINTS after SINCE_S seconds: halved every HALF_S, in steps of a sixteenth of
 * that, rounded down. */
static uint32_t decayed(uint32_t points, uint32_t since_s, uint32_t half_s)
{
	uint32_t halvings, rest;

	if (half_s == 0 || since_s / half_s >= 32)
		return 0;
	halvings = since_s / half_s;
	rest = (uint32_t)((uint64_t)(since_s % half_s) * 16 / half_s);
	return (uint32_t)((uint64_t)(points >> halvings) * fractions[rest] >>
			  16);
}

static uint32_t points_now(const struct entry *e, uint32_t now_s,
			   uint32_t half_s)
{
	uint32_t since_s = now_s > e->last_s ? now_s - e->last_s : 0;

	return decayed(e->points, since_s, half_s);
}

/* A free entry of the set, or the one with the least points; NULL: that would
 * be the new one itself. */
static struct entry *make_room(struct tracker *t, struct entry *set,
			       const struct charge_order *order)
{
	struct entry *least = NULL;
	uint32_t least_points = order->points;

	for (unsigned int i = 0; i < WAYS; i++) {
		uint32_t points;

		if (set[i].key == 0) {
			t->count++;
			return &set[i];
		}
		points = points_now(&set[i], order->now_s, order->half_s);
		if (points <= least_points) {
			least_points = points;
			least = &set[i];
		}
	}
	t->evicted++;
	return least;
}

static uint32_t add_saturating(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/*
 * How many distinct hosts set BITS of 64 bits: linear counting (Whang and
 * others, 1990), -64 ln(1 - BITS/64), rounded down; never above the truth by
 * much, and exact for the few that matter.
 */
static uint32_t hosts_of(uint64_t bits)
{
	static const uint8_t estimates[HOST_BITS + 1] = {
		0,   1,	  2,   3,   4,	 5,   6,   7,	8,   9,	  10,  12,  13,
		14,  15,  17,  18,  19,	 21,  22,  23,	25,  26,  28,  30,  31,
		33,  35,  36,  38,  40,	 42,  44,  46,	48,  50,  52,  55,  57,
		60,  62,  65,  68,  71,	 74,  77,  81,	84,  88,  92,  97,  102,
		107, 112, 118, 125, 133, 141, 151, 163, 177, 192, 192, 192, 192,
	};

	return estimates[__builtin_popcountll(bits)];
}

static struct track view(const struct entry *e)
{
	return (struct track){
		.points = e->points,
		.hosts = hosts_of(e->hosts),
		.events = e->events,
		.last_s = e->last_s,
		.sid = e->sid,
		.sign = e->sign,
	};
}

struct track tracker_charge(struct tracker *t, const struct charge_order *order)
{
	struct entry *e = find(t, &order->prefix);
	uint32_t points = 0;

	if (e) {
		points = points_now(e, order->now_s, order->half_s);
		/* What is forgotten is forgotten with its hosts. */
		if (points == 0)
			*e = (struct entry){ .key = e->key };
	} else {
		uint64_t key = key_of(t, &order->prefix);

		e = make_room(t, set_of(t, &order->prefix, key), order);
		if (!e)
			return (struct track){ .points = order->points,
					       .events = 1 };
		*e = (struct entry){ .key = key };
	}
	e->points = add_saturating(points, order->points);
	if (order->now_s > e->last_s)
		e->last_s = order->now_s;
	if (e->events < UINT16_MAX)
		e->events++;
	e->sid = order->sid;
	e->sign = order->sign;
	if (order->host)
		e->hosts |= 1ull
			    << (prefix_hash(order->host, ~t->seed) % HOST_BITS);
	return view(e);
}

bool tracker_read(const struct tracker *t, const struct prefix *p,
		  uint32_t now_s, uint32_t half_s, struct track *out)
{
	const struct entry *e = find(t, p);

	if (!e)
		return false;
	*out = view(e);
	out->points = points_now(e, now_s, half_s);
	return out->points > 0;
}

void tracker_clear(struct tracker *t, const struct prefix *p)
{
	struct entry *e = find(t, p);

	if (!e)
		return;
	*e = (struct entry){ 0 };
	t->count--;
}

size_t tracker_count(const struct tracker *t)
{
	return t->count;
}

uint64_t tracker_evicted(const struct tracker *t)
{
	return t->evicted;
}
