/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_CHAN_H
#define POSTERN_CORE_CHAN_H

/*
 * chan: messages over one end of a SOCK_SEQPACKET pair, without blocking.
 *
 * Rows that are put one after the other travel together.  What the socket
 * does not take waits here, in order, up to a limit: a program reads new
 * input only while chan_is_clear(), so that the limit is never met.
 *
 * Every int function returns 0 or a negative errno value.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/msg.h"

struct chan {
	int fd; /* not owned */
	enum role self;
	enum role peer;
	uint8_t *out; /* the message being made */
	enum msg_kind kind; /* of it */
	size_t count; /* its rows */
	struct chan_wait *first; /* what the socket did not take yet */
	struct chan_wait *last;
	size_t waiting; /* bytes of that */
	uint64_t sent; /* messages */
};

/* What may wait here before chan_put() says -ENOBUFS. */
#define CHAN_WAITING_MAX (8u << 20)

/* A channel over FD, which the caller keeps.  -ENOMEM. */
__attribute__((warn_unused_result)) int
chan_init(struct chan *ch, int fd, enum role self, enum role peer);
void chan_fini(struct chan *ch);

/*
 * Say ROW, the struct of KIND.  It leaves with chan_flush(), or before, when
 * a message is full.  -ENOBUFS: too much waits already.
 * -EPIPE, -ECONNRESET: the other side, a CLI, has gone.
 */
__attribute__((warn_unused_result)) int
chan_put(struct chan *ch, enum msg_kind kind, const void *row);

/* Send what can be sent now. */
__attribute__((warn_unused_result)) int chan_flush(struct chan *ch);

/* The same for a program that has nothing else to do meanwhile, as in a replay:
 * wait until the other side has taken what there is. */
__attribute__((warn_unused_result)) int
chan_put_patiently(struct chan *ch, enum msg_kind kind, const void *row);
__attribute__((warn_unused_result)) int chan_drain(struct chan *ch);

/* Nothing waits for the socket to become writable. */
bool chan_is_clear(const struct chan *ch);

/* What hears rows: ROW is the struct of KIND.  Not 0 ends the receiving.
 * END, or NULL, is called once a message's rows are told, or one was wrong: to
 * do together what came together. */
struct chan_listener {
	int (*hear)(void *ctx, enum msg_kind kind, const union msg_row *row);
	void *ctx;
	void (*end)(void *ctx);
};

/*
 * Take one message, if there is one, and tell its rows.
 * 1: a message was taken.  0: none there.  -EBADMSG: what came is no message,
 * or not one that the peer may send.  -EPIPE: the other side has gone.
 * Anything else not 0: what hear() returned.
 */
int chan_receive(struct chan *ch, const struct chan_listener *listener);

#endif
