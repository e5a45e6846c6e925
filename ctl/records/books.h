/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_BOOKS_H
#define POSTERN_RECORDS_BOOKS_H

/*
 * books: the journals of all classes, as one.
 *
 * Numbers of acts run through all classes together; each journal knows those
 * that it has.  What was taken is kept once all journals are on disk.
 *
 * Every int function returns 0, or a negative errno value.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/records/journal.h"

struct books {
	struct chain *chain;
	char path[CONFIG_PATH_SIZE]; /* of the records folder */
	struct folder *folders[CLASS_COUNT];
	struct journal *journals[CLASS_COUNT];

	/* Of the acts: where the newest whole checkpoint begins. */
	uint64_t base;
	bool base_counts;
	bool checkpoint_open; /* one is being written */
	bool is_short; /* of disk: less of the events is written */

	uint64_t torn; /* bytes cut off when they were opened */
	uint64_t last_id; /* of the newest act taken */
	uint64_t synced_id; /* all up to it are on disk */
};

/* Hears what was found in each class. */
typedef void books_tell_fn(void *ctx, const struct survey *survey);

/*
 * Open all classes in the folder PATH, which GID (-1: nobody more) may read,
 * and take what was found into the records.  On failure *ADVICE may say more
 * for a person.  In any case the caller gives BOOKS to books_close().
 */
__attribute__((warn_unused_result)) int
books_open(struct books *books, const char *path, int gid, books_tell_fn *tell,
	   void *ctx, const char **advice);
/* Forgets what was not synced. */
void books_close(struct books *books);

/* Take ACT into its class.  -ENOMEM: it was not taken. */
__attribute__((warn_unused_result)) int books_act(struct books *books,
						  const struct act *act);
/* ACT is kept already, or will be. */
bool books_has(const struct books *books, const struct act *act);

/* Is what was opened still what is found at its path?  What is written to a
 * file that nobody finds is lost.  -ENOENT: there is nothing, -errno: it cannot
 * be seen.  -ESTALE: there is something else; only books_open() helps. */
__attribute__((warn_unused_result)) int
books_are_there(const struct books *books);

/* As the journal's, of all that have something to write but the seals. */
__attribute__((warn_unused_result)) int books_write(struct books *books);
__attribute__((warn_unused_result)) int books_sync(struct books *books);

/* Bytes that are not on disk for certain; records taken; bytes of all. */
size_t books_pending(const struct books *books);
uint64_t books_count(const struct books *books);
uint64_t books_bytes(const struct books *books);
uint64_t books_free_bytes(const struct books *books);

#endif
