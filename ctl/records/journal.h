/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_JOURNAL_H
#define POSTERN_RECORDS_JOURNAL_H

/*
 * journal: appends records, and knows which of them are on disk for certain.
 *
 * What was taken stays in memory until a sync of the disk succeeded.  When
 * writing or syncing fails, all of it counts as not written: the segment is
 * cut back to its last certain byte, and the next sync writes it again.  A
 * failed fdatasync(2) leaves pages that look clean and are not on disk, so
 * what the page cache shows afterwards proves nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/records/survey.h"

struct journal;

/*
 * A journal in FOLDER that goes on where SURVEY says.  FOLDER and CHAIN must
 * outlive it.  Opens and cuts nothing yet.  -ENOMEM.
 */
__attribute__((warn_unused_result)) int
journal_new(struct journal **out, struct folder *folder, struct chain *chain,
	    const struct survey *survey);
/* Forgets what was not synced. */
void journal_free(struct journal *j);

/* Take an act of its own number, or 0.  -ENOMEM: it was not taken. */
__attribute__((warn_unused_result)) int journal_act(struct journal *j,
						    const struct act *act);
/* The same of any record: WRITE makes the line of WHAT, as record_write_act()
 * does.  HEAD's time is now, unless TIME_NS is not 0. */
typedef size_t journal_write_fn(char *out, const struct record *head,
				const void *what);
__attribute__((warn_unused_result)) int journal_put(struct journal *j,
						    journal_write_fn *write,
						    const void *what,
						    uint64_t time_ns);
/* Take COUNT bans of a checkpoint, at most RECORD_BANS_MAX. */
__attribute__((warn_unused_result)) int
journal_bans(struct journal *j, const struct saved_ban *bans, size_t count);

/*
 * The next record begins a new segment, once all before it is synced.
 * -errno of the sync: it does not.
 */
__attribute__((warn_unused_result)) int journal_turn(struct journal *j);

/* Hand to the kernel what was taken: it outlives this process then. */
__attribute__((warn_unused_result)) int journal_write(struct journal *j);
/* And to the disk: it outlives a power failure then. */
__attribute__((warn_unused_result)) int journal_sync(struct journal *j);

/* Bytes that were taken and are not on disk for certain. */
size_t journal_pending(const struct journal *j, const char **bytes);
uint64_t journal_seq(const struct journal *j); /* of the newest taken */
uint64_t journal_last_id(const struct journal *j); /* the same, of acts */
uint64_t journal_synced_id(const struct journal *j);
/* -errno of giving the newest segment the append-only attribute; 0: it has it,
 * or it is not to have it. */
int journal_unprotected(const struct journal *j);
const uint8_t *journal_hash(const struct journal *j); /* of the newest */
const struct folder *journal_folder(const struct journal *j);
/* The segment that is written to, and how much of it is certain. */
uint64_t journal_segment(const struct journal *j);
uint64_t journal_synced(const struct journal *j);
/* The next record will be its first. */
bool journal_is_blank(const struct journal *j);
/* Bytes of all segments. */
uint64_t journal_bytes(const struct journal *j);

/* The segment that it writes to was removed by somebody. */
bool journal_is_removed(const struct journal *j);

#endif
