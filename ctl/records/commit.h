/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_COMMIT_H
#define POSTERN_RECORDS_COMMIT_H

/*
 * commit: when the journal goes to disk, and what postern-ctl is told of it.
 *
 * One sync for all that came within 50 ms, at once where a person waits.
 * While the disk refuses, everything is kept in memory and tried again each
 * second; when too much waits, the wire is not read.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/wire.h"
#include "ctl/records/books.h"

struct commit;

/*
 * BOOKS must outlive *OUT, which the caller gives to commit_free().
 * -ENOMEM.
 */
__attribute__((warn_unused_result)) int
commit_new(struct commit **out, struct ev_loop *loop, struct books *books);
void commit_free(struct commit *c);

/* Where to say what is kept; it must outlive C. */
void commit_tell(struct commit *c, struct wire *wire);

/* Sync at the end of this turn of the loop: somebody waits. */
void commit_soon(struct commit *c);
/* Say again what is kept: somebody asked for what was said already. */
void commit_repeat(struct commit *c);
/* The end of a turn: write what came, and see when it is to be synced. */
void commit_turn(struct commit *c);
/* Sync now.  -errno: not all is on disk. */
int commit_now(struct commit *c);
/* As commit_now(), and the next record of CLASS begins a new segment. */
int commit_segment(struct commit *c, enum rclass rclass);

/* What is told of the records, beside what is known here: sealed_ns to
 * holds.  Owned by C; say it after a change. */
struct journal_state *commit_state(struct commit *c);
/* Say MSG_JOURNAL. */
void commit_say_state(struct commit *c);
/* The disk refused, and has not taken everything since. */
bool commit_is_failing(const struct commit *c);

/* What is at the folder's path is not what was opened: only a new life can. */
bool commit_is_astray(const struct commit *c);
/* For how long nothing could be written, until some time ago; 0 the next time. */
uint64_t commit_outage_ns(struct commit *c);

#endif
