/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_COMPARE_H
#define POSTERN_CLI_COMPARE_H

/*
 * compare: what two policies did, prefix by prefix.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ctl/core/act.h"

/* What became of one prefix. */
struct outcome {
	struct prefix prefix;
	uint8_t kind; /* ACT_BAN, else ACT_WOULD_BAN, else ACT_REFUSED */
	uint64_t first_ns;
	uint64_t count;
	uint64_t total_s; /* of the terms */
	char reason[ACT_REASON_SIZE]; /* of the first */
};

struct compare_side {
	struct outcome *items; /* owned; sorted by compare_print() alone */
	size_t count;
	size_t room;
	uint32_t *index; /* by hash: place plus one; owned */
	size_t slots;
};

/* Take ACT over.  -ENOMEM. */
__attribute__((warn_unused_result)) int compare_take(struct compare_side *side,
						     const struct act *act);
void compare_fini(struct compare_side *side);

/* Prefixes of KIND; addresses that were banned (a /64 of IPv6 is one). */
size_t compare_count(const struct compare_side *side, enum act_kind kind);
uint64_t compare_space(const struct compare_side *side);

/* Say how NEXT differs from BEFORE. */
void compare_print(struct compare_side *before, struct compare_side *next,
		   bool json);

#endif
