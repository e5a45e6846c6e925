/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upkeep: timers, and which job is next.
 */
#include "ctl/records/upkeep.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/log.h"
#include "ctl/records/declare.h"
#include "ctl/records/sealer.h"

/* A seal that could not be made is tried again so often. */
#define RETRY_S 10.

/* Seals are small, and their segments stay as they are. */
#define SEALS_BYTES (8u << 20)

struct upkeep {
	struct ev_loop *loop;
	struct books *books;
	struct commit *commit;
	const struct config *config;
	struct sealer sealer;
	bool is_sealing; /* there is a key to do it */
	int seal_error; /* -errno of the newest seal; 0: it is made */
	ev_timer hour;
	ev_timer retry;
	uint64_t day; /* since 1970, of the newest look */
};

/* Something that somebody should look at: once per cause. */
static void raise_alarm(struct upkeep *u, const char *name, const char *reason)
{
	struct act act = declare_begin(ACT_ALARM, 0);

	snprintf(act.name, sizeof(act.name), "%s", name);
	snprintf(act.reason, sizeof(act.reason), "%s", reason);
	log_error("alarm: %s: %s", name, reason);
	if (books_act(u->books, &act))
		log_error("out of memory: an alarm is not recorded");
	commit_soon(u->commit);
}

static void seal(struct upkeep *u, enum seal_reason reason)
{
	int err;

	if (!u->is_sealing)
		return;
	err = sealer_seal(&u->sealer, reason);
	if (err && err != u->seal_error)
		log_error("cannot seal the records: %s", strerror(-err));
	u->seal_error = err;
	if (err && !ev_is_active(&u->retry)) {
		ev_timer_set(&u->retry, RETRY_S, 0.);
		ev_timer_start(u->loop, &u->retry);
	}
	if (!err)
		commit_state(u->commit)->sealed_ns = u->sealer.last_ns;
}

static void on_hour(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct upkeep *u = timer->data;

	(void)loop;
	(void)events;
	seal(u, SEAL_HOUR);
	commit_say_state(u->commit);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	seal(timer->data, SEAL_HOUR);
}

int upkeep_new(struct upkeep **out, struct ev_loop *loop, struct books *books,
	       struct commit *commit, const struct config *config)
{
	struct upkeep *u = calloc(1, sizeof(*u));

	if (!u)
		return -ENOMEM;
	u->loop = loop;
	u->books = books;
	u->commit = commit;
	u->config = config;
	ev_init(&u->hour, on_hour);
	ev_init(&u->retry, on_retry);
	u->hour.data = u;
	u->retry.data = u;
	*out = u;
	return 0;
}

void upkeep_free(struct upkeep *u)
{
	if (!u)
		return;
	ev_timer_stop(u->loop, &u->hour);
	ev_timer_stop(u->loop, &u->retry);
	sealer_close(&u->sealer);
	free(u);
}

static void open_sealer(struct upkeep *u)
{
	int err = sealer_open(&u->sealer, u->books);

	u->is_sealing = err == 0;
	if (err == -ENOKEY)
		raise_alarm(u, "seals",
			    "the key of the next seal is missing: nothing "
			    "more can be sealed; see postern-records(8)");
	else if (err)
		raise_alarm(u, "seals", strerror(-err));
	if (!err && u->sealer.last_seq == 0)
		log_notice("the records begin; write down their anchor, which "
			   "`postern records` shows, and keep it elsewhere");
}

void upkeep_begin(struct upkeep *u)
{
	double wait_s = (double)u->config->records.seal_s;

	u->day = clock_calendar_ns() / CLOCK_NS_PER_S / 86400;
	open_sealer(u);
	seal(u, SEAL_START);
	ev_timer_set(&u->hour, wait_s, wait_s);
	ev_timer_start(u->loop, &u->hour);
}

void upkeep_end(struct upkeep *u)
{
	seal(u, SEAL_STOP);
}

/* A checkpoint is of no use if a segment ends in its midst. */
static bool may_close(const struct upkeep *u, enum rclass rclass)
{
	return !journal_is_blank(u->books->journals[rclass]) &&
	       (rclass != CLASS_ACTS || !u->books->checkpoint_open);
}

static uint64_t size_of(const struct upkeep *u, enum rclass rclass)
{
	const struct journal *j = u->books->journals[rclass];
	const char *ignored;

	return journal_synced(j) + journal_pending(j, &ignored);
}

/* Close what is full, or what a day began after.  True: some was closed. */
static bool close_segments(struct upkeep *u, bool is_new_day)
{
	bool closed = false;

	for (int i = 0; i < CLASS_SEALS; i++) {
		enum rclass rclass = (enum rclass)i;

		if (!may_close(u, rclass) ||
		    (!is_new_day &&
		     size_of(u, rclass) < u->config->records.segment_bytes))
			continue;
		if (commit_segment(u->commit, rclass))
			return closed;
		closed = true;
	}
	if (size_of(u, CLASS_SEALS) >= SEALS_BYTES &&
	    journal_turn(u->books->journals[CLASS_SEALS]))
		return closed;
	return closed;
}

void upkeep_turn(struct upkeep *u)
{
	uint64_t today = clock_calendar_ns() / CLOCK_NS_PER_S / 86400;
	bool is_new_day = today != u->day;

	if (commit_is_failing(u->commit))
		return;
	u->day = today;
	if (close_segments(u, is_new_day)) {
		seal(u, SEAL_SEGMENT);
		commit_say_state(u->commit);
	}
}

void upkeep_hear(struct upkeep *u, const struct act *act)
{
	(void)u;
	(void)act;
}
