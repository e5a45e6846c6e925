/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer: takes orders, looks at each once more, and says what became of
 * them.  Orders of one turn of the loop go to the kernel in one transaction.
 */
#include "nft/writer.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/core/wire.h"
#include "nft/answers.h"
#include "nft/around.h"
#include "nft/banset.h"
#include "nft/batch.h"
#include "nft/guard.h"
#include "nft/load.h"
#include "nft/observe.h"
#include "nft/probe.h"
#include "nft/sweep.h"
#include "nft/table.h"

/* A rebuild's chunk: small enough that a live order waits a few ms only. */
#define FILL_MAX 4096u
/* How long a used libnftables context waits until it is freed. */
#define TIDY_PAUSE_S 1.
_Static_assert(FILL_MAX <= BATCH_ELEMENTS_MAX, "a chunk fits a batch");

struct writer {
	struct ev_loop *loop;
	const struct program *program;
	struct wire *ctl;
	struct table *table;
	struct guard *guard;
	struct sweep *sweep;
	struct around *around;
	ev_timer observe_timer;
	ev_io watch_io;
	ev_io sweep_io;
	ev_timer sweep_timer;
	ev_timer tidy_timer;
	ev_timer retry_timer; /* of a ruleset that cannot be loaded */
	ev_prepare turn_end;
	ev_signal term;
	uint16_t turn; /* our hellos so far */
	uint32_t ctl_epoch; /* the life of postern-ctl that we answered */
	uint64_t seq; /* of the newest order that was looked at */
	uint64_t told; /* of the newest MSG_DONE */
	size_t order_count;
	size_t fill_count;
	struct order orders[BANSET_ORDERS_MAX];
	struct order fill[FILL_MAX];
};

static void say_state(struct writer *w)
{
	wire_put(w->ctl, MSG_KERNEL, table_state(w->table));
}

static void say_drift(struct writer *w, const struct drift *drift)
{
	log_warning("%s (pid %u) %s our table; repairing it", drift->name,
		    drift->pid, drift->table_gone ? "removed" : "changed");
	wire_put(w->ctl, MSG_DRIFT, drift);
	if (!table_state(w->table)->loaded)
		log_error("the ruleset cannot be loaded: %s",
			  table_error(w->table));
	say_state(w);
}

static void say_unseen_drift(struct writer *w)
{
	struct drift drift;

	if (table_take_drift(w->table, &drift))
		say_drift(w, &drift);
}

static void refuse(struct writer *w, const struct order *order, int error,
		   const struct prefix *because)
{
	const struct refused refused = {
		.seq = order->seq,
		.prefix = order->prefix,
		.error = -error,
		.because = *because,
	};

	wire_put(w->ctl, MSG_REFUSED, &refused);
}

/* Carry out COUNT orders together; where the kernel refuses the lot, one by
 * one, so that only the bad ones fail. */
static void
carry_out(struct writer *w, const struct order *orders, size_t count,
	  int (*apply)(struct table *, const struct order *, size_t))
{
	static const struct prefix kernel;
	int err = count ? apply(w->table, orders, count) : 0;

	/* Where our sets were gone, the rebuild that follows has it all. */
	if (err == 0 || err == -ENOENT)
		return;
	for (size_t i = 0; i < count; i++) {
		err = apply(w->table, &orders[i], 1);
		if (err == -ENOENT)
			return;
		if (err)
			refuse(w, &orders[i], err, &kernel);
	}
}

static void flush_orders(struct writer *w)
{
	carry_out(w, w->orders, w->order_count, table_apply);
	for (size_t i = 0; i < w->order_count; i++) {
		if (w->orders[i].kind == ORDER_ADD &&
		    w->orders[i].list == LIST_BAN)
			sweep_add(w->sweep, &w->orders[i].prefix);
	}
	w->order_count = 0;
	if (sweep_is_due(w->sweep) && !ev_is_active(&w->sweep_timer))
		ev_timer_start(w->loop, &w->sweep_timer);
}

static void flush_fill(struct writer *w)
{
	carry_out(w, w->fill, w->fill_count, table_fill);
	w->fill_count = 0;
}

static void flush_all(struct writer *w)
{
	flush_orders(w);
	flush_fill(w);
	say_unseen_drift(w);
}

/* True: the order may be carried out. */
static bool passes(struct writer *w, const struct order *order)
{
	struct prefix because = { 0 };
	int err = guard_check(w->guard, order, &because);

	w->seq = order->seq;
	if (err)
		refuse(w, order, err, &because);
	return !err;
}

static void hear_order(struct writer *w, const struct order *order)
{
	if (!passes(w, order))
		return;
	/* What the table held before the order must not come after it. */
	flush_fill(w);
	w->orders[w->order_count++] = *order;
	if (w->order_count == BANSET_ORDERS_MAX)
		flush_orders(w);
}

static void hear_cut(struct writer *w, const struct cut *cut)
{
	int err = guard_check_cut(w->guard, cut);

	flush_orders(w);
	w->seq = cut->seq;
	if (!err)
		err = table_cut(w->table, cut);
	if (err && err != -ENOENT)
		log_warning("a session was not cut: %s", strerror(-err));
}

static void hear_fill(struct writer *w, const struct order *order)
{
	if (!passes(w, order))
		return;
	w->fill[w->fill_count++] = *order;
	if (w->fill_count == FILL_MAX)
		flush_fill(w);
}

static void hear_rebuild(struct writer *w, const struct rebuild *rebuild)
{
	int err;

	flush_all(w);
	w->seq = rebuild->seq;
	if (rebuild->kind == REBUILD_BEGIN)
		err = table_begin_rebuild(w->table);
	else
		err = table_end_rebuild(w->table);
	if (err && err != -ENOENT)
		log_error("cannot rebuild the ban sets: %s",
			  table_error(w->table));
	say_unseen_drift(w);
	if (!err && rebuild->kind == REBUILD_END)
		say_state(w);
}

static void hear_gate(struct writer *w, const struct gate_order *order)
{
	flush_all(w);
	w->seq = order->seq;
	if (table_set_gate(w->table, (enum gate)order->gate))
		log_error("cannot set the gate: %s", table_error(w->table));
	say_unseen_drift(w);
	say_state(w);
}

static struct answers answers_of(const struct writer *w)
{
	return (struct answers){ w->table, w->ctl, w->program->config };
}

static void hear_lookup(struct writer *w, const struct lookup *lookup)
{
	const struct answers answers = answers_of(w);

	flush_all(w);
	answers_find(&answers, lookup);
}

static void hear_count(struct writer *w, const struct lookup *lookup)
{
	const struct answers answers = answers_of(w);

	answers_count(&answers, lookup);
}

/* The trace is set anew with each question: a repair in between undid it. */
static void hear_trace(struct writer *w, const struct lookup *lookup)
{
	flush_all(w);
	if (table_trace(w->table, &lookup->address))
		log_error("cannot trace: %s", table_error(w->table));
	say_unseen_drift(w);
	hear_count(w, lookup);
}

static void hear_examine(struct writer *w, const struct lookup *lookup)
{
	const struct answers answers = answers_of(w);

	answers_examine(&answers, lookup);
}

static void say_hello(struct writer *w, uint32_t answers)
{
	struct hello hello = program_hello(w->program);

	hello.turn = ++w->turn;
	hello.answers = answers;
	wire_put(w->ctl, MSG_HELLO, &hello);
	say_state(w);
}

/* A new life of the decider: its numbers begin anew, its bans come anew. */
static void hear_hello(struct writer *w, const struct hello *hello)
{
	if (hello->epoch == w->ctl_epoch)
		return; /* said twice: it could not know that we listen */
	w->ctl_epoch = hello->epoch;
	flush_all(w);
	w->seq = 0;
	w->told = 0;
	say_hello(w, hello->epoch);
	/* It knows nothing of what was seen. */
	around_look(w->around, w->ctl, true);
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct writer *w = ctx;

	if (kind == MSG_ORDER)
		hear_order(w, &row->order);
	else if (kind == MSG_FILL)
		hear_fill(w, &row->order);
	else if (kind == MSG_REBUILD)
		hear_rebuild(w, &row->rebuild);
	else if (kind == MSG_GATE)
		hear_gate(w, &row->gate);
	else if (kind == MSG_LOOKUP)
		hear_lookup(w, &row->lookup);
	else if (kind == MSG_COUNT)
		hear_count(w, &row->lookup);
	else if (kind == MSG_TRACE)
		hear_trace(w, &row->lookup);
	else if (kind == MSG_EXAMINE)
		hear_examine(w, &row->lookup);
	else if (kind == MSG_CUT)
		hear_cut(w, &row->cut);
	else if (kind == MSG_SHARED)
		around_hear_shared(w->around, &row->observed.prefix);
	else if (kind == MSG_HELLO)
		hear_hello(w, &row->hello);
	return 0;
}

static void on_broken(void *ctx, int err)
{
	(void)ctx;
	log_error("the wire to postern-ctl broke: %s", strerror(-err));
	exit(1);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct writer *w = timer->data;

	(void)loop;
	(void)events;
	if (table_retry(w->table) == 0)
		say_state(w);
}

static void set_retry(struct writer *w)
{
	double wait_s = table_retry_s(w->table);

	if (wait_s <= 0. || ev_is_active(&w->retry_timer))
		return;
	ev_timer_set(&w->retry_timer, wait_s, 0.);
	ev_timer_start(w->loop, &w->retry_timer);
}

/* What was heard in this turn goes to the kernel, and the answers out. */
static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct writer *w = prepare->data;

	(void)loop;
	(void)events;
	flush_all(w);
	if (w->seq != w->told) {
		wire_put(w->ctl, MSG_DONE, &(struct done){ .seq = w->seq });
		w->told = w->seq;
	}
	wire_flush(w->ctl);
	wire_pause(w->ctl, !wire_is_clear(w->ctl));
	set_retry(w);
	if (load_is_untidy() && !ev_is_active(&w->tidy_timer))
		ev_timer_again(w->loop, &w->tidy_timer);
}

static void on_tidy(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)events;
	ev_timer_stop(loop, timer);
	load_tidy();
}

static void on_watch(struct ev_loop *loop, ev_io *io, int events)
{
	struct writer *w = io->data;
	struct drift drift;

	(void)loop;
	(void)events;
	while (table_check(w->table, &drift) == 1)
		say_drift(w, &drift);
}

static void on_sweep_due(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct writer *w = timer->data;

	(void)events;
	ev_timer_stop(loop, timer);
	if (!sweep_is_due(w->sweep))
		return;
	if (sweep_begin(w->sweep))
		ev_timer_again(loop, timer);
	else
		ev_io_start(loop, &w->sweep_io);
}

static void on_sweep(struct ev_loop *loop, ev_io *io, int events)
{
	struct writer *w = io->data;

	(void)events;
	if (sweep_work(w->sweep))
		return;
	ev_io_stop(loop, io);
	if (sweep_is_due(w->sweep))
		ev_timer_again(loop, &w->sweep_timer);
}

static void on_observe(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct writer *w = timer->data;

	(void)loop;
	(void)events;
	around_look(w->around, w->ctl, false);
}

static void on_term(struct ev_loop *loop, ev_signal *signal, int events)
{
	(void)signal;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static void start_watchers(struct writer *w)
{
	ev_io_init(&w->watch_io, on_watch, table_watch_fd(w->table), EV_READ);
	ev_io_init(&w->sweep_io, on_sweep, sweep_fd(w->sweep), EV_READ);
	ev_timer_init(&w->sweep_timer, on_sweep_due, SWEEP_PAUSE_S,
		      SWEEP_PAUSE_S);
	ev_timer_init(&w->tidy_timer, on_tidy, TIDY_PAUSE_S, TIDY_PAUSE_S);
	ev_timer_init(&w->retry_timer, on_retry, 0., 0.);
	w->retry_timer.data = w;
	ev_prepare_init(&w->turn_end, on_turn_end);
	ev_signal_init(&w->term, on_term, SIGTERM);
	ev_timer_init(&w->observe_timer, on_observe, 0., OBSERVE_PAUSE_S);
	w->observe_timer.data = w;
	ev_timer_start(w->loop, &w->observe_timer);
	w->watch_io.data = w;
	w->sweep_io.data = w;
	w->sweep_timer.data = w;
	w->turn_end.data = w;
	/* Orders come before the sweep and the watch. */
	ev_set_priority(&w->watch_io, -1);
	ev_set_priority(&w->sweep_io, -2);
	ev_io_start(w->loop, &w->watch_io);
	ev_prepare_start(w->loop, &w->turn_end);
	ev_signal_start(w->loop, &w->term);
}

static int open_all(struct writer *w)
{
	static const struct wire_ops ops = { .hear = hear,
					     .broken = on_broken };
	char error[LOAD_ERROR_SIZE] = "";
	struct probe bridge;
	int err;

	if (probe_bridges(w->program->config, &bridge)) {
		log_error("%s", bridge.detail);
		return -EINVAL;
	}
	err = guard_new(&w->guard, w->program->config);
	if (!err)
		err = sweep_open(&w->sweep);
	if (!err)
		err = around_open(&w->around, w->program->config, w->guard);
	if (!err)
		err = table_open(&w->table, w->program->config, error);
	if (!err)
		err = wire_new(&w->ctl, w->loop, ROLE_FD_CTL, ROLE_NFT,
			       ROLE_CTL, &ops, w);
	if (err)
		log_error("cannot set up the firewall: %s",
			  error[0] ? error : strerror(-err));
	return err;
}

int writer_run(const struct program *program)
{
	struct writer *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return 1;
	w->program = program;
	w->loop = ev_default_loop(0);
	err = w->loop ? open_all(w) : -ENOMEM;
	if (!err) {
		if (table_keep_error(w->table))
			log_error("the ruleset is not kept for the next boot: "
				  "%s",
				  strerror(-table_keep_error(w->table)));
		start_watchers(w);
		say_hello(w, 0);
		ev_run(w->loop, 0);
		flush_all(w);
	}
	wire_free(w->ctl);
	table_close(w->table);
	load_tidy();
	sweep_close(w->sweep);
	around_close(w->around);
	guard_free(w->guard);
	free(w);
	return err ? 1 : 0;
}
