/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_FAREWELL_H
#define POSTERN_FEEDS_FAREWELL_H

/*
 * farewell: when an old part of a log is let go.
 *
 * An IDS writes to the old file until it is told of the rotation, and may
 * never be told.  So the old file is over when the new one is in use, and
 * nobody wrote to the old one for a while: a short one after a writer closed
 * it, a long one otherwise.
 */
#include "feeds/logs.h"

/* Nobody will write to F any more, by all that can be known. */
bool farewell_is_due(const struct logs *logs, const struct file *f,
		     uint64_t now_ns);

/* When to ask again though nothing happened, monotonic; 0: never. */
uint64_t farewell_deadline(const struct logs *logs);

/* There are too many files: let the first one go that may be over, whatever
 * is left of its time, but not KEEP. */
void farewell_make_room(struct logs *logs, const struct file *keep);

/* F was read to its end: tell so, and forget it. */
void farewell_say(struct logs *logs, struct file *f);

#endif
