/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/random.h"

#include <stdlib.h>
#include <string.h>

uint64_t random_u64(struct random *r)
{
	uint64_t high = (uint32_t)jrand48(r->state);

	return high << 32 | (uint32_t)jrand48(r->state);
}

uint32_t random_below(struct random *r, uint32_t limit)
{
	return (uint32_t)((uint64_t)(uint32_t)jrand48(r->state) * limit >> 32);
}

struct prefix random_prefix(struct random *r)
{
	uint8_t family = random_below(r, 2) ? PREFIX_IP4 : PREFIX_IP6;
	uint64_t bytes[2] = { random_u64(r), random_u64(r) };
	struct prefix p = { 0 };
	uint8_t addr[16];

	memcpy(addr, bytes, sizeof(addr));
	if (prefix_make(&p, family, addr,
			random_below(r, prefix_bits(family) + 1)))
		abort();
	return p;
}
