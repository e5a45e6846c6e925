/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_TALK_H
#define POSTERN_RECORDS_TALK_H

/*
 * talk: what postern-ctl says, and what it is answered (msg.h, "Lives").
 *
 * Until it says hello, what comes was meant for a former life and is
 * disregarded.  Its hello is answered with one, then with everything that the
 * journal knows, then MSG_RESTORED.  Acts come in order, without a gap.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/records/checkpoint.h"
#include "ctl/records/commit.h"
#include "ctl/records/restore.h"

/* Hears acts that are about the records themselves. */
typedef void talk_act_fn(void *ctx, const struct act *act);

struct talk {
	/* Set by the owner, and owned by it. */
	struct books *books;
	struct commit *commit;
	struct wire *wire;
	struct hello hello; /* as said last */
	talk_act_fn *hear_act; /* of custody, once taken; NULL: nobody */
	void *ctx;

	/* Its own. */
	bool is_met; /* postern-ctl said hello in this life */
	struct restore *restore; /* NULL: nothing is being told */
	struct restored restored; /* what is said when all is told */
	struct checkpoint checkpoint; /* of the segment being written */
	struct saved_ban bans[RECORD_BANS_MAX]; /* of one record to be */
	size_t ban_count;
	uint64_t sighted; /* number of the newest event heard; 0: none */
	uint64_t missed; /* events that never came */
	uint64_t lost; /* events that found no place while the disk refused */
	uint64_t lost_said_ns; /* when it was told; monotonic */
	uint32_t left_out; /* lines of events, since the last one kept */
	uint64_t lost_said; /* of both, what a record tells */
	uint64_t early; /* rows that were meant for a former life */
	uint64_t repeated; /* acts that are kept already */
	uint64_t stray; /* bans of no checkpoint, or that the disk refused */
};

/* Say the first hello of this life. */
void talk_begin(struct talk *t);
void talk_fini(struct talk *t);

/* Hear a row.  -EBADMSG: postern-ctl may not say it.  -EPROTO: acts are
 * missing before it.  -errno: nothing more can be taken. */
int talk_hear(struct talk *t, enum msg_kind kind, const union msg_row *row);

/* Hear a line of an event, from a feed. */
int talk_hear_original(struct talk *t, const struct original *original);

/* The end of a turn, or the last one: what was gathered goes to the journal.
 * -ENOMEM. */
__attribute__((warn_unused_result)) int talk_turn(struct talk *t, bool is_last);

/* Events are missing and no record says so yet: talk_turn() is wanted again,
 * TALK_LOST_S later at the latest. */
#define TALK_LOST_S 10
bool talk_has_lost(const struct talk *t);

/* There is more to tell of what the journal knows; and: tell some of it. */
bool talk_has_more(const struct talk *t);
void talk_more(struct talk *t);

#endif
