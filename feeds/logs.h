/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_LOGS_H
#define POSTERN_FEEDS_LOGS_H

/*
 * logs: the files of a feed's path, taken in and let go as they are rotated.
 *
 * Knows where they are and which one follows which; does not read them.
 */
#include "feeds/chain.h"
#include "feeds/roster.h"
#include "feeds/search.h"
#include "feeds/source.h"
#include "feeds/watch.h"

/* How soon to try again what cannot be opened, or not be watched. */
#define LOGS_RETRY_S 5u

struct logs {
	const struct source_sink *sink;
	struct roster roster;
	struct watch watch;
	struct chain chain;
	struct resume *resume; /* rows that were not looked for yet */
	size_t resume_count;
	struct reading trouble; /* of the path itself: stream 0 */
	int error; /* the first one of the look that is going on */
	uint64_t retry_ns; /* when to look again; 0: no need to */
	uint64_t now_ns; /* monotonic, as of the last call */
};

/* Follow PATH, with COUNT saved positions.  SINK must outlive it.
 * -EINVAL: no such path.  -ENOMEM, -EMFILE. */
__attribute__((warn_unused_result)) int
logs_init(struct logs *logs, const char *path, const struct source_sink *sink,
	  const struct resume *resume, size_t count);
void logs_fini(struct logs *logs);

/* See which files the path leads to now. */
void logs_look(struct logs *logs, uint64_t now_ns);

/* Say how a file is read. */
void logs_tell(struct logs *logs, struct file *f);
/* Say the errno that keeps F from being read, or 0, where that is news. */
void logs_tell_error(struct logs *logs, struct file *f, int error);

/* Something was lost of the stream that READING tells of. */
void logs_tell_gap(struct logs *logs, enum gap_kind kind,
		   struct reading *reading);

/* How to search for parts of the log NAME, which is at PATH. */
struct search logs_search(struct logs *logs, const char *name,
			  const char *path);

/* Take in F, owned here from now on: as the newest file of its log, or as
 * older than BEFORE.  Not 0: there are too many; it was freed. */
__attribute__((warn_unused_result)) int
logs_add(struct logs *logs, struct file *f, const struct file *before);
/* The same for all that were found. */
void logs_add_all(struct logs *logs, const struct search_result *found,
		  const struct file *before);

#endif
