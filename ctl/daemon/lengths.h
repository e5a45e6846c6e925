/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_LENGTHS_H
#define POSTERN_DAEMON_LENGTHS_H

/*
 * lengths: the prefix lengths that occur in a set of prefixes.
 *
 * Whoever looks for what contains an address has to look once for each length:
 * this tells the few that are worth it.  Starts as zeros.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

#define LENGTHS_MAX 129u /* 0 to 128 */

struct lengths_list {
	uint8_t items[LENGTHS_MAX]; /* that occur, the shortest first */
	uint8_t count;
	uint32_t prefixes[LENGTHS_MAX]; /* how many, by length */
};

struct lengths {
	struct lengths_list families[2];
	uint32_t shape; /* another one whenever a list is another one */
};

void lengths_add(struct lengths *lengths, const struct prefix *p);
/* P was added. */
void lengths_remove(struct lengths *lengths, const struct prefix *p);

static inline const struct lengths_list *
lengths_of(const struct lengths *lengths, uint8_t family)
{
	return &lengths->families[family == PREFIX_IP6];
}

static inline bool lengths_has(const struct lengths *lengths, uint8_t family,
			       unsigned int length)
{
	return lengths_of(lengths, family)->prefixes[length] > 0;
}

#endif
