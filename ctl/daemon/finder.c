/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finder: linear probing, at most half full.
 */
#include "ctl/daemon/finder.h"

#include <errno.h>

#include "ctl/core/pages.h"

int finder_init(struct finder *f, uint32_t capacity)
{
	uint32_t slots = 2;

	f->number_mask = 1;
	while (slots < 2 * capacity)
		slots *= 2;
	while (f->number_mask < capacity)
		f->number_mask = f->number_mask * 2 + 1;
	f->mask = slots - 1;
	f->slots = pages_new(slots * sizeof(*f->slots));
	return f->slots ? 0 : -ENOMEM;
}

void finder_fini(struct finder *f)
{
	pages_free(f->slots, ((size_t)f->mask + 1) * sizeof(*f->slots));
	f->slots = NULL;
}

void finder_expect(const struct finder *f, uint64_t hash)
{
	__builtin_prefetch(&f->slots[(uint32_t)hash & f->mask], 1);
}

/* The bits of HASH that a slot holds beside its number: not those that tell
 * where it is. */
static uint32_t tag_of(const struct finder *f, uint64_t hash)
{
	return (uint32_t)(hash >> 32) & ~f->number_mask;
}

bool finder_next(const struct finder *f, uint64_t hash, uint32_t *at,
		 uint32_t *number)
{
	uint32_t tag = tag_of(f, hash);

	for (;;) {
		uint32_t slot = f->slots[((uint32_t)hash + *at) & f->mask];

		if (slot == 0)
			return false;
		++*at;
		if ((slot & ~f->number_mask) != tag)
			continue;
		*number = (slot & f->number_mask) - 1;
		return true;
	}
}

void finder_add(struct finder *f, uint64_t hash, uint32_t number)
{
	uint32_t slot = (uint32_t)hash & f->mask;

	while (f->slots[slot])
		slot = (slot + 1) & f->mask;
	f->slots[slot] = tag_of(f, hash) | (number + 1);
}

/* Close the hole at SLOT: move up what would not be found behind it. */
static void close_hole(struct finder *f, uint32_t hole)
{
	uint32_t slot = hole;

	for (;;) {
		uint32_t home, number;

		slot = (slot + 1) & f->mask;
		if (!f->slots[slot])
			break;
		number = (f->slots[slot] & f->number_mask) - 1;
		home = (uint32_t)f->hash_of(f->owner, number) & f->mask;
		if (((slot - home) & f->mask) >= ((slot - hole) & f->mask)) {
			f->slots[hole] = f->slots[slot];
			hole = slot;
		}
	}
	f->slots[hole] = 0;
}

void finder_remove(struct finder *f, uint64_t hash, uint32_t number)
{
	uint32_t slot = (uint32_t)hash & f->mask;

	while ((f->slots[slot] & f->number_mask) != number + 1)
		slot = (slot + 1) & f->mask;
	close_hole(f, slot);
}
