/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checkpoint: counts.  Knows no file and no bytes.
 */
#include "ctl/records/checkpoint.h"

void checkpoint_act(struct checkpoint *c, enum act_kind kind, bool is_first,
		    uint64_t count)
{
	if (is_first)
		*c = (struct checkpoint){
			.phase = kind == ACT_CHECKPOINT ? CHECKPOINT_OPEN
							: CHECKPOINT_NONE,
		};
	else if (c->phase != CHECKPOINT_OPEN)
		return;
	else if (kind == ACT_CHECKPOINT)
		c->phase = CHECKPOINT_BROKEN;
	else if (kind == ACT_CHECKPOINTED)
		c->phase = count == c->bans ? CHECKPOINT_WHOLE
					    : CHECKPOINT_BROKEN;
}

void checkpoint_bans(struct checkpoint *c, uint64_t count)
{
	if (c->phase == CHECKPOINT_OPEN)
		c->bans += count;
}

bool checkpoint_is_open(const struct checkpoint *c)
{
	return c->phase == CHECKPOINT_OPEN;
}
