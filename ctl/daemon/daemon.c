/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon: the wires, the turns of the loop, and who may speak when.
 *
 * New events are read only while what they lead to can leave: where a wire to
 * postern-nft or postern-records is full, the feeds wait, and their files with
 * them.
 */
#include "ctl/daemon/daemon.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/core/log.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/alert.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/clients.h"
#include "ctl/daemon/enforce.h"
#include "ctl/daemon/intake.h"
#include "ctl/daemon/journal.h"
#include "ctl/daemon/listen.h"
#include "ctl/daemon/omitted.h"
#include "ctl/daemon/sightings.h"

/* How long the last words may take to leave when we are told to end. */
#define LAST_WORDS_S 2.0

/* What a sudden end may take of the counts of alarms. */
#define ALARMS_S 600.0

struct turns {
	ev_prepare end;
	ev_idle more;
	ev_timer expiry;
	ev_timer checkpoint;
	ev_timer alarms;
	ev_timer last_words;
	ev_signal term;
	uint64_t started_ms;
	uint64_t expiry_ms; /* what the timer is set to; 0: not set */
	bool guarding; /* all that we know has been in force once */
	bool ending;
};

struct running {
	struct daemon daemon;
	struct turns turns;
};

static struct running *running_of(struct daemon *d)
{
	return (struct running *)d;
}

uint64_t daemon_now_ms(void)
{
	return clock_monotonic_ns() / CLOCK_NS_PER_MS;
}

static void ring(int fd, uint64_t what)
{
	if (write(fd, &what, sizeof(what)) < 0)
		log_error("cannot reach posternd: %s", strerror(errno));
}

struct feeder *daemon_feeder(struct daemon *d, unsigned int number)
{
	if (number < d->config->feed_count)
		return &d->feeders[number];
	number -= d->config->feed_count;
	if (number < d->config->sensor_count)
		return &d->feeders[CONFIG_SENSOR_FEED(number)];
	return NULL;
}

const char *daemon_feeder_name(const struct feeder *f)
{
	uint16_t index;

	if (daemon_feeder_role(f, &index) == ROLE_SENSOR)
		return f->daemon->config->sensors[index].name;
	return f->daemon->config->feeds[index].name;
}

enum role daemon_feeder_role(const struct feeder *f, uint16_t *index)
{
	bool is_sensor = f->index >= CONFIG_FEEDS_MAX;

	*index = is_sensor ? (uint16_t)(f->index - CONFIG_FEEDS_MAX) : f->index;
	return is_sensor ? ROLE_SENSOR : ROLE_FEED;
}

void daemon_ask_restart(struct daemon *d, enum role role, uint16_t index)
{
	const struct config *config = d->config;
	int first = ROLE_FD_FEEDS + config->feed_count + config->sensor_count;

	if (role == ROLE_NFT)
		ring(first, 1);
	else if (role == ROLE_RECORDS)
		ring(first + 1, 1);
	else if (role == ROLE_ALARM)
		ring(first + 2, 1);
	else if (role == ROLE_RESOLVE)
		ring(first + 3, 1);
	else if (role == ROLE_FEED)
		ring(first + 4 + index, 1);
	else if (role == ROLE_SENSOR)
		ring(first + 4 + config->feed_count + index, 1);
}

void daemon_ask_reload(struct daemon *d, uint64_t what)
{
	(void)d;
	ring(ROLE_FD_RELOAD, what);
}

/* No event may be judged: its consequences could not leave, or would be judged
 * without what former lives knew. */
static bool must_wait(const struct daemon *d)
{
	return !d->restored || !wire_is_clear(d->nft) ||
	       !wire_is_clear(d->records) || journal_is_full(d->journal);
}

static void set_expiry(struct daemon *d)
{
	struct turns *turns = &running_of(d)->turns;
	uint64_t next_ms = bans_next_ms(d->judge.bans);
	uint64_t mail_ms = bans_next_ms(d->judge.mail);
	uint64_t pardon_ms = bans_next_ms(d->judge.pardons);
	uint64_t now_ms = daemon_now_ms();
	double wait_s;

	if (mail_ms < next_ms)
		next_ms = mail_ms;
	if (pardon_ms < next_ms)
		next_ms = pardon_ms;
	if (next_ms == turns->expiry_ms)
		return;
	turns->expiry_ms = next_ms;
	ev_timer_stop(d->loop, &turns->expiry);
	if (next_ms == BANS_NEVER)
		return;
	wait_s = next_ms > now_ms ? (double)(next_ms - now_ms) / 1000. : 0.;
	/* Those that end in the same second end in one turn. */
	ev_timer_set(&turns->expiry, wait_s + 1., 0.);
	ev_timer_start(d->loop, &turns->expiry);
}

/* Only wakes the loop, whose turn's end sees what is due; acts that are written
 * meanwhile put it off, and the timer is then set once more. */
static void on_checkpoint(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

static void set_checkpoint(struct daemon *d, uint64_t now_ms)
{
	ev_timer *timer = &running_of(d)->turns.checkpoint;
	uint64_t due_ms = journal_due_ms(d->journal);

	if (ev_is_active(timer) || due_ms <= now_ms)
		return; /* what is due waits for a wire or the disk to be clear */
	ev_timer_set(timer, (double)(due_ms - now_ms) / 1000. + .01, 0.);
	ev_timer_start(d->loop, timer);
}

static void on_expiry(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct daemon *d = timer->data;

	(void)loop;
	(void)events;
	judge_expire(&d->judge, daemon_now_ms());
	running_of(d)->turns.expiry_ms = 0;
}

static void flush_wires(struct daemon *d)
{
	struct feeder *f;

	/* The kernel first: a packet does not wait.  Should we end in between,
	 * the event is read again. */
	wire_flush(d->nft);
	wire_flush(d->records);
	wire_flush(d->alarm);
	wire_flush(d->resolve);
	for (unsigned int i = 0; (f = daemon_feeder(d, i)); i++)
		wire_flush(f->wire);
}

/* Once in a life: what was known is in the kernel, and the gate as it is to
 * be. */
static void say_guarded(struct daemon *d)
{
	struct turns *turns = &running_of(d)->turns;

	if (turns->guarding || !enforce_is_settled(d->enforce))
		return;
	turns->guarding = true;
	log_notice("the gate is guarded: %u bans are in force, %llu ms after "
		   "the start",
		   bans_count(d->judge.bans),
		   (unsigned long long)(daemon_now_ms() - turns->started_ms));
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct daemon *d = prepare->data;
	struct turns *turns = &running_of(d)->turns;
	uint64_t now_ms = daemon_now_ms();
	struct feeder *f;
	bool more;

	(void)events;
	flush_wires(d);
	more = enforce_pump(d->enforce, now_ms);
	more |= journal_pump(d->journal, now_ms, !d->journal_state.error);
	more |= clients_turn(d->clients);
	flush_wires(d);
	sightings_flush(d->sightings);
	for (unsigned int i = 0; (f = daemon_feeder(d, i)); i++)
		wire_pause(f->wire, must_wait(d));
	set_expiry(d);
	set_checkpoint(d, now_ms);
	say_guarded(d);
	if (more)
		ev_idle_start(loop, &turns->more);
	else
		ev_idle_stop(loop, &turns->more);
	if (turns->ending && wire_is_clear(d->records) && wire_is_clear(d->nft))
		ev_break(loop, EVBREAK_ALL);
}

/* Only keeps the loop from sleeping. */
static void on_more(struct ev_loop *loop, ev_idle *idle, int events)
{
	(void)loop;
	(void)idle;
	(void)events;
}

static void on_term(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct daemon *d = signal->data;
	struct turns *turns = &running_of(d)->turns;

	struct act stop = {
		.kind = ACT_STOP,
		.origin = ORIGIN_SYSTEM,
		.reason = POSTERN_VERSION,
		.config_id = d->reload.config_id,
	};

	(void)events;
	/* Whoever never began has nothing to end. */
	if (d->restored && !turns->ending) {
		alert_keep(d);
		acts_record(d, &stop);
	}
	turns->ending = true;
	ev_timer_start(loop, &turns->last_words);
}

static void on_alarms(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct daemon *d = timer->data;

	(void)loop;
	(void)events;
	if (d->restored && journal_has_room(d->journal))
		alert_keep(d);
}

static void on_last_words(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static void start_turns(struct daemon *d)
{
	struct turns *turns = &running_of(d)->turns;

	ev_prepare_init(&turns->end, on_turn_end);
	ev_idle_init(&turns->more, on_more);
	ev_timer_init(&turns->expiry, on_expiry, 0., 0.);
	ev_timer_init(&turns->checkpoint, on_checkpoint, 0., 0.);
	ev_timer_init(&turns->alarms, on_alarms, ALARMS_S, ALARMS_S);
	ev_timer_init(&turns->last_words, on_last_words, LAST_WORDS_S, 0.);
	ev_signal_init(&turns->term, on_term, SIGTERM);
	turns->end.data = d;
	turns->expiry.data = d;
	turns->alarms.data = d;
	turns->term.data = d;
	ev_prepare_start(d->loop, &turns->end);
	ev_timer_start(d->loop, &turns->alarms);
	ev_signal_start(d->loop, &turns->term);
}

static int make_memory(struct daemon *d)
{
	if (getrandom(&d->seed, sizeof(d->seed), 0) != sizeof(d->seed))
		return -EIO;
	return judge_init(&d->judge, d->config, JUDGE_SOURCES, d->seed);
}

static void say_rest(void *ctx)
{
	acts_restate(ctx);
}

static int open_all(struct daemon *d)
{
	int err;

	d->loop = ev_default_loop(0);
	if (!d->loop)
		return -ENOMEM;
	err = make_memory(d);
	if (!err)
		err = listen_open(d);
	if (err)
		return err;
	d->enforce = enforce_new(&d->judge, d->nft);
	d->journal = journal_new(d->records, &d->judge, &d->streams);
	d->clients = clients_new(d);
	d->sightings = sightings_new(d);
	d->omitted = omitted_new(d, d->seed);
	if (!d->enforce || !d->journal || !d->clients || !d->sightings ||
	    !d->omitted)
		return -ENOMEM;
	journal_set_rest(d->journal, say_rest, d);
	return 0;
}

static void close_all(struct daemon *d)
{
	omitted_free(d->omitted);
	sightings_free(d->sightings);
	clients_free(d->clients);
	enforce_free(d->enforce);
	journal_free(d->journal);
	listen_close(d);
	judge_fini(&d->judge);
	prefixset_fini(&d->observing);
	basis_fini(&d->basis);
	prefixset_fini(&d->sharing);
}

int daemon_run(const struct program *program)
{
	struct running *running = calloc(1, sizeof(*running));
	struct daemon *d;
	int err;

	if (!running)
		return 1;
	d = &running->daemon;
	d->program = program;
	d->config = program->config;
	d->since_ns = clock_calendar_ns();
	running->turns.started_ms = daemon_now_ms();
	if (clock_boot(&d->boot))
		d->boot = 0;
	err = open_all(d);
	if (err) {
		log_error("cannot start: %s", strerror(-err));
	} else {
		start_turns(d);
		listen_greet(d);
		ev_run(d->loop, 0);
		flush_wires(d);
	}
	close_all(d);
	free(running);
	return err ? 1 : 0;
}
