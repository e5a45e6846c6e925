/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_HEAP_H
#define POSTERN_DAEMON_HEAP_H

/*
 * heap: the earliest of many times, for items that are known by number.
 *
 * Where an item stands is kept by its owner, through the two callbacks.
 */
#include <stdint.h>

struct heap {
	uint32_t *items; /* not owned: room for all numbers */
	uint32_t count;
	uint64_t (*time_of)(const void *owner, uint32_t item);
	void (*moved)(void *owner, uint32_t item, uint32_t place);
	void *owner;
};

void heap_add(struct heap *h, uint32_t item);
/* Take the item at PLACE out. */
void heap_remove(struct heap *h, uint32_t place);
/* The item at PLACE has another time now. */
void heap_update(struct heap *h, uint32_t place);

#endif
