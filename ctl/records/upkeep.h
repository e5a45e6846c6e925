/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_UPKEEP_H
#define POSTERN_RECORDS_UPKEEP_H

/*
 * upkeep: what the records need beside being written: seals every hour,
 * segments that close, are packed, and one day are deleted, and a look at the
 * disk.
 *
 * Every job is a small step, taken when nothing else is to be done, so that
 * an act never waits for it.
 */
#include "ctl/core/config.h"
#include "ctl/records/commit.h"

struct upkeep;
struct ev_loop;

/*
 * The records in BOOKS, kept as CONFIG says; all arguments must outlive *OUT,
 * which the caller gives to upkeep_free().  -ENOMEM.
 */
__attribute__((warn_unused_result)) int
upkeep_new(struct upkeep **out, struct ev_loop *loop, struct books *books,
	   struct commit *commit, const struct config *config);
void upkeep_free(struct upkeep *u);

/* The records are open, and their first words are taken. */
void upkeep_begin(struct upkeep *u);
/* The end of a turn of the loop: see what is due. */
void upkeep_turn(struct upkeep *u);
/* All is on disk, and this life ends. */
void upkeep_end(struct upkeep *u);
/* An act of custody was taken. */
void upkeep_hear(struct upkeep *u, const struct act *act);

#endif
