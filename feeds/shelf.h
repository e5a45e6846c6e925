/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SHELF_H
#define POSTERN_FEEDS_SHELF_H

/*
 * shelf: the files of a folder that may have to do with a log, as they are
 * at one moment.
 *
 * Every int function returns 0 or a negative errno value.
 */
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/event.h"

struct shelf_entry {
	char name[NAME_MAX + 1];
	uint64_t device;
	uint64_t inode;
	uint64_t size;
	int64_t age_ns; /* when it was made, UTC; as age.h tells */
	bool compressed;
};

struct shelf {
	const char *dir; /* not owned */
	const char *log; /* the log's name in it; not owned */
	struct shelf_entry
		*entries; /* the oldest first, as far as can be told */
	size_t count;
	size_t room;
};

/*
 * Look into DIR, for LOG and its older parts.  OUT is the caller's, for
 * shelf_fini(), and keeps both texts, which must outlive it.
 */
__attribute__((warn_unused_result)) int
shelf_open(struct shelf *out, const char *dir, const char *log);
void shelf_fini(struct shelf *shelf);

/* Below 0: A is the older one.  0: nobody can tell.  The log is the newest. */
int shelf_compare(const struct shelf *shelf, const struct shelf_entry *a,
		  const struct shelf_entry *b);

/* Open an entry to read; *OUT is the caller's.  -ESTALE: there is another
 * file of this name by now. */
__attribute__((warn_unused_result)) int
shelf_get(const struct shelf *shelf, const struct shelf_entry *entry, int *out);

/*
 * Open the file that POSITION is in, whatever it is called by now: *OUT is
 * the caller's, *FOUND what is known of it.  -ENOENT: it is not there.
 * Other errors: it may be there, and cannot be opened now.
 */
__attribute__((warn_unused_result)) int
shelf_find(const struct shelf *shelf, const struct position *position, int *out,
	   struct shelf_entry *found);

/*
 * The same for any part of the log that begins like that file and reaches as
 * far as POSITION, or farther: a copy.
 */
__attribute__((warn_unused_result)) int
shelf_find_copy(const struct shelf *shelf, const struct position *position,
		int *out, struct shelf_entry *found);

#endif
