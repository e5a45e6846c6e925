/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * halfopen: a cache of sets, as processors have them.  A key is known by its
 * hash alone: of 64 bits under a secret key, which nobody can collide on
 * purpose, nor by chance with a million others.
 */
#include "sensors/halfopen.h"

#include <stdlib.h>

#define WAYS 8u

/* A set is half full when the table holds what it was made for, so that hardly
 * any set overflows before. */
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

static struct halfopen *set_of(struct halfopens *h, uint64_t hash)
{
	return &h->items[(size_t)(hash & h->mask) * WAYS];
}

struct halfopen *halfopens_find(struct halfopens *h, uint64_t hash)
{
	struct halfopen *set = set_of(h, hash);

	for (uint32_t i = 0; i < WAYS; i++) {
		if (set[i].hash == hash)
			return &set[i];
	}
	return NULL;
}

struct halfopen *halfopens_take(struct halfopens *h, uint64_t hash,
				uint64_t time_ns)
{
	uint32_t now_ms = (uint32_t)(time_ns / 1000000);
	struct halfopen *set = set_of(h, hash), *best = NULL;

	for (uint32_t i = 0; i < WAYS; i++) {
		struct halfopen *item = &set[i];

		if (item->hash == hash)
			return item;
		if (!best || (best->hash &&
			      (!item->hash || now_ms - item->seen_ms >
						      now_ms - best->seen_ms)))
			best = item;
	}
	if (best->hash)
		h->stats.displaced++;
	h->stats.syns++;
	*best = (struct halfopen){ .hash = hash, .seen_ms = now_ms };
	return best;
}
