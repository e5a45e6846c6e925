/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_TABLEWORLD_H
#define POSTERN_TESTS_TABLEWORLD_H

/*
 * tableworld: a table of the sample configuration in the kernel, in a network
 * namespace and a state folder of its own.  What cannot be done ends the test.
 */
#include <stdbool.h>
#include <stdint.h>

#include "nft/table.h"

#define HOUR_MS 3600000u

struct tableworld {
	struct config *config;
	struct table *table;
	uint64_t seq; /* of the last order */
};

/* For cmocka: STATE is a struct tableworld. */
int tableworld_begin(void **state);
int tableworld_end(void **state);

void tableworld_open(struct tableworld *world);
void tableworld_reopen(struct tableworld *world);

/* Run a command; its exit status. */
__attribute__((format(printf, 1, 2))) int tableworld_run(const char *format,
							 ...);
/* Does `nft list WHAT` say TEXT? */
bool tableworld_lists(const char *what, const char *text);

struct order tableworld_order(struct tableworld *world, enum order_kind kind,
			      const char *prefix, uint64_t left_ms);
void tableworld_ban(struct tableworld *world, const char *prefix,
		    uint64_t left_ms);
/* The term left of the ban of ADDRESS in the kernel, of the longest rung that
 * has one; -1: not banned. */
int64_t tableworld_left(struct tableworld *world, const char *address);
/* A rebuild, with a ban of PREFIX alone. */
void tableworld_rebuild(struct tableworld *world, const char *prefix);

#endif
