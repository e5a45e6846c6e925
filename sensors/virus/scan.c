/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-scan: shows files out of mails to a virus scanner.
 *
 * It has one pair, with its sensor, and one path: the socket of clamd.  It
 * reads neither the files nor the network, and decides nothing.
 */
#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/confine.h"
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/core/wire.h"
#include "sensors/virus/asker.h"
#include "sensors/virus/stock.h"

/* Files in memory: 64 MB; clamd's own limit for one is 25 MB by default. */
#define CHUNKS	(64u * 1024 * 1024 / STOCK_CHUNK)
#define LARGEST (25u * 1024 * 1024)

#define ASKERS	4u

/* How often a scanner that is not there is looked for. */
#define RETRY_S 1.

/* A file that a scanner hangs up on so often is what it stumbles over. */
#define TRIES_MAX 3u

struct life {
	struct ev_loop *loop;
	struct wire *sensor;
	struct stock *stock;
	struct asker *askers[ASKERS];
	struct hello hello;
	const char *path;
	int32_t error; /* why the scanner cannot be asked */
	ev_signal term;
	ev_timer retry;
	ev_prepare turn_end;
};

static void say_verdict(struct life *l, uint64_t number,
			enum scan_result result, const char *name)
{
	struct scan_verdict verdict = { .number = number,
					.result = (uint8_t)result };

	snprintf(verdict.text, sizeof(verdict.text), "%s", name);
	wire_put(l->sensor, MSG_VERDICT, &verdict);
}

static void on_lost(void *ctx, uint64_t number)
{
	say_verdict(ctx, number, SCAN_FAILED, "");
}

static void note_error(struct life *l, int err)
{
	const struct scanner row = { .error = -err };

	if (l->error == -err)
		return;
	l->error = -err;
	if (err)
		log_warning("cannot ask the scanner at %s: %s", l->path,
			    strerror(-err));
	else
		log_notice("the scanner at %s answers", l->path);
	wire_put(l->sensor, MSG_SCANNER, &row);
}

/* Every idle asker gets a file, as long as there are files, and a scanner. */
static void ask_on(struct life *l)
{
	for (unsigned int i = 0; i < ASKERS; i++) {
		struct stock_file *file;
		int err;

		if (ev_is_active(&l->retry) || asker_file(l->askers[i]))
			continue;
		file = stock_take(l->stock);
		if (!file)
			return;
		err = asker_begin(l->askers[i], file);
		if (!err)
			continue;
		stock_return(l->stock, file);
		note_error(l, err);
		ev_timer_set(&l->retry, RETRY_S, 0.);
		ev_timer_start(l->loop, &l->retry);
	}
}

/* An asker is done with FILE. */
static void on_answer(void *ctx, struct stock_file *file, int err,
		      enum scan_result result, const char *name)
{
	struct life *l = ctx;

	if (err && ++file->tries < TRIES_MAX) {
		stock_return(l->stock, file);
		note_error(l, err);
		if (!ev_is_active(&l->retry)) {
			ev_timer_set(&l->retry, RETRY_S, 0.);
			ev_timer_start(l->loop, &l->retry);
		}
		return;
	}
	if (!err)
		note_error(l, 0);
	say_verdict(l, file->number, err ? SCAN_FAILED : result, name);
	stock_done(l->stock, file);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct life *l = timer->data;
	int err;

	(void)loop;
	(void)events;
	/* Without a file to show: is anybody there? */
	err = asker_try(l->path);
	note_error(l, err);
	if (!err)
		return;
	ev_timer_set(&l->retry, RETRY_S, 0.);
	ev_timer_start(l->loop, &l->retry);
}

static void say_hello(struct life *l, uint32_t answers)
{
	l->hello.turn++;
	l->hello.answers = answers;
	wire_put(l->sensor, MSG_HELLO, &l->hello);
	if (l->error)
		wire_put(l->sensor, MSG_SCANNER,
			 &(struct scanner){ .error = l->error });
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct life *l = ctx;

	switch (kind) {
	case MSG_HELLO:
		if (row->hello.role != ROLE_SENSOR)
			return -EBADMSG;
		/* A new life: what the former one asked nobody awaits. */
		stock_clear(l->stock);
		say_hello(l, row->hello.epoch);
		return 0;
	case MSG_PIECE:
		if (row->piece.len > MSG_PIECE_SIZE || row->piece.number == 0)
			return -EBADMSG;
		stock_add(l->stock, row->piece.number, row->piece.bytes,
			  row->piece.len);
		return 0;
	case MSG_MARK:
		stock_end(l->stock, row->mark.number, row->mark.whole);
		return 0;
	default:
		return -EBADMSG;
	}
}

static void on_broken(void *ctx, int err)
{
	(void)ctx;
	log_error("the wire to postern-sensor broke: %s", strerror(-err));
	exit(1);
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct life *l = prepare->data;

	(void)loop;
	(void)events;
	ask_on(l);
	wire_flush(l->sensor);
}

static void on_term(struct ev_loop *loop, ev_signal *signal, int events)
{
	(void)signal;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static int begin(struct life *l, const struct program *program)
{
	static const struct wire_ops ops = { .hear = hear,
					     .broken = on_broken };
	int err;

	l->path = program->config->mail.scanner;
	l->hello = program_hello(program);
	l->loop = ev_default_loop(EVFLAG_AUTO);
	l->stock = stock_new(CHUNKS, LARGEST, on_lost, l);
	if (!l->loop || !l->stock)
		return -ENOMEM;
	err = wire_new(&l->sensor, l->loop, ROLE_FD_SENSOR, ROLE_SCAN,
		       ROLE_SENSOR, &ops, l);
	for (unsigned int i = 0; i < ASKERS && !err; i++)
		err = asker_new(&l->askers[i], l->loop, l->path, on_answer, l);
	if (err)
		return err;
	ev_signal_init(&l->term, on_term, SIGTERM);
	ev_timer_init(&l->retry, on_retry, 0., 0.);
	ev_prepare_init(&l->turn_end, on_turn_end);
	l->retry.data = l;
	l->turn_end.data = l;
	ev_signal_start(l->loop, &l->term);
	ev_prepare_start(l->loop, &l->turn_end);
	/* Whether there is a scanner is told before there is a file. */
	ev_timer_start(l->loop, &l->retry);
	say_hello(l, 0);
	return 0;
}

int main(int argc, char **argv)
{
	static struct life life;
	struct program program;
	int err;

	program_start(&program, ROLE_SCAN, argc, argv);
	confine(&(struct confine){
		.role = ROLE_SCAN,
		.group = program.config->mail.scanner_group,
		.gid = -1,
	});
	signal(SIGPIPE, SIG_IGN);
	err = begin(&life, &program);
	if (err) {
		log_error("cannot begin: %s", strerror(-err));
		return 1;
	}
	ev_run(life.loop, 0);
	for (unsigned int i = 0; i < ASKERS; i++)
		asker_free(life.askers[i]);
	wire_free(life.sensor);
	stock_free(life.stock);
	config_free(program.config);
	return 0;
}
