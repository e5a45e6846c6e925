/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader: libev's watchers around a source and a wire.
 */
#include "feeds/reader.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/originals.h"
#include "ctl/core/wire.h"
#include "feeds/roster.h"
#include "feeds/sieve.h"
#include "feeds/socket.h"
#include "feeds/tail.h"

/* How often the counters are told while it reads. */
#define TELL_PAUSE_S 1.

/* Saved positions that are taken; a feed has fewer files. */
#define RESUME_MAX 1024

struct reader {
	struct reader_start start;
	struct wire *wire;
	struct wire *records; /* for the lines of events; NULL: none are told */
	struct originals originals;
	struct sieve sieve;
	struct source_sink sink;
	struct source *source;
	struct resume *resume; /* rows of the turn that begins */
	size_t resume_count;
	struct hello hello;
	bool begun; /* the turn's rows have come */
	ev_io input; /* of the source */
	ev_timer deadline; /* of the source */
	ev_timer pause; /* until the counters are told */
	ev_idle more; /* there is more to read right now */
	ev_prepare turn_end;
};

/* What the source says */

static void say_event(void *ctx, const struct event *event)
{
	struct reader *r = ctx;

	wire_put(r->wire, MSG_EVENT, event);
}

/* Nobody waits for a line: where it would have to wait it is left out. */
static bool say_piece(void *ctx, const struct original *row)
{
	struct reader *r = ctx;

	if (!wire_is_clear(r->records))
		return false;
	wire_put(r->records, MSG_ORIGINAL, row);
	return true;
}

static void say_line(void *ctx, const struct event *event, struct slice line,
		     const char *file)
{
	struct reader *r = ctx;

	originals_tell(&r->originals, event, line.at, line.len, file);
}

static void say_reading(void *ctx, const struct reading *reading)
{
	struct reader *r = ctx;
	struct reading row = *reading;

	row.feed = r->start.hello.index;
	row.told_ns = clock_calendar_ns();
	wire_put(r->wire, MSG_READING, &row);
	if (row.error == EACCES)
		r->start.denied(r->start.ctx);
}

static void say_gap(void *ctx, const struct gap *gap)
{
	struct reader *r = ctx;
	struct gap row = *gap;

	row.feed = r->start.hello.index;
	wire_put(r->wire, MSG_GAP, &row);
}

static void say_hello(struct reader *r, uint32_t answers)
{
	r->hello.turn++;
	r->hello.answers = answers;
	wire_put(r->wire, MSG_HELLO, &r->hello);
}

/* Reading */

static bool may_read(const struct reader *r)
{
	return r->begun && wire_is_clear(r->wire) && source_is_ready(r->source);
}

/* A block, whose events leave at once. */
static void read_block(struct reader *r)
{
	if (!may_read(r))
		return;
	r->sieve.seen_ns = clock_calendar_ns();
	source_read(r->source, clock_monotonic_ns());
	wire_flush(r->wire);
	if (!ev_is_active(&r->pause)) {
		ev_timer_set(&r->pause, TELL_PAUSE_S, 0.);
		ev_timer_start(r->start.loop, &r->pause);
	}
}

static void on_input(struct ev_loop *loop, ev_io *io, int events)
{
	struct reader *r = io->data;

	(void)loop;
	(void)events;
	source_wake(r->source, clock_monotonic_ns());
	read_block(r);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct reader *r = timer->data;

	(void)loop;
	(void)events;
	source_wake(r->source, clock_monotonic_ns());
}

static void on_more(struct ev_loop *loop, ev_idle *idle, int events)
{
	(void)loop;
	(void)events;
	read_block(idle->data);
}

static void on_pause(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct reader *r = timer->data;

	(void)loop;
	(void)events;
	source_tell(r->source);
}

static void set_deadline(struct reader *r)
{
	uint64_t at_ns = r->begun ? source_deadline(r->source) : 0;
	uint64_t now_ns;
	double wait_s;

	ev_timer_stop(r->start.loop, &r->deadline);
	if (at_ns == 0)
		return;
	now_ns = clock_monotonic_ns();
	wait_s = at_ns > now_ns ? (double)(at_ns - now_ns) / CLOCK_NS_PER_S
				: 0.;
	ev_timer_set(&r->deadline, wait_s, 0.);
	ev_timer_start(r->start.loop, &r->deadline);
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct reader *r = prepare->data;

	(void)events;
	wire_flush(r->wire);
	if (r->records)
		wire_flush(r->records);
	set_deadline(r);
	/* Turns until there is no more to read, or postern-ctl lags behind:
	 * then its reading is what goes on with ours. */
	if (may_read(r))
		ev_idle_start(loop, &r->more);
	else
		ev_idle_stop(loop, &r->more);
}

/* What postern-ctl says */

static void stop_reading(struct reader *r)
{
	r->begun = false;
	r->resume_count = 0;
	ev_io_stop(r->start.loop, &r->input);
	ev_timer_stop(r->start.loop, &r->pause);
	ev_idle_stop(r->start.loop, &r->more);
}

static int begin_reading(struct reader *r)
{
	int err = source_begin(r->source, r->resume, r->resume_count);

	if (err)
		return err;
	r->begun = true;
	ev_io_set(&r->input, source_fd(r->source), EV_READ);
	ev_io_start(r->start.loop, &r->input);
	return 0;
}

static int hear_resume(struct reader *r, const struct resume *row)
{
	/* An answer to a hello before the last one. */
	if (r->begun || row->turn != r->hello.turn)
		return 0;
	if (row->file[0] == '\0')
		return begin_reading(r);
	if (r->resume_count < RESUME_MAX)
		r->resume[r->resume_count++] = *row;
	return 0;
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct reader *r = ctx;

	if (kind == MSG_RESUME)
		return hear_resume(r, &row->resume);
	if (kind != MSG_HELLO || row->hello.role != ROLE_CTL)
		return -EBADMSG;
	if (row->hello.epoch == r->hello.answers)
		return 0; /* said twice: it could not know that we listen */
	stop_reading(r);
	say_hello(r, row->hello.epoch);
	return 0;
}

static void broken(void *ctx, int err)
{
	struct reader *r = ctx;

	stop_reading(r);
	r->start.failed(r->start.ctx, err);
}

/* Beginning and end */

static int hear_records(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	(void)ctx;
	(void)kind;
	(void)row;
	return -EBADMSG;
}

static int open_originals(struct reader *r)
{
	static const struct wire_ops ops = { .hear = hear_records,
					     .broken = broken };
	const struct config *config = r->start.config;

	if (!r->start.originals || config->records.originals == 0)
		return 0;
	r->originals = (struct originals){
		.per_second = config->records.originals,
		.say = say_piece,
		.ctx = r,
	};
	snprintf(r->originals.row.name, sizeof(r->originals.row.name), "%s",
		 config->feeds[0].name);
	r->sieve.line = say_line;
	return wire_new(&r->records, r->start.loop, r->start.originals,
			ROLE_FEED, ROLE_RECORDS, &ops, r);
}

static int open_source(struct reader *r)
{
	const struct feed *feed = &r->start.config->feeds[0];
	const char *slash = strrchr(feed->path, '/');

	if (feed->source == FEED_FILE)
		return tail_new(&r->source, feed->path, &r->sieve, &r->sink);
	return socket_new(&r->source, r->start.source,
			  feed->source == FEED_STREAM,
			  slash ? slash + 1 : feed->path, &r->sieve, &r->sink);
}

static void init_watchers(struct reader *r)
{
	ev_io_init(&r->input, on_input, -1, EV_READ);
	ev_timer_init(&r->deadline, on_deadline, 0., 0.);
	ev_timer_init(&r->pause, on_pause, 0., 0.);
	ev_idle_init(&r->more, on_more);
	ev_prepare_init(&r->turn_end, on_turn_end);
	r->input.data = r;
	r->deadline.data = r;
	r->pause.data = r;
	r->more.data = r;
	r->turn_end.data = r;
}

static void fini(struct reader *r)
{
	source_free(r->source);
	attacker_fini(&r->sieve.attacker);
	wire_free(r->wire);
	wire_free(r->records);
	free(r->resume);
	free(r);
}

int reader_new(struct reader **out, const struct reader_start *start)
{
	static const struct wire_ops ops = { .hear = hear, .broken = broken };
	const struct feed *feed = &start->config->feeds[0];
	struct reader *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->start = *start;
	r->hello = start->hello;
	r->sieve.feed = start->hello.index;
	r->sieve.event = say_event;
	r->sieve.ctx = r;
	r->sink = (struct source_sink){ say_reading, say_gap, r };
	init_watchers(r);
	r->resume = calloc(RESUME_MAX, sizeof(*r->resume));
	err = r->resume ? 0 : -ENOMEM;
	if (!err)
		err = attacker_init(&r->sieve.attacker, start->config,
				    feed->unproven);
	if (!err)
		err = open_source(r);
	if (!err)
		err = wire_new(&r->wire, start->loop, start->ctl, ROLE_FEED,
			       ROLE_CTL, &ops, r);
	if (!err)
		err = open_originals(r);
	if (err) {
		fini(r);
		return err;
	}
	ev_prepare_start(start->loop, &r->turn_end);
	say_hello(r, 0);
	*out = r;
	return 0;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	if (r->begun)
		source_tell(r->source);
	wire_flush(r->wire);
	if (r->records)
		wire_flush(r->records);
	stop_reading(r);
	ev_timer_stop(r->start.loop, &r->deadline);
	ev_prepare_stop(r->start.loop, &r->turn_end);
	fini(r);
}
