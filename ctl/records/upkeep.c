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
#include "ctl/records/chores.h"
#include "ctl/records/clockstep.h"
#include "ctl/records/declare.h"
#include "ctl/records/disk.h"
#include "ctl/records/sealer.h"

/* A seal that could not be made is tried again so often. */
#define RETRY_S 10.

/* How soon before the disk is full somebody is told. */
#define WARN_NS (14 * 86400ull * CLOCK_NS_PER_S)
/* What is taken as the rate at which records are written. */
#define RECENT_S (7 * 86400ull)
/* While records are written the disk is looked at so often. */
#define LOOK_NS (10 * (uint64_t)CLOCK_NS_PER_S)

/* Where nothing is written the clocks are looked at so often. */
#define CLOCK_S 60.

/* A start is not the time to pack: the state is being told, the bans are
 * being brought into force. */
#define CALM_S 5.

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
	ev_timer minute; /* wakes the loop, for a look at the clocks */
	struct clockstep clock;
	ev_idle idle; /* there are chores */
	ev_timer calm; /* until the chores after a start */
	struct packer *packer;
	struct chores chores;
	struct holds holds;
	uint64_t begun_ns; /* the first seal */
	uint64_t day; /* since 1970, of the newest look */
	uint64_t looked_ns; /* at the disk; monotonic */
	uint64_t count; /* of all records, then */
	bool is_warned; /* that the disk will be full */
	bool is_closing; /* all segments, at the end of this turn */
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

/* Before records go, that they do. */
static int prove_disposal(void *ctx)
{
	struct upkeep *u = ctx;

	seal(u, SEAL_SEGMENT);
	return u->is_sealing ? u->seal_error : -ENOKEY;
}

static struct disk_view view_disk(const struct upkeep *u)
{
	const struct folder *folder = u->books->folders[CLASS_ACTS];
	struct disk_view view = {
		.now_ns = clock_calendar_ns(),
		.bytes = books_bytes(u->books),
		.recent_s = u->sealer.last.age_s,
		.free_bytes = books_free_bytes(u->books),
		.total_bytes = folder_total_bytes(folder),
	};

	if (view.recent_s > RECENT_S)
		view.recent_s = RECENT_S;
	for (int i = 0; i < CLASS_SEALS; i++) {
		uint32_t days =
			keeping_days(&u->config->records, (enum rclass)i);

		view.recent_bytes += folder_recent_bytes(
			u->books->folders[i],
			view.now_ns / CLOCK_NS_PER_S - view.recent_s);
		/* Custody is long, and little. */
		if (i != CLASS_CUSTODY && days > view.keep_days)
			view.keep_days = days;
	}
	return view;
}

/* Less is written of what counts least, and again all of it. */
static void set_short(struct upkeep *u, bool is_short)
{
	if (u->books->is_short == is_short)
		return;
	u->books->is_short = is_short;
	if (is_short)
		raise_alarm(u, "disk",
			    "the disk is nearly full: of events that led to "
			    "nothing one in ten is kept, the others counted");
	else
		log_notice("there is room on the disk again: every event is "
			   "kept");
}

static void look_at_disk(struct upkeep *u)
{
	struct disk_view view = view_disk(u);
	uint64_t full_ns = disk_full_ns(&view);
	char reason[ACT_REASON_SIZE], day[CLOCK_TEXT_SIZE];
	bool is_near = full_ns && full_ns - view.now_ns < WARN_NS;

	u->looked_ns = clock_monotonic_ns();
	u->count = books_count(u->books);
	commit_state(u->commit)->full_ns = full_ns;
	set_short(u, disk_is_short(&view));
	if (is_near && !u->is_warned) {
		snprintf(reason, sizeof(reason),
			 "the disk of the records will be full on %.10s if as "
			 "much is written as lately",
			 clock_format(full_ns, day));
		raise_alarm(u, "disk", reason);
	}
	/* Who asks for the status hears it at once, not with the next seal. */
	if (is_near != u->is_warned)
		commit_say_state(u->commit);
	u->is_warned = is_near;
}

static void start_chores(struct upkeep *u)
{
	chores_begin(&u->chores);
	ev_idle_start(u->loop, &u->idle);
}

static void on_idle(struct ev_loop *loop, ev_idle *idle, int events)
{
	struct upkeep *u = idle->data;

	(void)events;
	if (!commit_is_failing(u->commit) &&
	    chores_step(&u->chores, clock_calendar_ns()))
		return;
	ev_idle_stop(loop, &u->idle);
	if (u->chores.packing)
		return;
	if (u->chores.error)
		log_error("cannot pack or delete records: %s",
			  strerror(-u->chores.error));
	u->chores.error = 0;
	if (u->chores.deleted == 0)
		return;
	log_notice("%llu segments of records were deleted by the schedule",
		   (unsigned long long)u->chores.deleted);
}

static void on_packed(void *ctx, int err)
{
	struct upkeep *u = ctx;

	chores_packed(&u->chores, err);
	ev_idle_start(u->loop, &u->idle);
}

static void on_calm(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	start_chores(timer->data);
}

/* What postern-ctl shows of custody. */
static void show_custody(struct upkeep *u)
{
	struct journal_state *state = commit_state(u->commit);

	state->holds = (uint32_t)u->holds.count;
	state->review_days = u->config->records.review_days;
	state->reviewed_ns = u->holds.reviewed_ns;
	state->begun_ns = u->begun_ns;
	state->witnessed_ns = u->holds.witnessed_ns;
}

static void on_hour(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct upkeep *u = timer->data;

	(void)loop;
	(void)events;
	seal(u, SEAL_HOUR);
	look_at_disk(u);
	start_chores(u);
	commit_say_state(u->commit);
}

/* The turn that follows looks. */
static void on_minute(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

static void record_step(struct upkeep *u, int64_t step_ms)
{
	struct act act = clockstep_act(step_ms);

	log_warning("%s", act.reason);
	if (books_act(u->books, &act))
		log_error("out of memory: a step of the clock is not recorded");
	commit_soon(u->commit);
}

static void look_at_clock(struct upkeep *u)
{
	int64_t step_ms = clockstep_look(&u->clock, clock_calendar_ns(),
					 clock_boottime_ns());

	if (step_ms)
		record_step(u, step_ms);
}

/* Against the newest seal: before the first one of this life. */
static void look_back(struct upkeep *u)
{
	const struct seal *last = &u->sealer.last;
	uint64_t now_ns = clock_monotonic_ns(), boot, elapsed_ns = UINT64_MAX;
	int64_t step_ms;

	if (u->sealer.last_seq == 0)
		return;
	if (clock_boot(&boot) == 0 && boot == last->boot &&
	    now_ns >= last->monotonic_ns)
		elapsed_ns = now_ns - last->monotonic_ns;
	step_ms = clockstep_between(u->sealer.last_ns, elapsed_ns,
				    clock_boottime_ns() - now_ns,
				    clock_calendar_ns());
	if (step_ms)
		record_step(u, step_ms);
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
	ev_idle_init(&u->idle, on_idle);
	ev_timer_init(&u->calm, on_calm, CALM_S, 0.);
	ev_timer_init(&u->minute, on_minute, CLOCK_S, CLOCK_S);
	u->hour.data = u;
	u->retry.data = u;
	u->idle.data = u;
	u->calm.data = u;
	u->packer = packer_new(loop, on_packed, u);
	if (!u->packer) {
		upkeep_free(u);
		return -ENOMEM;
	}
	u->chores.packer = u->packer;
	u->chores.keeping = (struct keeping){
		.books = books,
		.config = &config->records,
		.holds = &u->holds,
		.seal = &u->sealer.last,
		.prove = prove_disposal,
		.ctx = u,
	};
	*out = u;
	return 0;
}

void upkeep_free(struct upkeep *u)
{
	if (!u)
		return;
	ev_timer_stop(u->loop, &u->hour);
	ev_timer_stop(u->loop, &u->retry);
	ev_timer_stop(u->loop, &u->calm);
	ev_timer_stop(u->loop, &u->minute);
	ev_idle_stop(u->loop, &u->idle);
	packer_free(u->packer);
	holds_fini(&u->holds);
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

/* The first seal was written: the newest file says whether its folder can have
 * the attribute. */
static void tell_unprotected(struct upkeep *u)
{
	int err = journal_unprotected(u->books->journals[CLASS_SEALS]);
	struct act act = declare_begin(ACT_EXPOSED, 0);

	commit_state(u->commit)->unprotected = -err;
	if (!err)
		return;
	act.error = -err;
	snprintf(act.reason, sizeof(act.reason),
		 "the files of the records are not append-only: %s",
		 err == -EOPNOTSUPP ? "their file system has no such attribute"
				    : strerror(-err));
	log_notice("%s", act.reason);
	if (books_act(u->books, &act))
		log_error("out of memory: that is not recorded");
	commit_soon(u->commit);
}

void upkeep_begin(struct upkeep *u)
{
	double wait_s = (double)u->config->records.seal_s;
	int err = holds_read(&u->holds, u->config->records.path);

	/* What is not known may be held. */
	if (err) {
		log_error("cannot read which records are held: %s; nothing "
			  "will be deleted",
			  strerror(-err));
		u->holds.is_overfull = true;
	}

	u->day = clock_calendar_ns() / CLOCK_NS_PER_S / 86400;
	open_sealer(u);
	look_back(u);
	look_at_clock(u);
	ev_timer_start(u->loop, &u->minute);
	seal(u, SEAL_START);
	tell_unprotected(u);
	u->begun_ns = sealer_begun_ns(&u->sealer);
	ev_timer_set(&u->hour, wait_s, wait_s);
	ev_timer_start(u->loop, &u->hour);
	show_custody(u);
	look_at_disk(u);
	ev_timer_start(u->loop, &u->calm);
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

	look_at_clock(u);
	if (commit_is_failing(u->commit))
		return;
	u->day = today;
	if (books_count(u->books) != u->count &&
	    clock_monotonic_ns() - u->looked_ns > LOOK_NS)
		look_at_disk(u);
	if (close_segments(u, is_new_day || u->is_closing)) {
		seal(u, SEAL_SEGMENT);
		start_chores(u);
		commit_say_state(u->commit);
	}
	u->is_closing = false;
}

void upkeep_hear(struct upkeep *u, const struct act *act)
{
	u->holds.begun_ns = u->begun_ns;
	u->holds.newest_seal = u->sealer.last_seq;
	holds_hear(&u->holds, act);
	if (act->kind == ACT_WITNESS)
		holds_date(&u->holds, u->books->folders[CLASS_SEALS]);
	show_custody(u);
	commit_say_state(u->commit);
	/* What goes out is closed and sealed first. */
	if (act->kind == ACT_EXPORT)
		u->is_closing = true;
}
