/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire: libev's watchers around a channel.
 */
#include "ctl/core/wire.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>

#include "ctl/core/chan.h"

/* Messages taken in one turn: enough to be quick, few enough to be fair. */
#define MESSAGES_PER_TURN 16

struct wire {
	struct chan chan;
	struct ev_loop *loop;
	ev_io readable;
	ev_io writable;
	ev_timer broke; /* tells of an error outside of any caller's stack */
	struct chan_listener listener;
	const struct wire_ops *ops;
	void *ctx;
	int error; /* 0, or why the wire is broken */
	bool paused;
};

static void break_with(struct wire *w, int err)
{
	if (w->error)
		return;
	w->error = err;
	ev_io_stop(w->loop, &w->readable);
	ev_io_stop(w->loop, &w->writable);
	ev_timer_start(w->loop, &w->broke);
}

static void on_broke(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct wire *w = timer->data;

	(void)loop;
	(void)events;
	w->ops->broken(w->ctx, w->error);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct wire *w = io->data;

	(void)loop;
	(void)events;
	for (int i = 0; i < MESSAGES_PER_TURN && !w->paused; i++) {
		int got = chan_receive(&w->chan, &w->listener);

		if (got == 0)
			return;
		if (got < 0) {
			break_with(w, got);
			return;
		}
	}
}

static void on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	wire_flush(io->data);
}

int wire_new(struct wire **out, struct ev_loop *loop, int fd, enum role self,
	     enum role peer, const struct wire_ops *ops, void *ctx)
{
	struct wire *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	err = chan_init(&w->chan, fd, self, peer);
	if (err) {
		free(w);
		return err;
	}
	w->loop = loop;
	w->ops = ops;
	w->ctx = ctx;
	w->listener = (struct chan_listener){ ops->hear, ctx, ops->end };
	ev_io_init(&w->readable, on_readable, fd, EV_READ);
	ev_io_init(&w->writable, on_writable, fd, EV_WRITE);
	ev_timer_init(&w->broke, on_broke, 0., 0.);
	w->readable.data = w;
	w->writable.data = w;
	w->broke.data = w;
	ev_io_start(loop, &w->readable);
	*out = w;
	return 0;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	ev_io_stop(w->loop, &w->readable);
	ev_io_stop(w->loop, &w->writable);
	ev_timer_stop(w->loop, &w->broke);
	chan_fini(&w->chan);
	free(w);
}

void wire_put(struct wire *w, enum msg_kind kind, const void *row)
{
	int err;

	if (w->error)
		return;
	err = chan_put(&w->chan, kind, row);
	if (err)
		break_with(w, err);
}

void wire_flush(struct wire *w)
{
	int err;

	if (w->error)
		return;
	err = chan_flush(&w->chan);
	if (err)
		break_with(w, err);
	else if (chan_is_clear(&w->chan))
		ev_io_stop(w->loop, &w->writable);
	else
		ev_io_start(w->loop, &w->writable);
}

bool wire_is_clear(const struct wire *w)
{
	return chan_is_clear(&w->chan);
}

void wire_pause(struct wire *w, bool paused)
{
	if (w->error || w->paused == paused)
		return;
	w->paused = paused;
	if (paused)
		ev_io_stop(w->loop, &w->readable);
	else
		ev_io_start(w->loop, &w->readable);
}
