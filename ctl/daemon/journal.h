/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_JOURNAL_H
#define POSTERN_DAEMON_JOURNAL_H

/*
 * journal: what was done, on its way to postern-records.
 *
 * Each act gets a number and stays here until postern-records says that it is
 * on disk: a new life of postern-records gets again what the old one had not
 * kept.  Now and then the whole state goes along as a checkpoint, so that
 * reading it back stays short.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

struct judge;
struct journal;
struct streams;
struct wire;

/* Acts that may wait to be kept. */
#define JOURNAL_OPEN_MAX 4096u

/* Over the wire RECORDS and what checkpoints are made of, all of which must
 * outlive it.  NULL: no memory. */
struct journal *journal_new(struct wire *records, const struct judge *judge,
			    const struct streams *streams);
void journal_free(struct journal *j);

/* The wire was made anew; its other side will say hello. */
void journal_use(struct journal *j, struct wire *records);

/* No machine may decide anything until something is kept: its act would have
 * to wait too long, or be lost. */
bool journal_is_full(const struct journal *j);

/* A command may be written, too: there is room beyond. */
bool journal_has_room(const struct journal *j);

/*
 * Write ACT; its number, times and boot are filled in.  Returns the number, or
 * 0: there is no room even for commands and housekeeping, long after
 * journal_is_full() said so; that it was lost will be written.
 */
uint64_t journal_write(struct journal *j, struct act *act);

/* Write how far each file was read: what stands before is never judged again. */
void journal_save_positions(struct journal *j);

/* A new life of postern-records. */
void journal_hello(struct journal *j);
/* All was read back: LAST_ID is the newest number that postern-records has,
 * REPLAYED acts came after the checkpoint. */
void journal_restored(struct journal *j, uint64_t last_id, uint64_t replayed);
/* All up to ID are on disk. */
void journal_kept(struct journal *j, uint64_t id);

/* What else is to stand in each checkpoint: SAY writes it as acts. */
void journal_set_rest(struct journal *j, void (*say)(void *ctx), void *ctx);

/* What the gate is, for checkpoints: a copy of the act that says so. */
void journal_set_gate(struct journal *j, const struct act *act);

/* When a checkpoint is due, by the monotonic clock; 0: not yet foreseen. */
uint64_t journal_due_ms(const struct journal *j);

/* Send on of a checkpoint that is due or under way; none is begun unless
 * IS_WRITABLE.  True: there is more to send right now. */
bool journal_pump(struct journal *j, uint64_t now_ms, bool is_writable);

uint64_t journal_last_id(const struct journal *j);
uint64_t journal_kept_id(const struct journal *j);

#endif
