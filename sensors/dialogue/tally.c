/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensors/dialogue/tally.h"

#include <errno.h>
#include <stdlib.h>

#define WAYS	 8u
#define MINUTE_S 60u

static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdu;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53u;
	return x ^ x >> 33;
}

int tally_init(struct tally *t, size_t size, uint64_t seed, uint32_t memory_s)
{
	size_t sets = 1;

	while (sets * WAYS < size)
		sets *= 2;
	*t = (struct tally){
		.sets = sets,
		.seed = seed,
		.memory_s = memory_s ? memory_s : 1,
	};
	t->entries = calloc(sets * WAYS, sizeof(*t->entries));
	return t->entries ? 0 : -ENOMEM;
}

void tally_fini(struct tally *t)
{
	free(t->entries);
	t->entries = NULL;
}

uint64_t tally_key(const struct tally *t, uint64_t a, uint64_t b,
		   unsigned int kind)
{
	uint64_t key = mix(a ^ t->seed);

	key = mix(key ^ b);
	key = mix(key + kind);
	return key ? key : 1;
}

uint64_t tally_key_prefix(const struct tally *t, const struct prefix *p,
			  unsigned int kind)
{
	return tally_key(t, prefix_hash(p, t->seed), p->family, kind);
}

static void fade(const struct tally *t, struct tally_entry *e, uint32_t now_s)
{
	/* A clock that goes back fades nothing. */
	if (now_s < e->since_s) {
		e->since_s = now_s;
		return;
	}
	if (now_s - e->since_s < t->memory_s)
		return;
	for (size_t i = 0; i < TALLY_COUNTS; i++) {
		e->counts[i] /= 2;
		if (now_s - e->since_s >= 2 * (uint64_t)t->memory_s)
			e->counts[i] = 0;
	}
	e->source_count = 0;
	e->told = 0;
	e->since_s = now_s;
}

struct tally_entry *tally_entry(struct tally *t, uint64_t key, uint32_t now_s)
{
	struct tally_entry *set = t->entries + (key & (t->sets - 1)) * WAYS;
	struct tally_entry *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key) {
			fade(t, &set[i], now_s);
			set[i].last_s = now_s;
			return &set[i];
		}
		if (set[i].key == 0 ||
		    (oldest->key != 0 && set[i].last_s < oldest->last_s))
			oldest = &set[i];
	}
	if (oldest->key != 0 && now_s - oldest->last_s < t->memory_s)
		t->forgotten++;
	*oldest = (struct tally_entry){
		.key = key,
		.since_s = now_s,
		.last_s = now_s,
		.minute_s = now_s,
	};
	return oldest;
}

uint16_t tally_add(struct tally_entry *e, enum tally_count count)
{
	if (e->counts[count] < UINT16_MAX)
		e->counts[count]++;
	return e->counts[count];
}

uint32_t tally_rate(struct tally_entry *e, enum tally_rate rate, uint32_t n,
		    uint32_t now_s)
{
	if (now_s < e->minute_s || now_s - e->minute_s >= MINUTE_S) {
		for (size_t i = 0; i < TALLY_RATES; i++)
			e->rates[i] = 0;
		e->minute_s = now_s;
	}
	e->rates[rate] = n > UINT32_MAX - e->rates[rate] ? UINT32_MAX
							 : e->rates[rate] + n;
	return e->rates[rate];
}

unsigned int tally_source(struct tally_entry *e, uint32_t hash)
{
	for (unsigned int i = 0; i < e->source_count; i++) {
		if (e->sources[i] == hash)
			return e->source_count;
	}
	if (e->source_count < TALLY_SOURCES)
		e->sources[e->source_count++] = hash;
	return e->source_count;
}
