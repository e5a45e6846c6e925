/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reasons: a chained hash over a fixed array, with counts of use.
 */
#include "ctl/daemon/reasons.h"

#include <stdlib.h>
#include <string.h>

struct reason {
	char *text;
	uint32_t uses;
	uint32_t next; /* in its bucket, or in the list of the free */
};

struct reasons {
	struct reason *items; /* number 0 is the word for too many */
	uint32_t *buckets;
	uint32_t count;
	uint32_t used; /* items that were ever in use */
	uint32_t free; /* the first of those that are free again; 0: none */
	uint32_t last; /* taken: the next one is often the same; may be gone */
};

#define TOO_MANY 0u

struct reasons *reasons_new(uint32_t count)
{
	struct reasons *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->count = count + 1;
	r->used = 1;
	r->items = calloc(r->count, sizeof(*r->items));
	r->buckets = calloc(r->count, sizeof(*r->buckets));
	if (!r->items || !r->buckets) {
		reasons_free(r);
		return NULL;
	}
	return r;
}

void reasons_free(struct reasons *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; r->items && i < r->used; i++)
		free(r->items[i].text);
	free(r->items);
	free(r->buckets);
	free(r);
}

/* FNV-1a.  An attacker who could choose texts that collide would slow down a
 * list of at most COUNT; the texts are the rules' messages, not his. */
static uint32_t bucket_of(const struct reasons *r, const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash % r->count;
}

static uint32_t find(const struct reasons *r, uint32_t bucket, const char *text)
{
	uint32_t number = r->buckets[bucket];

	while (number && strcmp(r->items[number].text, text) != 0)
		number = r->items[number].next;
	return number;
}

static uint32_t find_room(struct reasons *r)
{
	uint32_t number = r->free;

	if (number)
		r->free = r->items[number].next;
	else if (r->used < r->count)
		number = r->used++;
	return number;
}

uint32_t reasons_take(struct reasons *r, const char *text)
{
	const char *last = r->items[r->last].text;
	uint32_t bucket, number;

	if (last && strcmp(last, text) == 0) {
		r->items[r->last].uses++;
		return r->last;
	}
	bucket = bucket_of(r, text);
	number = find(r, bucket, text);
	if (number) {
		r->items[number].uses++;
		r->last = number;
		return number;
	}
	number = find_room(r);
	if (number == TOO_MANY)
		return TOO_MANY;
	r->items[number].text = strdup(text);
	if (!r->items[number].text) {
		r->items[number].next = r->free;
		r->free = number;
		return TOO_MANY;
	}
	r->items[number].uses = 1;
	r->items[number].next = r->buckets[bucket];
	r->buckets[bucket] = number;
	r->last = number;
	return number;
}

void reasons_drop(struct reasons *r, uint32_t number)
{
	struct reason *reason = &r->items[number];
	uint32_t *link;

	if (number == TOO_MANY || --reason->uses > 0)
		return;
	link = &r->buckets[bucket_of(r, reason->text)];
	while (*link != number)
		link = &r->items[*link].next;
	*link = reason->next;
	free(reason->text);
	reason->text = NULL;
	reason->next = r->free;
	r->free = number;
}

const char *reasons_text(const struct reasons *r, uint32_t number)
{
	return number == TOO_MANY ? "see the records" : r->items[number].text;
}
