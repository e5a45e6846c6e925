/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SOURCE_H
#define POSTERN_FEEDS_SOURCE_H

/*
 * source: where a feed's lines come from: files (tail), or a socket.
 *
 * A source has one descriptor that becomes readable when something happened,
 * and does nothing of its own accord: whoever drives it calls source_wake()
 * then, and source_read() while source_is_ready().
 */
#include <stdbool.h>

#include "ctl/core/config.h"
#include "ctl/core/msg.h"
#include "feeds/sieve.h"

/* What a source says; what is pointed to lives until the call returns. */
struct source_sink {
	void (*reading)(void *ctx, const struct reading *reading);
	void (*gap)(void *ctx, const struct gap *gap);
	void *ctx;
};

struct source;

struct source_ops {
	int (*begin)(struct source *s, const struct resume *rows, size_t count);
	int (*fd)(const struct source *s);
	uint64_t (*deadline)(const struct source *s);
	void (*wake)(struct source *s, uint64_t now_ns);
	bool (*is_ready)(const struct source *s);
	void (*read)(struct source *s, uint64_t now_ns);
	void (*tell)(struct source *s);
	void (*free)(struct source *s);
};

struct source {
	const struct source_ops *ops;
};

/*
 * Begin, or begin anew: files are read on from the positions in the COUNT
 * rows at ROWS, and each stream's READING is told again.  -errno.
 */
__attribute__((warn_unused_result)) static inline int
source_begin(struct source *s, const struct resume *rows, size_t count)
{
	return s->ops->begin(s, rows, count);
}

/* The descriptor to watch for input, from source_begin() to the next one. */
static inline int source_fd(const struct source *s)
{
	return s->ops->fd(s);
}

/* When, by the monotonic clock, source_wake() is wanted even if nothing
 * happens; 0: it is not. */
static inline uint64_t source_deadline(const struct source *s)
{
	return s->ops->deadline(s);
}

/* See what happened.  Reads no lines. */
static inline void source_wake(struct source *s, uint64_t now_ns)
{
	s->ops->wake(s, now_ns);
}

static inline bool source_is_ready(const struct source *s)
{
	return s->ops->is_ready(s);
}

/* Read one block, if there is one; its events go to the sieve's listener,
 * each stream's READING to the sink before its first one. */
static inline void source_read(struct source *s, uint64_t now_ns)
{
	s->ops->read(s, now_ns);
}

/* Tell the READING of each stream that went on since it was told last. */
static inline void source_tell(struct source *s)
{
	s->ops->tell(s);
}

static inline void source_free(struct source *s)
{
	if (s)
		s->ops->free(s);
}

#endif
