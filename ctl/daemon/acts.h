/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_ACTS_H
#define POSTERN_DAEMON_ACTS_H

/*
 * acts: carrying out: table of bans, kernel, records and watchers, in an order
 * in which a death at any instant loses nothing.
 *
 * At the end of the turn the order goes to the kernel first and the act to the
 * records second: both wait in sockets that outlive us.  Who was killed in
 * between has no act, and reads its cause again: the event, since no act tells
 * that it was read; a person has had no answer.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"
#include "ctl/daemon/term.h"

struct daemon;

/* Write ACT into the records and show it to the watchers.  Its number, or 0:
 * see journal_write(). */
uint64_t acts_record(struct daemon *d, struct act *act);

/*
 * Ban ACT's prefix: term, origin, sign, reason and so on are in ACT; level,
 * end and number are filled in.  LEVEL: 0 takes the next one of this prefix.
 * -ENOSPC: the table is full.  The caller has asked protect and guard.
 */
__attribute__((warn_unused_result)) int acts_ban(struct daemon *d,
						 struct act *act);

/* Lift every ban within ACT's prefix (family 0: all), and tell how many in
 * its count; none: nothing is recorded, and -ENOENT. */
__attribute__((warn_unused_result)) int acts_unban(struct daemon *d,
						   struct act *act);

/* Pardon ACT's prefix for ACT's term (0: without one).  -ENOSPC: there are too
 * many pardons. */
__attribute__((warn_unused_result)) int acts_pardon(struct daemon *d,
						    struct act *act);
/* End the pardon of exactly ACT's prefix.  -ENOENT: it has none. */
__attribute__((warn_unused_result)) int acts_unpardon(struct daemon *d,
						      struct act *act);

/* Say to the records what a checkpoint needs beside the bans. */
void acts_restate(struct daemon *d);

/* Put the gate where ACT says: ACT_PANIC, ACT_RESUME. */
void acts_gate(struct daemon *d, struct act *act);

/*
 * Rows of a checkpoint on their way into the table of bans: what each needs of
 * the memory comes while those before it are put in.  All of them are in once
 * an act is replayed, or acts_replayed() is called.
 */
#define ACTS_AHEAD 8u
struct acts_ahead {
	struct saved_ban rows[ACTS_AHEAD];
	uint32_t count; /* that came so far */
	uint32_t put; /* that are in */
	struct term_now now; /* of some rows ago: to ask the clock costs more */
};

/* Read back what a former life did: no order goes out, nothing is recorded. */
void acts_replay(struct daemon *d, const struct act *act);
void acts_replay_saved(struct daemon *d, const struct saved_ban *row);

/* All was read back, or other addresses are protected by now: tell the records,
 * and lift what is protected. */
void acts_replayed(struct daemon *d);

#endif
