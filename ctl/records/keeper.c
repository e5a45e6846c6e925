/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keeper: the loop, from opening the folder to the last sync.  Knows no act
 * and no record.
 */
#include "ctl/records/keeper.h"

#include <errno.h>
#include <ev.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/log.h"
#include "ctl/core/wire.h"
#include "ctl/records/books.h"
#include "ctl/records/declare.h"
#include "ctl/records/sealer.h"
#include "ctl/records/talk.h"
#include "ctl/records/upkeep.h"

struct keeper {
	struct ev_loop *loop;
	struct books books;
	struct commit *commit;
	struct upkeep *upkeep;
	struct wire *wire;
	struct wire *feeds; /* NULL: none tell lines */
	struct talk talk;
	ev_prepare turn;
	ev_timer lost; /* wakes the loop where events are missing */
	ev_idle more; /* there is more to tell, and room to tell it */
	ev_signal stop;
	int status;
};

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct keeper *k = ctx;

	return talk_hear(&k->talk, kind, row);
}

static int hear_feed(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct keeper *k = ctx;

	return kind == MSG_ORIGINAL
		       ? talk_hear_original(&k->talk, &row->original)
		       : -EBADMSG;
}

static void on_more(struct ev_loop *loop, ev_idle *idle, int events)
{
	struct keeper *k = idle->data;

	(void)loop;
	(void)events;
	talk_more(&k->talk);
}

static void on_lost(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

static void on_turn(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct keeper *k = prepare->data;

	(void)events;
	if (talk_turn(&k->talk, false))
		log_error("out of memory: bans of a checkpoint wait");
	if (talk_has_lost(&k->talk) && !ev_is_active(&k->lost)) {
		ev_timer_set(&k->lost, TALK_LOST_S, 0.);
		ev_timer_start(loop, &k->lost);
	}
	commit_turn(k->commit);
	if (commit_is_astray(k->commit)) {
		log_error("the records folder is another one now: beginning "
			  "anew there");
		k->status = 1;
		wire_flush(k->wire);
		ev_break(loop, EVBREAK_ALL);
		return;
	}
	upkeep_turn(k->upkeep);
	wire_flush(k->wire);
	if (talk_has_more(&k->talk) && wire_is_clear(k->wire))
		ev_idle_start(loop, &k->more);
	else
		ev_idle_stop(loop, &k->more);
}

/* The last thing in a life: what was accepted goes to disk. */
static void end_life(struct keeper *k, int status)
{
	int err = talk_turn(&k->talk, true);

	if (!err)
		err = commit_now(k->commit);
	if (err)
		log_error("records that postern-ctl was not told to be kept "
			  "are lost: %s",
			  strerror(-err));
	if (!err)
		upkeep_end(k->upkeep);
	wire_flush(k->wire);
	k->status = err ? 1 : status;
	ev_break(k->loop, EVBREAK_ALL);
}

static void on_stop(struct ev_loop *loop, ev_signal *signal, int events)
{
	(void)loop;
	(void)events;
	end_life(signal->data, 0);
}

static void broken(void *ctx, int err)
{
	if (err == -EBADMSG)
		log_error("postern-ctl said what it may not say");
	else if (err == -EPIPE)
		log_error("posternd has gone");
	else
		log_error("the wire to postern-ctl broke: %s", strerror(-err));
	end_life(ctx, 1);
}

/* One pair for all feeds: who of them it was cannot be told.  Their lines are
 * no longer heard; what is decided goes on being kept. */
static void broken_feeds(void *ctx, int err)
{
	struct keeper *k = ctx;

	log_error("a feed said what it may not say: no more lines of events "
		  "are recorded in this life: %s",
		  strerror(-err));
	wire_free(k->feeds);
	k->feeds = NULL;
}

static void log_findings(void *ctx, const struct survey *survey)
{
	struct act act;

	(void)ctx;
	for (size_t i = 0; i < survey->count; i++) {
		if (survey->findings[i].flaw == FLAW_NONE)
			continue;
		act = declare_damage(&survey->findings[i]);
		log_error("the records are damaged: %s; what can be read is "
			  "used",
			  act.reason);
	}
	if (survey->torn == 0)
		return;
	act = declare_torn(survey);
	log_warning("%s ends with %" PRIu64 " bytes of an unfinished record, "
		    "which are cut off",
		    act.name, survey->torn);
}

static int open_books(struct keeper *k, const struct config *config)
{
	const char *path = config->records.path, *advice;
	int err;

	err = books_open(&k->books, path, (int)config->control.gid,
			 log_findings, k, &advice);
	for (int i = 0; i < CLASS_COUNT && !err; i++)
		folder_protect(k->books.folders[i]);
	if (!err)
		err = commit_new(&k->commit, k->loop, &k->books);
	if (!err)
		err = upkeep_new(&k->upkeep, k->loop, &k->books, k->commit,
				 config);
	if (err)
		log_error("cannot keep records in %s: %s", path,
			  advice ? advice : strerror(-err));
	else
		commit_soon(k->commit);
	return err;
}

static void hear_custody(void *ctx, const struct act *act)
{
	struct keeper *k = ctx;

	upkeep_hear(k->upkeep, act);
}

static int open_wire(struct keeper *k, int fd)
{
	static const struct wire_ops ops = { .hear = hear, .broken = broken };
	int err = wire_new(&k->wire, k->loop, fd, ROLE_RECORDS, ROLE_CTL, &ops,
			   k);

	if (err) {
		log_error("cannot open the wire: %s", strerror(-err));
		return err;
	}
	commit_tell(k->commit, k->wire);
	k->talk.books = &k->books;
	k->talk.commit = k->commit;
	k->talk.wire = k->wire;
	k->talk.hear_act = hear_custody;
	k->talk.ctx = k;
	return 0;
}

static int open_feeds(struct keeper *k, int fd)
{
	static const struct wire_ops ops = { .hear = hear_feed,
					     .broken = broken_feeds };
	int err;

	if (fd < 0)
		return 0;
	err = wire_new(&k->feeds, k->loop, fd, ROLE_RECORDS, ROLE_FEED, &ops,
		       k);
	if (err)
		log_error("cannot open the wire of the feeds: %s",
			  strerror(-err));
	return err;
}

static void run(struct keeper *k)
{
	ev_prepare_init(&k->turn, on_turn);
	ev_timer_init(&k->lost, on_lost, TALK_LOST_S, 0.);
	ev_idle_init(&k->more, on_more);
	ev_signal_init(&k->stop, on_stop, SIGTERM);
	k->turn.data = k;
	k->more.data = k;
	k->stop.data = k;
	ev_prepare_start(k->loop, &k->turn);
	ev_signal_start(k->loop, &k->stop);
	/* A limit on the size of files is an error of write(2), not the end. */
	signal(SIGXFSZ, SIG_IGN);
	talk_begin(&k->talk);
	upkeep_begin(k->upkeep);
	ev_run(k->loop, 0);
	ev_prepare_stop(k->loop, &k->turn);
	ev_timer_stop(k->loop, &k->lost);
	ev_idle_stop(k->loop, &k->more);
	ev_signal_stop(k->loop, &k->stop);
}

int keeper_run(const struct config *config, int fd, int originals,
	       const struct hello *hello)
{
	struct keeper *k = calloc(1, sizeof(*k));
	int status = 1;

	if (!k)
		return 1;
	k->talk.hello = *hello;
	k->loop = ev_loop_new(EVFLAG_AUTO);
	if (k->loop && !open_books(k, config) && !open_wire(k, fd) &&
	    !open_feeds(k, originals)) {
		run(k);
		status = k->status;
	}
	talk_fini(&k->talk);
	wire_free(k->wire);
	wire_free(k->feeds);
	upkeep_free(k->upkeep);
	commit_free(k->commit);
	books_close(&k->books);
	if (k->loop)
		ev_loop_destroy(k->loop);
	free(k);
	return status;
}

int keeper_make(const char *path)
{
	struct books books;
	struct sealer sealer = { .books = NULL };
	const char *advice;
	int err;

	err = books_open(&books, path, -1, log_findings, NULL, &advice);
	if (!err)
		err = sealer_open(&sealer, &books);
	/* Who asks twice makes nothing twice. */
	if (!err && sealer.last_seq == 0)
		err = sealer_seal(&sealer, SEAL_START);
	if (err)
		log_error("cannot make records in %s: %s", path,
			  advice ? advice : strerror(-err));
	sealer_close(&sealer);
	books_close(&books);
	return err ? 1 : 0;
}
