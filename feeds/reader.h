/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_READER_H
#define POSTERN_FEEDS_READER_H

/*
 * reader: the life of one feed: from its source to postern-ctl.
 *
 * It reads only after postern-ctl told it where to go on, and only while
 * postern-ctl takes what it says: else the file waits.
 */
#include "ctl/core/config.h"
#include "ctl/core/msg.h"

struct ev_loop;
struct reader;

struct reader_start {
	struct ev_loop *loop;
	const struct config *config; /* the feed is its first one */
	struct hello hello; /* to say; its index is the feed's number */
	int ctl; /* the pair with postern-ctl */
	int source; /* the socket, where the feed is one */
	int originals; /* where the lines of events go; 0: nowhere */
	/* The reader cannot go on: -errno. */
	void (*failed)(void *ctx, int err);
	/* A file must not be read: -EACCES. */
	void (*denied)(void *ctx);
	void *ctx;
};

/*
 * Begin on the loop.  What START names must outlive *OUT, which is the
 * caller's, for reader_free().  -errno.
 */
__attribute__((warn_unused_result)) int
reader_new(struct reader **out, const struct reader_start *start);

/* Say how far it came, and end.  R may be NULL. */
void reader_free(struct reader *r);

#endif
