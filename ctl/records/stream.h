/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_STREAM_H
#define POSTERN_RECORDS_STREAM_H

/*
 * stream: the records of one class that answer a query, from segment to
 * segment, packed or not; with the help of the indexes where they are.
 *
 * Nothing is checked here against the chain: verify.h does that.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/records/class.h"
#include "ctl/records/query.h"

struct stream;

struct hit {
	const char *text; /* without newline; valid until the next call */
	size_t len;
	uint64_t time_ns;
};

/*
 * The class RCLASS of the records at PATH.  QUERY must outlive *OUT, which the
 * caller gives to stream_close().  -ENOENT: there is no such class yet.
 */
__attribute__((warn_unused_result)) int stream_open(struct stream **out,
						    const char *path,
						    enum rclass rclass,
						    const struct query *query);
void stream_close(struct stream *s);

/* Before anything is read: begin behind the record with the number SEQ. */
void stream_skip(struct stream *s, uint64_t seq);

/* 1: the next hit.  0: there is no more now; what is written later comes with
 * a later call.  -errno of reading. */
__attribute__((warn_unused_result)) int stream_next(struct stream *s,
						    struct hit *out);

/* Lines, so far, that are no record at all: without number and time. */
uint64_t stream_unread(const struct stream *s);

/*
 * The same for a query of times alone, many records at once: *LEN bytes of
 * whole lines, each with its newline, checkpoints and all.
 */
__attribute__((warn_unused_result)) int
stream_block(struct stream *s, const char **text, size_t *len);

#endif
