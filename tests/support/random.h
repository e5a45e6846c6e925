/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_RANDOM_H
#define POSTERN_TESTS_RANDOM_H

/*
 * random: numbers that are the same in every run, for property tests.
 */
#include <stdint.h>

#include "ctl/core/prefix.h"

struct random {
	unsigned short state[3]; /* as nrand48(3) keeps it */
};

uint64_t random_u64(struct random *r);
/* Evenly in 0 .. LIMIT - 1. */
uint32_t random_below(struct random *r, uint32_t limit);
/* Any prefix of either family. */
struct prefix random_prefix(struct random *r);

#endif
