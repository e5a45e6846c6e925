/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_CHECKPOINT_H
#define POSTERN_RECORDS_CHECKPOINT_H

/*
 * checkpoint: is the state that a segment begins with all there?
 *
 * It is when ACT_CHECKPOINT is the segment's first record, and a later
 * ACT_CHECKPOINTED counts exactly the bans in between.  Other acts may stand
 * among them.  A second ACT_CHECKPOINT is none: its own segment is missing.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/act.h"

enum checkpoint_phase {
	CHECKPOINT_NONE, /* the segment begins with something else */
	CHECKPOINT_OPEN,
	CHECKPOINT_WHOLE,
	CHECKPOINT_BROKEN, /* it will never be whole */
};

struct checkpoint {
	enum checkpoint_phase phase;
	uint64_t bans;
};

/* An act of KIND; IS_FIRST of its segment.  COUNT is ACT_CHECKPOINTED's. */
void checkpoint_act(struct checkpoint *c, enum act_kind kind, bool is_first,
		    uint64_t count);
/* So many bans. */
void checkpoint_bans(struct checkpoint *c, uint64_t count);

/* What comes now belongs to the state that the segment begins with. */
bool checkpoint_is_open(const struct checkpoint *c);

#endif
