/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SEARCH_H
#define POSTERN_FEEDS_SEARCH_H

/*
 * search: which older parts of a log are still to be read.
 *
 * Looks into the log's folder after a start, after a rotation (there may have
 * been two of them since the last look), and for the copy of a file that was
 * cut.
 */
#include "feeds/chain.h"

#define SEARCH_FILES_MAX 64

struct search {
	struct chain *chain; /* what is open, or was done with */
	const char *path; /* where the log is, or will be: without links */
	const char *name; /* what the log is called in READING */
	bool resumed; /* with saved positions, right after the start */
	int64_t since_ns; /* with no file that is older: when it was opened */
	/* What cannot be read any more: KIND and the position are filled in. */
	void (*lost)(void *ctx, const struct gap *gap);
	void *ctx;
};

/* Files, the oldest first; the caller's, for file_free(). */
struct search_result {
	struct file *files[SEARCH_FILES_MAX];
	size_t count;
};

/*
 * The files of this log that the COUNT rows at ROWS name, each to be read
 * from its position.
 * -errno: the folder, or a file, cannot be opened now; nothing is found then.
 */
__attribute__((warn_unused_result)) int search_saved(const struct search *s,
						     const struct resume *rows,
						     size_t count,
						     struct search_result *out);

/*
 * The parts of the log that are newer than NEWEST, the newest one that was
 * opened, or NULL, and were never open.  What was compressed before it could
 * be resumed is lost.  All older parts are remembered as done with.
 */
void search_missed(const struct search *s, const struct file *newest,
		   struct search_result *out);

/* A copy of F as it was, that reaches as far as F was read; NULL: none. */
struct file *search_copy(const struct search *s, const struct file *f);

#endif
