/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ladder: which prefix lengths the kernel knows.  Pure arithmetic; the sets
 * themselves are nft's.
 */
#include "ctl/core/ladder.h"

#include <assert.h>
#include <errno.h>

static const uint8_t rungs4[LADDER_RUNGS] = { 32, 24, 20, 16 };
static const uint8_t rungs6[LADDER_RUNGS] = { 128, 64, 56, 48 };

/* 256 blocks are eight more bits. */
#define COVER_BITS 8

static const uint8_t *rungs_of(uint8_t family)
{
	return family == PREFIX_IP4 ? rungs4 : rungs6;
}

unsigned int ladder_length(uint8_t family, unsigned int rung)
{
	assert(rung < LADDER_RUNGS);
	return rungs_of(family)[rung];
}

int ladder_rung(const struct prefix *p)
{
	const uint8_t *rungs = rungs_of(p->family);

	for (unsigned int i = 0; i < LADDER_RUNGS; i++) {
		if (rungs[i] == p->length)
			return (int)i;
	}
	return -1;
}

/* The length of the blocks that cover a prefix of LENGTH bits. */
static unsigned int block_length(uint8_t family, unsigned int length)
{
	const uint8_t *rungs = rungs_of(family);
	unsigned int found = rungs[0];

	for (unsigned int i = 0; i < LADDER_RUNGS && rungs[i] >= length; i++)
		found = rungs[i];
	return found;
}

static bool has_cover(uint8_t family, unsigned int length)
{
	return block_length(family, length) - length <= COVER_BITS;
}

int ladder_cover(struct ladder_cover *out, const struct prefix *p)
{
	unsigned int length = block_length(p->family, p->length);

	if (!has_cover(p->family, p->length))
		return -E2BIG;
	out->first = prefix_part(p, length, 0);
	out->count = 1u << (length - p->length);
	return 0;
}

struct prefix ladder_block(const struct ladder_cover *cover, uint32_t number)
{
	unsigned int bits = 0;

	assert(number < cover->count);
	while (1u << bits < cover->count)
		bits++;

	struct prefix whole = cover->first;

	whole.length = (uint8_t)(whole.length - bits);
	return prefix_part(&whole, cover->first.length, number);
}

void ladder_nearest(const struct prefix *p, int *wider, int *narrower)
{
	int length;

	for (length = p->length; length >= 0; length--) {
		if (has_cover(p->family, (unsigned int)length))
			break;
	}
	*wider = length;
	for (length = p->length; !has_cover(p->family, (unsigned int)length);)
		length++;
	*narrower = length;
}

unsigned int ladder_shortest_owner(const struct prefix *block)
{
	const uint8_t *rungs = rungs_of(block->family);
	unsigned int shortest = 0;

	for (unsigned int i = 0; i < LADDER_RUNGS; i++) {
		if (rungs[i] < block->length) {
			shortest = rungs[i] + 1u;
			break;
		}
	}
	if (block->length - shortest > COVER_BITS)
		shortest = block->length - (unsigned int)COVER_BITS;
	return shortest;
}
