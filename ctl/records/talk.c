/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * talk: rows in, records out, and back.  Knows no file, no timer and no loop.
 */
#include "ctl/records/talk.h"

#include <errno.h>
#include <inttypes.h>

#include "ctl/core/clock.h"
#include "ctl/core/log.h"
#include "ctl/core/wire.h"
#include "ctl/records/declare.h"

/* So many bytes of events may wait for a disk that refuses; acts, of which
 * the state is made, may take more. */
#define EVENTS_PENDING_MAX (2u << 20)
/* Lost events are told of no more often. */
#define LOST_NS (TALK_LOST_S * (uint64_t)CLOCK_NS_PER_S)

static struct journal *acts_of(const struct talk *t)
{
	return t->books->journals[CLASS_ACTS];
}

static int write_bans(struct talk *t)
{
	int err;

	if (t->ban_count == 0)
		return 0;
	err = journal_bans(acts_of(t), t->bans, t->ban_count);
	if (err)
		return err;
	checkpoint_bans(&t->checkpoint, t->ban_count);
	t->ban_count = 0;
	return 0;
}

/* A checkpoint that is whole is where the next restore begins. */
static void follow_checkpoint(struct talk *t, const struct act *act,
			      bool is_first)
{
	checkpoint_act(&t->checkpoint, (enum act_kind)act->kind, is_first,
		       act->count);
	t->books->checkpoint_open = checkpoint_is_open(&t->checkpoint);
	if (act->kind != ACT_CHECKPOINTED)
		return;
	if (t->checkpoint.phase == CHECKPOINT_WHOLE) {
		t->books->base = journal_segment(acts_of(t));
		t->books->base_counts = true;
		return;
	}
	log_warning("a checkpoint of %" PRIu64 " bans is not whole and will "
		    "not be used; %" PRIu64 " bans were not written",
		    act->count, t->stray);
	t->stray = 0;
}

static int write_act(struct talk *t, const struct act *act)
{
	bool is_first;
	int err = write_bans(t);

	if (err)
		return err;
	/* While the disk refuses, it stands in the old segment: no state. */
	if (act->kind == ACT_CHECKPOINT)
		(void)commit_segment(t->commit, CLASS_ACTS);
	is_first = journal_is_blank(acts_of(t));
	err = books_act(t->books, act);
	if (err)
		return err;
	if (class_of_act(act) == CLASS_ACTS)
		follow_checkpoint(t, act, is_first);
	else if (t->hear_act)
		t->hear_act(t->ctx, act);
	if (act->origin == ORIGIN_PERSON)
		commit_soon(t->commit);
	return 0;
}

/* It stands for acts that we had, and that are gone with their files. */
static bool is_gap_of(const struct talk *t, const struct act *act)
{
	return act->kind == ACT_GAP &&
	       act->count == act->id - t->books->last_id;
}

static int hear_act(struct talk *t, const struct act *act)
{
	if (act->kind == ACT_NONE || act->id == 0)
		return -EBADMSG;
	if (act->id > t->books->last_id + 1 && !is_gap_of(t, act)) {
		log_error("act %" PRIu64 " came after act %" PRIu64
			  ": some are missing",
			  act->id, t->books->last_id);
		return -EPROTO;
	}
	/* A life that ended may have kept a later act of another class. */
	if (books_has(t->books, act)) {
		t->repeated++;
		commit_repeat(t->commit);
		return 0;
	}
	return write_act(t, act);
}

static size_t write_sighting(char *out, const struct record *head,
			     const void *sighting)
{
	return record_write_sighting(out, head, sighting);
}

/* While the disk is nearly full one in ten is kept of what led to nothing. */
static bool is_least(const struct sighting *sighting)
{
	return sighting->number % 10 != 0 &&
	       (sighting->outcome == OUTCOME_COUNTED ||
		sighting->outcome == OUTCOME_NOTHING ||
		sighting->outcome == OUTCOME_ALREADY);
}

/* An event is not acknowledged: its feed is read again after a death, and
 * what is missing shows by its number. */
static int hear_sighting(struct talk *t, const struct sighting *sighting)
{
	struct journal *events = t->books->journals[CLASS_EVENTS];
	const char *ignored;

	if (t->sighted && sighting->number > t->sighted + 1)
		t->missed += sighting->number - t->sighted - 1;
	t->sighted = sighting->number;
	if (t->books->is_short && is_least(sighting)) {
		t->lost++;
		return 0;
	}
	if (commit_is_failing(t->commit) &&
	    journal_pending(events, &ignored) > EVENTS_PENDING_MAX) {
		t->lost++;
		return 0;
	}
	return journal_put(events, write_sighting, sighting, 0);
}

static size_t write_original(char *out, const struct record *head,
			     const void *original)
{
	return record_write_original(out, head, original);
}

/* It stands beside an event that is recorded anyway: where room is short it
 * is left out, and the next one tells how many were. */
int talk_hear_original(struct talk *t, const struct original *original)
{
	struct original row = *original;
	int err;

	if (t->books->is_short || commit_is_failing(t->commit)) {
		t->left_out += original->missed + (original->at == 0);
		return 0;
	}
	row.missed += t->left_out;
	err = journal_put(t->books->journals[CLASS_EVENTS], write_original,
			  &row, 0);
	if (!err)
		t->left_out = 0;
	return err;
}

/* What is missing among the events is told as soon as it can be written. */
static int declare_lost(struct talk *t, bool is_last)
{
	uint64_t now_ns = clock_monotonic_ns();
	struct act act;

	if (t->lost + t->missed == t->lost_said || commit_is_failing(t->commit))
		return 0;
	if (!is_last && now_ns - t->lost_said_ns < LOST_NS)
		return 0;
	t->lost_said_ns = now_ns;
	act = declare_lost_events(t->lost + t->missed - t->lost_said);
	t->lost_said = t->lost + t->missed;
	commit_state(t->commit)->lost += act.count;
	return books_act(t->books, &act);
}

static int hear_ban(struct talk *t, const struct saved_ban *ban)
{
	if (ban->prefix.family == 0)
		return -EBADMSG;
	if (!checkpoint_is_open(&t->checkpoint) ||
	    commit_is_failing(t->commit)) {
		t->stray++;
		return 0;
	}
	t->bans[t->ban_count++] = *ban;
	return t->ban_count == RECORD_BANS_MAX ? write_bans(t) : 0;
}

/* The first of our life, or the answer to that of postern-ctl's life EPOCH. */
static void say_hello(struct talk *t, uint32_t epoch)
{
	t->hello.turn++;
	t->hello.answers = epoch;
	wire_put(t->wire, MSG_HELLO, &t->hello);
}

static void tell_row(void *ctx, enum msg_kind kind, const void *row)
{
	struct talk *t = ctx;

	wire_put(t->wire, kind, row);
}

static int begin_restore(struct talk *t)
{
	struct restore_range range = {
		.base = t->books->base,
		.base_counts = t->books->base_counts,
		.last = journal_segment(acts_of(t)),
		.last_bytes = journal_synced(acts_of(t)),
	};

	range.pending_len = journal_pending(acts_of(t), &range.pending);
	t->restored = (struct restored){
		.last_id = t->books->last_id,
		.seq = journal_seq(acts_of(t)),
		.torn = t->books->torn,
	};
	return restore_new(&t->restore, t->books->folders[CLASS_ACTS], &range,
			   tell_row, t);
}

/*
 * A life of postern-ctl begins, or it asks again.  What was accepted before
 * goes to disk first, so that it is told; where the disk refuses, it is told
 * from memory: bans must come back into force without a disk, too.
 */
static int hear_hello(struct talk *t, const struct hello *hello)
{
	int err;

	if (hello->role != ROLE_CTL)
		return -EBADMSG;
	err = write_bans(t);
	if (err)
		return err;
	(void)commit_now(t->commit);
	restore_free(t->restore);
	t->restore = NULL;
	t->is_met = true;
	t->sighted = 0;
	say_hello(t, hello->epoch);
	return begin_restore(t);
}

int talk_hear(struct talk *t, enum msg_kind kind, const union msg_row *row)
{
	if (kind == MSG_HELLO)
		return hear_hello(t, &row->hello);
	/* Said to a former life, or not: it happened. */
	if (kind == MSG_SIGHTING)
		return hear_sighting(t, &row->sighting);
	if (!t->is_met) {
		t->early++;
		return 0;
	}
	if (kind == MSG_ACT)
		return hear_act(t, &row->act);
	if (kind == MSG_SAVE)
		return hear_ban(t, &row->saved);
	return -EBADMSG;
}

static void end_restore(struct talk *t)
{
	uint64_t skipped = restore_skipped(t->restore);
	uint64_t later = restore_later(t->restore);

	if (later)
		log_warning("%" PRIu64 " records of a later version were "
			    "restored without what is not known here",
			    later);
	if (skipped)
		log_error("%" PRIu64 " records cannot be read and were not "
			  "restored",
			  skipped);
	if (t->early || t->repeated)
		log_notice("%" PRIu64 " acts of an earlier life, and %" PRIu64
			   " that are kept already, were not written again",
			   t->early, t->repeated);
	t->early = 0;
	t->repeated = 0;
	restore_free(t->restore);
	t->restore = NULL;
	/* Acts that came meanwhile may be kept already, and said to be. */
	if (t->books->synced_id > t->restored.last_id)
		t->restored.last_id = t->books->synced_id;
	wire_put(t->wire, MSG_RESTORED, &t->restored);
	/* LAST_ID is where postern-ctl goes on; what is on disk, only
	 * MSG_KEPT says: the rest may be in memory, before a full disk. */
	commit_repeat(t->commit);
	commit_say_state(t->commit);
}

void talk_begin(struct talk *t)
{
	say_hello(t, 0);
}

void talk_fini(struct talk *t)
{
	restore_free(t->restore);
	t->restore = NULL;
}

int talk_turn(struct talk *t, bool is_last)
{
	uint64_t outage_ns = commit_outage_ns(t->commit);
	struct act act;
	int err = write_bans(t);

	if (!err && outage_ns) {
		act = declare_outage(outage_ns);
		err = books_act(t->books, &act);
	}
	return err ? err : declare_lost(t, is_last);
}

bool talk_has_lost(const struct talk *t)
{
	return t->lost + t->missed != t->lost_said;
}

bool talk_has_more(const struct talk *t)
{
	return t->restore != NULL;
}

void talk_more(struct talk *t)
{
	if (t->restore && restore_step(t->restore) == 0)
		end_restore(t);
}
