/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_RESTORE_H
#define POSTERN_RECORDS_RESTORE_H

/*
 * restore: tells the state again, as the rows that it came in.
 *
 * Segment by segment in order, from the newest whole checkpoint: its bans,
 * then the acts since, where they change what is banned, where a feed stands
 * or how the clocks run.  A checkpoint that is not whole is passed over; the
 * acts among it count.  Every record that can be read counts, also one whose
 * hash is wrong: a ban too many is looked at, one too few lets attackers in.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/msg.h"
#include "ctl/records/folder.h"

struct restore;

/* What is to be told. */
struct restore_range {
	uint64_t base; /* the first segment; it need not be there */
	bool base_counts; /* the checkpoint that it begins with counts */
	uint64_t last; /* segment; */
	uint64_t last_bytes; /* and how much of it */
	const char *pending; /* lines that are behind it; copied */
	size_t pending_len;
};

/* Hears MSG_ACT (struct act) and MSG_SAVE (struct saved_ban). */
typedef void restore_hear_fn(void *ctx, enum msg_kind kind, const void *row);

/* FOLDER must outlive *OUT, which the caller gives to restore_free(). */
__attribute__((warn_unused_result)) int
restore_new(struct restore **out, const struct folder *folder,
	    const struct restore_range *range, restore_hear_fn *hear,
	    void *ctx);
void restore_free(struct restore *r);

/* Go on for about one message's worth.  1: there is more.  0: that was all. */
__attribute__((warn_unused_result)) int restore_step(struct restore *r);

/* Records that were passed over because they cannot be read. */
uint64_t restore_skipped(const struct restore *r);
/* Those that were told, but for what a later version wrote into them. */
uint64_t restore_later(const struct restore *r);

#endif
