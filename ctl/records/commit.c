/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * commit: timers around the journals.  Knows no record.
 */
#include "ctl/records/commit.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/log.h"

#define COMMIT_WAIT_S .05
#define RETRY_WAIT_S  1.

/* So much is synced without waiting for the timer: it bounds the memory. */
#define SYNC_BYTES (4u << 20)
/* So many acts, too: postern-ctl decides nothing more while 4096 wait, and is
 * not to stand still for the timer in a burst. */
#define SYNC_ACTS 1024u
/* So much may wait for a disk that refuses. */
#define PENDING_MAX (8u << 20)

/* The free space is looked at no more often, and told when it changed by
 * more than a tenth. */
#define SPACE_INTERVAL_NS (60ull * CLOCK_NS_PER_S)
#define SPACE_PARTS	  10

struct commit {
	struct ev_loop *loop;
	struct books *books;
	struct journal_state state; /* as said last */
	struct wire *wire; /* NULL: nobody listens yet */
	ev_timer due; /* the first record not synced has waited long enough */
	ev_timer retry;
	bool is_soon;
	bool is_repeat;
	int error; /* -errno of the last sync; 0: it succeeded */
	uint64_t told_id; /* as the last MSG_KEPT says */
	uint64_t looked_ns; /* at the free space; monotonic */
	uint64_t failed_ns; /* since when the disk refuses; monotonic */
	uint64_t outage_ns; /* how long it did, and nobody asked for yet */
};

static size_t pending(const struct commit *c)
{
	return books_pending(c->books);
}

static void on_due(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	commit_soon(timer->data);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	commit_now(timer->data);
}

int commit_new(struct commit **out, struct ev_loop *loop, struct books *books)
{
	struct commit *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->loop = loop;
	c->books = books;
	c->told_id = books->synced_id;
	c->looked_ns = clock_monotonic_ns();
	ev_init(&c->due, on_due);
	ev_init(&c->retry, on_retry);
	c->due.data = c;
	c->retry.data = c;
	*out = c;
	return 0;
}

void commit_free(struct commit *c)
{
	if (!c)
		return;
	ev_timer_stop(c->loop, &c->due);
	ev_timer_stop(c->loop, &c->retry);
	free(c);
}

void commit_tell(struct commit *c, struct wire *wire)
{
	c->wire = wire;
}

void commit_soon(struct commit *c)
{
	c->is_soon = true;
}

void commit_repeat(struct commit *c)
{
	c->is_repeat = true;
}

void commit_say_state(struct commit *c)
{
	c->state.seq = books_count(c->books);
	c->state.bytes = books_bytes(c->books);
	c->state.free_bytes = books_free_bytes(c->books);
	c->state.error = -c->error;
	c->looked_ns = clock_monotonic_ns();
	if (c->wire)
		wire_put(c->wire, MSG_JOURNAL, &c->state);
}

struct journal_state *commit_state(struct commit *c)
{
	return &c->state;
}

/* Part of a sync, so that an idle program never looks. */
static void look_at_space(struct commit *c)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t told = c->state.free_bytes;
	uint64_t have, change;

	if (now - c->looked_ns < SPACE_INTERVAL_NS)
		return;
	c->looked_ns = now;
	have = books_free_bytes(c->books);
	change = have > told ? have - told : told - have;
	if (change > told / SPACE_PARTS)
		commit_say_state(c);
}

static void say_kept(struct commit *c)
{
	struct kept kept = { .id = c->books->synced_id };

	if (!c->wire || (kept.id == c->told_id && !c->is_repeat))
		return;
	c->told_id = kept.id;
	c->is_repeat = false;
	wire_put(c->wire, MSG_KEPT, &kept);
}

/* Set it each time: a timer that was stopped keeps what was left of it. */
static void start_timer(struct commit *c, ev_timer *timer, double wait_s,
			double repeat_s)
{
	if (ev_is_active(timer))
		return;
	ev_timer_set(timer, wait_s, repeat_s);
	ev_timer_start(c->loop, timer);
}

static void note_failure(struct commit *c, int err)
{
	if (c->error == 0)
		c->failed_ns = clock_monotonic_ns();
	if (c->error != err) {
		c->error = err;
		log_error("cannot write records: %s; they are kept in memory "
			  "and tried again each second",
			  strerror(-err));
		commit_say_state(c);
	}
	ev_timer_stop(c->loop, &c->due);
	start_timer(c, &c->retry, RETRY_WAIT_S, RETRY_WAIT_S);
	if (c->wire && pending(c) >= PENDING_MAX)
		wire_pause(c->wire, true);
}

static void note_success(struct commit *c)
{
	ev_timer_stop(c->loop, &c->due);
	if (c->error) {
		c->error = 0;
		c->outage_ns += clock_monotonic_ns() - c->failed_ns;
		ev_timer_stop(c->loop, &c->retry);
		log_notice("records are written again");
		commit_say_state(c);
		if (c->wire)
			wire_pause(c->wire, false);
	}
	say_kept(c);
	look_at_space(c);
}

static int conclude(struct commit *c, int err)
{
	c->is_soon = false;
	if (err)
		note_failure(c, err);
	else
		note_success(c);
	return err;
}

static int sync_books(struct commit *c)
{
	int err = books_are_there(c->books);

	return err ? err : books_sync(c->books);
}

int commit_now(struct commit *c)
{
	return conclude(c, sync_books(c));
}

int commit_segment(struct commit *c, enum rclass rclass)
{
	int err = sync_books(c);

	if (!err)
		err = journal_turn(c->books->journals[rclass]);
	return conclude(c, err);
}

void commit_turn(struct commit *c)
{
	int err;

	if (c->error) {
		/* The timer tries again; here only that memory stays bounded.
		 */
		note_failure(c, c->error);
		return;
	}
	if (c->is_soon || pending(c) >= SYNC_BYTES ||
	    c->books->last_id - c->books->synced_id >= SYNC_ACTS) {
		commit_now(c);
		return;
	}
	if (pending(c) > 0) {
		err = books_write(c->books);
		if (err)
			note_failure(c, err);
		else
			start_timer(c, &c->due, COMMIT_WAIT_S, 0.);
	}
	if (c->is_repeat)
		say_kept(c);
}

bool commit_is_failing(const struct commit *c)
{
	return c->error != 0;
}

bool commit_is_astray(const struct commit *c)
{
	return c->error == -ESTALE;
}

uint64_t commit_outage_ns(struct commit *c)
{
	uint64_t outage_ns = c->outage_ns;

	c->outage_ns = 0;
	return outage_ns;
}
