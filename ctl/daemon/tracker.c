/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracker: sets of eight accounts, found by a seeded hash.  An account is known
 * by the hash of its prefix, not by the prefix: 64 bits do not meet by chance,
 * and an attacker does not know the seed.  The hashes of a set fill one line of
 * the processor's cache, so that a look-up costs two lines and not four; and one
 * byte of each stands in one word, so that all are compared at once.
 */
#include "ctl/daemon/tracker.h"

#include <stdlib.h>

#include "ctl/core/pages.h"

#define WAYS		   8u
#define ALL_USED	   0xffu
#define ENTRIES_PER_SOURCE 3u
/* All prefixes of one IPv6 /32 share this many sets. */
#define CORNER_SETS   256u
#define CORNER_LENGTH 32u

#define HOST_BITS     64u

/* Hosts are told apart within two spans of so many halving times. */
#define SPAN_HALVES 2u

struct account {
	uint64_t hosts; /* a bit per hash of a host, of this span */
	uint64_t hosts_before; /* of the span before */
	uint32_t points;
	uint32_t last_s;
	uint32_t sid;
	uint16_t events;
	uint8_t sign;
	bool yields;
};

/* The key of an account: its bits 8 to 15 are those of the set's number. */
struct set {
	uint64_t tags; /* bits 0 to 7, of the first way in the lowest byte */
	uint32_t middles[WAYS]; /* bits 16 to 47 */
	uint16_t tops[WAYS]; /* bits 48 to 63 */
	uint8_t used; /* a bit per way */
	uint8_t unused[7];
	struct account accounts[WAYS];
};
_Static_assert(sizeof(struct set) == 320, "the memory promised at start");

/* What all accounts need of a time and a halving time: divisions are slow, and
 * both change seldom. */
struct pace {
	uint32_t now_s;
	uint32_t half_s;
	uint32_t per_second; /* 2^32 / half_s */
	uint32_t span_s;
	uint32_t span_begin_s; /* of the span that now_s is in */
};

struct tracker {
	struct set *sets; /* owned, of pages_new() */
	size_t set_mask;
	uint64_t seed;
	struct pace pace;
	size_t count;
	uint64_t evicted;
};

/* A place in a set. */
struct place {
	struct set *set;
	unsigned int way; /* WAYS: none */
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
	t->sets = pages_new(sets * sizeof(*t->sets));
	if (!t->sets) {
		free(t);
		return NULL;
	}
	return t;
}

void tracker_free(struct tracker *t)
{
	if (!t)
		return;
	pages_free(t->sets, (t->set_mask + 1) * sizeof(*t->sets));
	free(t);
}

static uint64_t key_of(const struct tracker *t, const struct prefix *p,
		       uint8_t book)
{
	return prefix_hash(p, t->seed + book);
}

static struct set *set_of(const struct tracker *t, const struct prefix *p,
			  uint64_t key)
{
	size_t number = (size_t)(key >> 8);

	if (p->family == PREFIX_IP6 && p->length > CORNER_LENGTH) {
		struct prefix corner = prefix_truncate(p, CORNER_LENGTH);

		number = (size_t)prefix_hash(&corner, t->seed) &
			 ~(CORNER_SETS - 1);
		number |= (size_t)(key >> 8) & (CORNER_SETS - 1);
	}
	return &t->sets[number & t->set_mask];
}

struct tracker_spot tracker_spot(const struct tracker *t,
				 const struct prefix *p, uint8_t book)
{
	struct tracker_spot spot = { .key = key_of(t, p, book), .way = WAYS };

	spot.set = set_of(t, p, spot.key);
	__builtin_prefetch(spot.set, 1);
	return spot;
}

#define EACH_BYTE 0x0101010101010101ull

static bool is_key(const struct set *set, unsigned int way, uint64_t key)
{
	return set->used >> way & 1 &&
	       (uint8_t)(set->tags >> way * 8) == (uint8_t)key &&
	       set->middles[way] == (uint32_t)(key >> 16) &&
	       set->tops[way] == key >> 48;
}

static void put_key(struct set *set, unsigned int way, uint64_t key)
{
	set->tags &= ~(0xffull << way * 8);
	set->tags |= (key & 0xff) << way * 8;
	set->middles[way] = (uint32_t)(key >> 16);
	set->tops[way] = (uint16_t)(key >> 48);
	set->used |= (uint8_t)(1u << way);
}

static unsigned int way_of(const struct set *set, uint64_t key)
{
	uint64_t differ = set->tags ^ (key & 0xff) * EACH_BYTE;
	/* The highest bit of each byte that is zero; perhaps of others. */
	uint64_t same = (differ - EACH_BYTE) & ~differ & EACH_BYTE << 7;

	for (; same; same &= same - 1) {
		unsigned int way = (unsigned int)__builtin_ctzll(same) / 8;

		if (is_key(set, way, key))
			return way;
	}
	return WAYS;
}

static struct place find(const struct tracker_spot *spot)
{
	struct set *set = spot->set;

	if (spot->way < WAYS && is_key(set, spot->way, spot->key))
		return (struct place){ set, spot->way };
	return (struct place){ set, way_of(set, spot->key) };
}

void tracker_fetch(struct tracker_spot *spot)
{
	struct set *set = spot->set;

	spot->way = way_of(set, spot->key);
	if (spot->way < WAYS) {
		__builtin_prefetch(&set->accounts[spot->way], 1);
		return;
	}
	/* A new one takes the first free place; where there is none, all are
	 * looked at, two in a line. */
	if (set->used != ALL_USED) {
		unsigned int way =
			(unsigned int)__builtin_ctz(~(unsigned int)set->used);

		__builtin_prefetch(&set->accounts[way], 1);
		return;
	}
	for (unsigned int i = 0; i < WAYS; i += 2)
		__builtin_prefetch(&set->accounts[i], 1);
}

uint64_t tracker_host(const struct tracker *t, const struct prefix *host)
{
	return prefix_hash(host, ~t->seed);
}

static struct place look_up(const struct tracker *t, const struct prefix *p,
			    uint8_t book)
{
	struct tracker_spot spot = tracker_spot(t, p, book);

	return find(&spot);
}

/* 2^32 * 2^(-i/16), rounded. */
static const uint64_t sixteenths[16] = {
	4294967296ull, 4112874773ull, 3938502376ull, 3771522796ull,
	3611622603ull, 3458501653ull, 3311872529ull, 3171459999ull,
	3037000500ull, 2908241642ull, 2784941738ull, 2666869345ull,
	2553802834ull, 2445529972ull, 2341847524ull, 2242560872ull,
};

#define LN2_32 2977044472ull /* ln 2 * 2^32 */

/*
 * 2^(-F / 2^32), as 2^32ths: by the table, and for the rest, below a sixteenth,
 * by 1 - x + x^2/2.  Whole numbers only, so that every machine comes to the
 * same points; never more than a hundred-thousandth above the truth.
 */
static uint64_t power(uint32_t f)
{
	uint64_t x = (f & 0x0fffffffu) * LN2_32 >> 32;
	uint64_t rest = (1ull << 32) - x + (x * x >> 33);

	return (sixteenths[f >> 28] >> 1) * (rest >> 1) >> 30;
}

static struct pace pace_of(uint32_t now_s, uint32_t half_s)
{
	struct pace pace = { .now_s = now_s, .half_s = half_s };

	pace.span_s = half_s < UINT32_MAX / SPAN_HALVES ? half_s * SPAN_HALVES
							: UINT32_MAX;
	if (half_s == 0)
		return pace;
	pace.per_second = UINT32_MAX / half_s;
	pace.span_begin_s = now_s - now_s % pace.span_s;
	return pace;
}

/* POINTS after SINCE_S seconds: halved every half_s, rounded down. */
static uint32_t decayed(uint32_t points, uint32_t since_s,
			const struct pace *pace)
{
	uint32_t part;

	if (since_s == 0)
		return points;
	if (since_s >= pace->half_s) {
		if (pace->half_s == 0 || since_s / pace->half_s >= 32)
			return 0;
		points >>= since_s / pace->half_s;
		since_s %= pace->half_s;
	}
	part = since_s * pace->per_second;
	return part ? (uint32_t)(points * power(part) >> 32) : points;
}

static uint32_t points_now(const struct account *a, const struct pace *pace)
{
	uint32_t since_s = pace->now_s > a->last_s ? pace->now_s - a->last_s
						   : 0;

	return decayed(a->points, since_s, pace);
}

/* A free way of the set, or that of the account with the least points, where
 * those who yield have none; WAYS: that would be the new one itself. */
static unsigned int make_room(struct tracker *t, struct set *set,
			      const struct charge_order *order)
{
	uint32_t least_points = order->yields ? 0 : order->points;
	unsigned int least = WAYS;

	if (set->used != ALL_USED) {
		t->count++;
		return (unsigned int)__builtin_ctz(~(unsigned int)set->used);
	}
	for (unsigned int i = 0; i < WAYS; i++) {
		const struct account *a = &set->accounts[i];
		uint32_t points = a->yields ? 0 : points_now(a, &t->pace);

		if (points <= least_points) {
			least_points = points;
			least = i;
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

static struct track view(const struct account *a, bool has_hosts)
{
	return (struct track){
		.points = a->points,
		.hosts = has_hosts ? hosts_of(a->hosts | a->hosts_before) : 0,
		.events = a->events,
		.last_s = a->last_s,
		.sid = a->sid,
		.sign = a->sign,
	};
}

/* Hosts of spans that are over are forgotten. */
static void turn_span(struct account *a, const struct pace *pace)
{
	if (a->last_s >= pace->span_begin_s)
		return;
	a->hosts_before =
		pace->span_begin_s - a->last_s <= pace->span_s ? a->hosts : 0;
	a->hosts = 0;
}

static void write_down(struct account *a, const struct charge_order *order,
		       const struct pace *pace)
{
	uint32_t before = points_now(a, pace);

	/* What is forgotten is forgotten with its hosts. */
	if (before == 0)
		*a = (struct account){ .last_s = a->last_s };
	turn_span(a, pace);
	a->points = add_saturating(before, order->points);
	if (order->now_s > a->last_s)
		a->last_s = order->now_s;
	if (a->events < UINT16_MAX)
		a->events++;
	a->sid = order->sid;
	a->sign = order->sign;
	a->yields = order->yields;
	if (order->has_host && before >= order->host_from)
		a->hosts |= 1ull << order->host % HOST_BITS;
}

struct track tracker_charge(struct tracker *t, const struct tracker_spot *spot,
			    const struct charge_order *order)
{
	struct place place = find(spot);
	struct account *account;

	if (t->pace.now_s != order->now_s || t->pace.half_s != order->half_s)
		t->pace = pace_of(order->now_s, order->half_s);
	if (place.way == WAYS) {
		place.way = make_room(t, place.set, order);
		if (place.way == WAYS)
			return (struct track){ .points = order->points,
					       .events = 1 };
		put_key(place.set, place.way, spot->key);
		place.set->accounts[place.way] = (struct account){ 0 };
	}
	account = &place.set->accounts[place.way];
	write_down(account, order, &t->pace);
	return view(account, account->points >= order->hosts_from);
}

bool tracker_read(const struct tracker *t, const struct prefix *p, uint8_t book,
		  uint32_t now_s, uint32_t half_s, struct track *out)
{
	struct place place = look_up(t, p, book);
	struct pace pace = pace_of(now_s, half_s);
	struct account now;

	if (place.way == WAYS)
		return false;
	now = place.set->accounts[place.way];
	turn_span(&now, &pace);
	*out = view(&now, true);
	out->points = points_now(&now, &pace);
	return out->points > 0;
}

void tracker_clear(struct tracker *t, const struct prefix *p)
{
	for (uint8_t book = 0; book < TRACKER_BOOKS; book++) {
		struct place place = look_up(t, p, book);

		if (place.way == WAYS)
			continue;
		place.set->used &= (uint8_t) ~(1u << place.way);
		t->count--;
	}
}

size_t tracker_count(const struct tracker *t)
{
	return t->count;
}

size_t tracker_bytes(const struct tracker *t)
{
	return sizeof(*t) + (t->set_mask + 1) * sizeof(*t->sets);
}

uint64_t tracker_evicted(const struct tracker *t)
{
	return t->evicted;
}
