/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_LEDGER_H
#define POSTERN_TESTS_LEDGER_H

/*
 * ledger: folders of records for tests, and what to put into them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/core/msg.h"
#include "ctl/records/journal.h"
#include "tests/support/random.h"

/* A folder of records that is open, and goes on where SURVEY says. */
struct ledger {
	char *path;
	struct folder *folder;
	struct chain *chain;
	struct survey survey; /* as found at the newest opening */
	struct journal *journal;
	uint64_t id; /* of the newest act taken */
};

/* What a life of the program begins with, and its end without a word. */
void ledger_open(struct ledger *l);
void ledger_close(struct ledger *l);
void ledger_reopen(struct ledger *l);
/* Take COUNT acts; and sync them. */
void ledger_take(struct ledger *l, size_t count);
void ledger_keep(struct ledger *l, size_t count);

/* For cmocka: *STATE is a struct ledger, empty and open. */
int ledger_set_up(void **state);
int ledger_tear_down(void **state);

/* A new folder in memory; the caller gives it to ledger_remove(). */
char *ledger_make(void);
void ledger_remove(char *path);

/* Path of a segment in the folder PATH; valid until the next call. */
const char *ledger_segment(const char *path, uint64_t first_seq);
/* A whole file; the caller frees it. */
char *ledger_read(const char *file, size_t *len);
void ledger_write(const char *file, const char *text, size_t len);

/* An act of KIND, the same for the same ID. */
struct act ledger_act(uint64_t id, enum act_kind kind);
/* An event, the same for the same NUMBER. */
struct sighting ledger_sighting(uint64_t number);
/* Any row that MSG_ACT or MSG_SAVE can carry; KIND is set. */
struct act ledger_any_act(struct random *random, enum act_kind kind);
struct saved_ban ledger_any_ban(struct random *random);

/* Equal in all that a message carries. */
bool ledger_same(enum msg_kind kind, const void *a, const void *b);

/* What survey_make() finds; the caller gives it to survey_fini(). */
struct survey ledger_survey(const char *path);

#endif
