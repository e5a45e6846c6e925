/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_WIRE_H
#define POSTERN_CORE_WIRE_H

/*
 * wire: a channel on the event loop.
 *
 * What is said during one turn of the loop leaves at its end (wire_flush(),
 * from the program's prepare watcher), together where it fits together.
 */
#include <stdbool.h>

#include "ctl/core/msg.h"

struct ev_loop;
struct wire;

struct wire_ops {
	/* A row came.  Not 0 breaks the wire with that error. */
	int (*hear)(void *ctx, enum msg_kind kind, const union msg_row *row);
	/* No message, a wrong one, or the other side has gone: -errno.
	 * The wire reads no more; the callback may free it. */
	void (*broken)(void *ctx, int err);
	/* The rows of a message are over; or NULL. */
	void (*end)(void *ctx);
};

/*
 * A wire over FD, which the caller keeps open.  OPS and CTX must outlive it.
 * -ENOMEM.
 */
__attribute__((warn_unused_result)) int
wire_new(struct wire **out, struct ev_loop *loop, int fd, enum role self,
	 enum role peer, const struct wire_ops *ops, void *ctx);
void wire_free(struct wire *w);

/* Say a row: as chan_put().  A failure breaks the wire by itself. */
void wire_put(struct wire *w, enum msg_kind kind, const void *row);
void wire_flush(struct wire *w);

/* Nothing waits for the other side to read. */
bool wire_is_clear(const struct wire *w);

/* Read no more, or again. */
void wire_pause(struct wire *w, bool paused);

#endif
