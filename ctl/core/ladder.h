/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_LADDER_H
#define POSTERN_CORE_LADDER_H

/*
 * ladder: the prefix lengths that the kernel has a hash set for, and how any
 * other prefix is covered by them exactly.
 *
 * A packet is looked up once per rung, with a mask.  A prefix between two
 * rungs becomes the blocks of the next longer rung that it consists of: a
 * /22 is four /24.  Nothing wider and nothing narrower is ever meant.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

/* Rungs per family, from the longest (0) to the widest. */
#define LADDER_RUNGS 4u
/* The most blocks that one prefix may become. */
#define LADDER_COVER_MAX 256u

/* The length in bits of RUNG (below LADDER_RUNGS) of FAMILY. */
unsigned int ladder_length(uint8_t family, unsigned int rung);

/* The rung whose length is exactly P's, or -1. */
int ladder_rung(const struct prefix *p);

struct ladder_cover {
	struct prefix first; /* the first block; the others follow it */
	uint32_t count; /* 1..LADDER_COVER_MAX */
};

/*
 * The blocks that make up P.  -E2BIG: there would be more than
 * LADDER_COVER_MAX of them; ladder_nearest() knows what works instead.
 */
int ladder_cover(struct ladder_cover *out, const struct prefix *p);

/* Block NUMBER (below COUNT) of COVER. */
struct prefix ladder_block(const struct ladder_cover *cover, uint32_t number);

/*
 * For a P that ladder_cover() refuses: the lengths around P's that have a
 * cover.  WIDER is -1 where every wider prefix is refused too.
 */
void ladder_nearest(const struct prefix *p, int *wider, int *narrower);

/*
 * The shortest prefix length whose cover consists of blocks of BLOCK's
 * length: bans of that length up to BLOCK's own can own the block.
 */
unsigned int ladder_shortest_owner(const struct prefix *block);

#endif
