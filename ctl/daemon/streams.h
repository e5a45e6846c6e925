/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_STREAMS_H
#define POSTERN_DAEMON_STREAMS_H

/*
 * streams: up to where each file of each feed was read and applied.
 *
 * A stream is a name in a feed's folder; behind it stand, one after the other
 * or for a while together, files with an identity of their own.  What lies
 * before a file's position was applied already.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

/* Files that are remembered; the one that was not heard of longest goes. */
#define STREAMS_FILES_MAX 1024u

struct stream {
	char feed[ACT_NAME_SIZE]; /* "" is a free place */
	struct resume file; /* name and position; its turn is not used */
	uint64_t used; /* when it was last heard of, by a count */
};

struct streams {
	struct stream files[STREAMS_FILES_MAX];
	uint64_t count;
};

/* All of FILE of FEED up to POSITION is applied; goes backwards only where the
 * file's head says that it was written anew. */
void streams_advance(struct streams *s, const char *feed, const char *file,
		     const struct position *position);

/* Was what ends at POSITION applied before? */
bool streams_is_applied(const struct streams *s, const char *feed,
			const char *file, const struct position *position);

/* FILE with the identity in POSITION is read to its end, and gone. */
void streams_forget(struct streams *s, const char *feed, const char *file,
		    const struct position *position);

/* Walk over the files of FEED (NULL: of all): *AT begins at 0. */
const struct stream *streams_walk(const struct streams *s, const char *feed,
				  uint32_t *at);

#endif
