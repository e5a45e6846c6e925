/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heap: a binary heap in an array.
 */
#include "ctl/daemon/heap.h"

#include <stdbool.h>

static bool is_before(const struct heap *h, uint32_t a, uint32_t b)
{
	return h->time_of(h->owner, h->items[a]) <
	       h->time_of(h->owner, h->items[b]);
}

static void set(struct heap *h, uint32_t place, uint32_t item)
{
	h->items[place] = item;
	h->moved(h->owner, item, place);
}

static void swap(struct heap *h, uint32_t a, uint32_t b)
{
	uint32_t item = h->items[a];

	set(h, a, h->items[b]);
	set(h, b, item);
}

static uint32_t sift_up(struct heap *h, uint32_t place)
{
	while (place > 0 && is_before(h, place, (place - 1) / 2)) {
		swap(h, place, (place - 1) / 2);
		place = (place - 1) / 2;
	}
	return place;
}

static void sift_down(struct heap *h, uint32_t place)
{
	for (;;) {
		uint32_t least = place;

		for (uint32_t child = 2 * place + 1; child <= 2 * place + 2;
		     child++) {
			if (child < h->count && is_before(h, child, least))
				least = child;
		}
		if (least == place)
			return;
		swap(h, place, least);
		place = least;
	}
}

void heap_add(struct heap *h, uint32_t item)
{
	set(h, h->count++, item);
	sift_up(h, h->count - 1);
}

void heap_remove(struct heap *h, uint32_t place)
{
	uint32_t last = --h->count;

	if (place == last)
		return;
	set(h, place, h->items[last]);
	heap_update(h, place);
}

void heap_update(struct heap *h, uint32_t place)
{
	sift_down(h, sift_up(h, place));
}
