/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * halfopen: a cache of sets, as processors have them, of which a key has two to
 * be in.  A key is known by its hash alone: of 64 bits under a secret key, which
 * nobody can collide on purpose, nor by chance with a million others.
 */
#include "sensors/halfopen.h"

#include <stdlib.h>

#define WAYS 8u

/* A set is half full when the table holds what it was made for, so that none
 * overflows before. */
#define SLACK 2u

struct halfopens {
	struct halfopen_stats stats;
	uint32_t mask; /* of sets */
	struct halfopen *items;
};

struct halfopens *halfopens_new(uint32_t count)
{
	struct halfopens *h = calloc(1, sizeof(*h));
	uint32_t sets = 1;

	if (!h)
		return NULL;
	while (sets < (1u << 28) && sets * WAYS < (uint64_t)count * SLACK)
		sets *= 2;
	h->mask = sets - 1;
	h->items = calloc((size_t)sets * WAYS, sizeof(*h->items));
	if (!h->items) {
		free(h);
		return NULL;
	}
	return h;
}

void halfopens_free(struct halfopens *h)
{
	if (!h)
		return;
	free(h->items);
	free(h);
}

const struct halfopen_stats *halfopens_stats(const struct halfopens *h)
{
	return &h->stats;
}

/* The two sets that a key may be in, by the halves of its hash. */
static struct halfopen *set_of(struct halfopens *h, uint64_t hash,
			       unsigned int choice)
{
	uint64_t set = choice ? hash >> 32 : hash;

	return &h->items[(size_t)(set & h->mask) * WAYS];
}

struct halfopen *halfopens_find(struct halfopens *h, uint64_t hash)
{
	for (unsigned int choice = 0; choice < 2; choice++) {
		struct halfopen *set = set_of(h, hash, choice);

		for (uint32_t i = 0; i < WAYS; i++) {
			if (set[i].hash == hash)
				return &set[i];
		}
	}
	return NULL;
}

/* A place in a set: a free one, or that of the oldest.  *FREE: how many. */
static struct halfopen *find_room(struct halfopen *set, uint32_t now_ms,
				  unsigned int *free)
{
	struct halfopen *best = set;

	*free = 0;
	for (uint32_t i = 0; i < WAYS; i++) {
		struct halfopen *item = &set[i];

		*free += item->hash == 0;
		if (best->hash &&
		    (!item->hash ||
		     now_ms - item->seen_ms > now_ms - best->seen_ms))
			best = item;
	}
	return best;
}

/* The emptier one of two sets takes it: so all stay nearly alike. */
struct halfopen *halfopens_take(struct halfopens *h, uint64_t hash,
				uint64_t time_ns)
{
	uint32_t now_ms = (uint32_t)(time_ns / 1000000);
	struct halfopen *best = halfopens_find(h, hash), *other;
	unsigned int free, other_free;

	if (best)
		return best;
	best = find_room(set_of(h, hash, 0), now_ms, &free);
	other = find_room(set_of(h, hash, 1), now_ms, &other_free);
	if (other_free > free ||
	    (other_free == 0 && free == 0 &&
	     now_ms - other->seen_ms > now_ms - best->seen_ms))
		best = other;
	if (best->hash)
		h->stats.displaced++;
	h->stats.syns++;
	*best = (struct halfopen){ .hash = hash, .seen_ms = now_ms };
	return best;
}
