/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_ANSWERS_H
#define POSTERN_NFT_ANSWERS_H

/*
 * answers: questions of postern-ctl that change nothing.  Each answer bears the
 * question's tag; a list ends with an empty row.
 */
#include "ctl/core/msg.h"

struct table;
struct wire;

struct answers {
	struct table *table;
	struct wire *ctl;
	const struct config *config;
};

/* In which sets of bans is the address?  MSG_FOUND. */
void answers_find(const struct answers *a, const struct lookup *lookup);

/* What the named counters say: MSG_COUNTER. */
void answers_count(const struct answers *a, const struct lookup *lookup);

/* What of the kernel is as it should be: MSG_PROBE.  Where the ruleset could
 * not be kept for the next boot, that is tried once more. */
void answers_examine(const struct answers *a, const struct lookup *lookup);

#endif
