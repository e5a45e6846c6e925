/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tail: reads what logs holds.
 *
 * What inotify tells only says where to look.  What changed at a place is
 * found by looking at all of them again, so that no order of events, and no
 * loss of one, can lead astray; that is done when something is renamed, not
 * when a log grows.
 */
#include "feeds/tail.h"

#include <errno.h>
#include <stdlib.h>

#include "feeds/cut.h"
#include "feeds/farewell.h"
#include "feeds/logs.h"

/* Blocks read of one file before another one has its turn: enough for the
 * longest line to end. */
#define BLOCKS_PER_TURN 32

struct tail {
	struct source source;
	const char *path; /* not owned */
	const struct sieve *sieve;
	const struct source_sink *sink;
	struct logs logs;
	struct line line;
	struct file *owner; /* of what is in LINE, or NULL */
	unsigned int blocks; /* read of it in a row */
	bool look_due;
};

static struct tail *tail_of(struct source *s)
{
	return (struct tail *)s;
}

static const struct tail *const_tail_of(const struct source *s)
{
	return (const struct tail *)s;
}

static int tail_begin(struct source *s, const struct resume *rows, size_t count)
{
	struct tail *t = tail_of(s);

	logs_fini(&t->logs);
	t->owner = NULL;
	t->look_due = true;
	return logs_init(&t->logs, t->path, t->sink, rows, count);
}

static int tail_fd(const struct source *s)
{
	return const_tail_of(s)->logs.watch.fd;
}

static uint64_t tail_deadline(const struct source *s)
{
	const struct tail *t = const_tail_of(s);
	uint64_t retry_ns = t->logs.retry_ns;
	uint64_t farewell_ns = farewell_deadline(&t->logs);

	/* Any time that has passed is as good as now. */
	if (t->look_due)
		return 1;
	if (retry_ns && (farewell_ns == 0 || retry_ns < farewell_ns))
		return retry_ns;
	return farewell_ns;
}

static bool tail_is_ready(const struct source *s)
{
	return chain_next(&const_tail_of(s)->logs.chain, NULL) != NULL;
}

/* What happened */

static void hear_all(struct tail *t)
{
	struct chain *chain = &t->logs.chain;

	for (size_t i = 0; i < chain->count; i++)
		chain->files[i]->ready = true;
	t->look_due = true;
}

/* How long it is now is known from here on, should it be cut.  A failure is
 * met again, and dealt with, when it is read. */
static void see_growth(struct tail *t, struct file *f)
{
	int ignored = file_look(f);

	(void)ignored;
	f->quiet_ns = t->logs.now_ns;
	f->closed = false;
	f->ready = true;
}

static void see_change(struct tail *t, struct file *f)
{
	bool was_unlinked = f->unlinked;
	int ignored = file_look(f);

	(void)ignored;
	if (f->unlinked && !was_unlinked)
		f->closed = false;
	t->look_due = true;
}

static void see_close(struct tail *t, struct file *f)
{
	f->closed = true;
	f->quiet_ns = t->logs.now_ns;
}

static void hear_watch(void *ctx, enum watch_kind kind, int number)
{
	struct tail *t = ctx;
	struct file *f = number < 0 ? NULL
				    : chain_find_watch(&t->logs.chain, number);

	switch (kind) {
	case WATCH_PLACE:
		t->look_due = true;
		break;
	case WATCH_LOST:
		hear_all(t);
		break;
	case WATCH_GREW:
		if (f)
			see_growth(t, f);
		break;
	case WATCH_CLOSED:
		if (f)
			see_close(t, f);
		break;
	case WATCH_MOVED:
		/* Who closed it before may have had it open twice; who closes
		 * it now was told of the change. */
		if (f)
			f->closed = false;
		t->look_due = true;
		break;
	case WATCH_CHANGED:
		if (f)
			see_change(t, f);
		break;
	}
}

/* What seems to be over is read once more: then it ends. */
static void rouse_over(struct tail *t, uint64_t now_ns)
{
	struct chain *chain = &t->logs.chain;

	for (size_t i = 0; i < chain->count; i++) {
		struct file *f = chain->files[i];

		if (farewell_is_due(&t->logs, f, now_ns))
			f->ready = true;
	}
}

static void tail_wake(struct source *s, uint64_t now_ns)
{
	const struct watch_listener listener = { .hear = hear_watch, .ctx = s };
	struct tail *t = tail_of(s);
	uint64_t retry_ns = t->logs.retry_ns;

	t->logs.now_ns = now_ns;
	watch_read(&t->logs.watch, &listener);
	if (t->look_due || (retry_ns && now_ns >= retry_ns)) {
		t->look_due = false;
		logs_look(&t->logs, now_ns);
	}
	rouse_over(t, now_ns);
}

/* Reading */

static void own(struct tail *t, struct file *f)
{
	if (t->owner == f)
		return;
	line_seek(&t->line, &f->mark);
	t->owner = f;
	t->blocks = 0;
}

static struct file *choose(const struct tail *t)
{
	const struct chain *chain = &t->logs.chain;

	if (t->owner && t->owner->ready && t->blocks < BLOCKS_PER_TURN &&
	    chain_is_turn(chain, t->owner))
		return t->owner;
	return chain_next(chain, t->owner);
}

static void take_block(struct tail *t, struct file *f)
{
	uint64_t before = f->reading.position.offset;

	f->told = false;
	sieve_run(t->sieve, &t->line, &f->reading);
	f->reading.bytes += f->reading.position.offset - before;
	f->mark = line_tell(&t->line);
}

static void end_file(struct tail *t, struct file *f)
{
	uint64_t before = f->reading.position.offset;

	sieve_end(t->sieve, &t->line, &f->reading);
	f->reading.bytes += f->reading.position.offset - before;
	t->owner = NULL;
	farewell_say(&t->logs, f);
}

static void fail(struct tail *t, struct file *f, int err)
{
	t->owner = NULL;
	if (err == -ESTALE) {
		cut_take(&t->logs, f);
		return;
	}
	f->ready = false;
	logs_tell_error(&t->logs, f, -err);
}

static void tail_read(struct source *s, uint64_t now_ns)
{
	struct tail *t = tail_of(s);
	struct file *f = choose(t);
	bool was_empty;
	size_t got;
	int err;

	if (!f)
		return;
	own(t, f);
	t->blocks++;
	t->logs.now_ns = now_ns;
	was_empty = f->reading.position.head_len == 0;
	err = file_read(f, &t->line, &got);
	if (err) {
		fail(t, f, err);
		return;
	}
	logs_tell_error(&t->logs, f, 0);
	if (got > 0 && was_empty)
		cut_catch_up(&t->logs, f);
	if (got > 0)
		take_block(t, f);
	/* A file system may give less than there is. */
	f->ready = got == LINE_CHUNK ||
		   (got > 0 && line_offset(&t->line) < f->size);
	if (farewell_is_due(&t->logs, f, now_ns))
		end_file(t, f);
	rouse_over(t, now_ns);
}

static void tail_tell(struct source *s)
{
	struct tail *t = tail_of(s);
	struct chain *chain = &t->logs.chain;

	for (size_t i = 0; i < chain->count; i++) {
		if (!chain->files[i]->told)
			logs_tell(&t->logs, chain->files[i]);
	}
}

static void tail_free(struct source *s)
{
	struct tail *t = tail_of(s);

	logs_fini(&t->logs);
	line_fini(&t->line);
	free(t);
}

int tail_new(struct source **out, const char *path, const struct sieve *sieve,
	     const struct source_sink *sink)
{
	static const struct source_ops ops = {
		.begin = tail_begin,
		.fd = tail_fd,
		.deadline = tail_deadline,
		.wake = tail_wake,
		.is_ready = tail_is_ready,
		.read = tail_read,
		.tell = tail_tell,
		.free = tail_free,
	};
	struct tail *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	err = line_init(&t->line);
	if (err) {
		free(t);
		return err;
	}
	t->source.ops = &ops;
	t->path = path;
	t->sieve = sieve;
	t->sink = sink;
	t->logs.watch.fd = -1;
	*out = &t->source;
	return 0;
}
