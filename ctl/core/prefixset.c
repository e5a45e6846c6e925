/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prefixset: after sealing, the members are sorted and disjoint.  A member
 * that overlaps P then stands right before P's place in the order, where it
 * contains P, or right at it, where P contains it.
 */
#include "ctl/core/prefixset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void prefixset_init(struct prefixset *set)
{
	*set = (struct prefixset){ 0 };
}

void prefixset_fini(struct prefixset *set)
{
	free(set->items);
	prefixset_init(set);
}

int prefixset_add(struct prefixset *set, const struct prefix *p)
{
	if (set->count == set->room) {
		size_t room = set->room ? set->room * 2 : 8;
		struct prefix *items;

		items = reallocarray(set->items, room, sizeof(*items));
		if (!items)
			return -ENOMEM;
		set->items = items;
		set->room = room;
	}
	set->items[set->count++] = *p;
	return 0;
}

int prefixset_copy(struct prefixset *out, const struct prefixset *from)
{
	struct prefixset copy = { .count = from->count, .room = from->count };

	copy.items = calloc(copy.room + 1, sizeof(*copy.items));
	if (!copy.items)
		return -ENOMEM;
	if (copy.count)
		memcpy(copy.items, from->items,
		       copy.count * sizeof(*copy.items));
	*out = copy;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

void prefixset_seal(struct prefixset *set)
{
	size_t kept = 0;

	if (set->count == 0)
		return;
	qsort(set->items, set->count, sizeof(*set->items), compare);
	for (size_t i = 1; i < set->count; i++) {
		if (!prefix_contains(&set->items[kept], &set->items[i]))
			set->items[++kept] = set->items[i];
	}
	set->count = kept + 1;
}

const struct prefix *prefixset_overlap(const struct prefixset *set,
				       const struct prefix *p)
{
	size_t low = 0;
	size_t high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_compare(&set->items[middle], p) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < set->count && prefix_overlaps(&set->items[low], p))
		return &set->items[low];
	if (low > 0 && prefix_overlaps(&set->items[low - 1], p))
		return &set->items[low - 1];
	return NULL;
}

static bool begins_at(const struct prefix *p, const struct prefix *where)
{
	return memcmp(p->addr, where->addr, sizeof(p->addr)) == 0;
}

/* Members within P cover it where one begins right behind the other. */
bool prefixset_covers(const struct prefixset *set, const struct prefix *p)
{
	const struct prefix *found = prefixset_overlap(set, p);
	const struct prefix *end = set->items + set->count;
	struct prefix next;

	if (!found || prefix_contains(found, p))
		return found != NULL;
	for (next = *p; found < end && begins_at(found, &next); found++) {
		next = *found;
		if (!prefix_next(&next) || !prefix_contains(p, &next))
			return true;
	}
	return false;
}
