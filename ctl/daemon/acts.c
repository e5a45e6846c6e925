/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acts: doing, and doing again after a restart, by the same functions.
 */
#include "ctl/daemon/acts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/daemon/alert.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/clients.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/enforce.h"
#include "ctl/daemon/journal.h"

/* Rows of a checkpoint for which the clock is asked once. */
#define CLOCK_ROWS 64u
/* Lifting more bans than this at once sends all anew instead. */
#define LIFT_ORDERS_MAX 2000u

uint64_t acts_record(struct daemon *d, struct act *act)
{
	uint64_t id = journal_write(d->journal, act);

	clients_show_act(d->clients, act);
	return id;
}

int acts_ban(struct daemon *d, struct act *act)
{
	uint64_t now_ms = daemon_now_ms();
	struct ban_wish wish;
	int err;

	act->kind = ACT_BAN;
	act->level = judge_next_level(&d->judge, act->scope, &act->prefix);
	act->time_ns = clock_calendar_ns();
	act->until_ns = act->term_s ? act->time_ns + (uint64_t)act->term_s *
							     CLOCK_NS_PER_S
				    : 0;
	wish = judge_wish(act,
			  act->term_s ? now_ms + act->term_s * 1000ull : 0);
	err = bans_put(judge_bans(&d->judge, act->scope), &wish);
	if (err)
		return err;
	d->judge.tally.bans_made++;
	acts_record(d, act);
	enforce_prefix(d->enforce, act->scope, &act->prefix, now_ms);
	return 0;
}

/* Lift all bans of SCOPE within P, which may be no prefix: then all. */
static uint64_t lift_within(struct daemon *d, uint8_t scope,
			    const struct prefix *p, uint64_t now_ms,
			    bool forgive)
{
	struct bans *bans = judge_bans(&d->judge, scope);
	const struct ban *ban;
	uint64_t lifted = 0;
	uint32_t at = 0;

	while ((ban = bans_walk(bans, &at))) {
		struct prefix inner = ban->prefix;

		if (!ban->active || (p->family && !prefix_contains(p, &inner)))
			continue;
		if (bans_lift(bans, &inner, now_ms, forgive))
			continue;
		if (++lifted <= LIFT_ORDERS_MAX)
			enforce_prefix(d->enforce, scope, &inner, now_ms);
	}
	if (lifted > LIFT_ORDERS_MAX)
		enforce_rebuild(d->enforce);
	return lifted;
}

/* A single address has at most one ban within: no walk. */
static uint64_t lift_of(struct daemon *d, uint8_t scope, const struct prefix *p,
			uint64_t now_ms, bool forgive)
{
	if (!p->family || !prefix_is_address(p))
		return lift_within(d, scope, p, now_ms, forgive);
	if (bans_lift(judge_bans(&d->judge, scope), p, now_ms, forgive))
		return 0;
	enforce_prefix(d->enforce, scope, p, now_ms);
	return 1;
}

static uint64_t lift(struct daemon *d, const struct prefix *p, uint64_t now_ms,
		     bool forgive)
{
	uint64_t lifted = 0;

	for (unsigned int scope = 0; scope < SCOPE_COUNT; scope++)
		lifted += lift_of(d, (uint8_t)scope, p, now_ms, forgive);
	return lifted;
}

int acts_unban(struct daemon *d, struct act *act)
{
	uint64_t now_ms = daemon_now_ms();

	act->kind = ACT_UNBAN;
	act->count =
		lift(d, &act->prefix, now_ms, act->origin == ORIGIN_PERSON);
	if (act->count == 0)
		return -ENOENT;
	acts_record(d, act);
	return 0;
}

int acts_pardon(struct daemon *d, struct act *act)
{
	uint64_t now_ms = daemon_now_ms();
	struct ban_wish wish;
	int err;

	act->kind = ACT_PARDON;
	act->time_ns = clock_calendar_ns();
	act->until_ns = act->term_s ? act->time_ns + (uint64_t)act->term_s *
							     CLOCK_NS_PER_S
				    : 0;
	wish = judge_wish(act,
			  act->term_s ? now_ms + act->term_s * 1000ull : 0);
	err = bans_put(d->judge.pardons, &wish);
	if (err)
		return err;
	acts_record(d, act);
	enforce_pardon(d->enforce, &act->prefix, now_ms);
	return 0;
}

int acts_unpardon(struct daemon *d, struct act *act)
{
	uint64_t now_ms = daemon_now_ms();

	act->kind = ACT_UNPARDON;
	if (bans_lift(d->judge.pardons, &act->prefix, now_ms, false))
		return -ENOENT;
	acts_record(d, act);
	enforce_pardon(d->enforce, &act->prefix, now_ms);
	return 0;
}

/* Pardons are few; as acts they need no form of their own on disk. */
static void restate_pardons(struct daemon *d)
{
	uint64_t now_ms = daemon_now_ms();
	uint64_t now_ns = clock_calendar_ns();
	const struct ban *pardon;
	uint32_t at = 0;

	while ((pardon = bans_walk(d->judge.pardons, &at))) {
		struct act act = {
			.kind = ACT_PARDON,
			.origin = ORIGIN_SYSTEM,
			.prefix = pardon->prefix,
			.uid = pardon->uid,
		};

		if (pardon->until_ms && pardon->until_ms <= now_ms)
			continue;
		if (pardon->until_ms) {
			uint64_t left_ms = pardon->until_ms - now_ms;

			act.term_s = (uint32_t)((left_ms + 999) / 1000);
			act.until_ns = now_ns + left_ms * CLOCK_NS_PER_MS;
		}
		snprintf(act.reason, sizeof(act.reason), "%s",
			 bans_reason(d->judge.pardons, pardon));
		acts_record(d, &act);
	}
}

void acts_restate(struct daemon *d)
{
	restate_pardons(d);
	alert_restate(d);
}

void acts_gate(struct daemon *d, struct act *act)
{
	acts_record(d, act);
	d->gate = *act;
	journal_set_gate(d->journal, act);
	enforce_gate(d->enforce, (enum gate)act->gate);
}

static struct term_now term_now(const struct daemon *d)
{
	return (struct term_now){
		.boot = d->boot,
		.ms = daemon_now_ms(),
		.calendar_ns = clock_calendar_ns(),
	};
}

static void put_restored(struct daemon *d, uint8_t scope,
			 const struct ban_wish *wish, bool active,
			 uint64_t now_ms)
{
	struct bans *bans = judge_bans(&d->judge, scope);
	struct ban_wish own = *wish;

	if (active && own.until_ms && own.until_ms <= now_ms) {
		/* Over while nobody looked: its memory begins to fade, and
		 * what it replaced ended with it. */
		(void)!bans_lift(bans, &own.prefix, now_ms, false);
		active = false;
		own.until_ms += d->config->policy.forget_s * 1000ull;
	}
	if (!active && (own.level == 0 || own.until_ms <= now_ms))
		return;
	if (active ? bans_put(bans, &own) : bans_remember(bans, &own))
		d->judge.tally.spared++; /* a smaller table than before: full */
}

static void put_saved(struct daemon *d, const struct saved_ban *row)
{
	const struct term_now *now = &d->ahead.now;
	struct ban_wish wish = {
		.prefix = row->prefix,
		.level = row->level,
		.origin = row->origin,
		.sign = row->sign,
		.feed = row->feed,
		.hosts = row->hosts,
		.sid = row->sid,
		.uid = row->uid,
		.term_s = row->term_s,
		.since_s = row->since_s,
		.reason = row->reason,
	};
	uint32_t longest_s = row->active ? row->term_s
					 : d->config->policy.forget_s;

	if (!row->active || row->term_s)
		wish.until_ms = term_end_ms(&d->base,
					    row->until_ms * CLOCK_NS_PER_MS,
					    longest_s, now);
	put_restored(d, row->scope, &wish, row->active, now->ms);
}

static void put_next(struct daemon *d)
{
	struct acts_ahead *ahead = &d->ahead;

	if (ahead->put % CLOCK_ROWS == 0)
		ahead->now = term_now(d);
	put_saved(d, &ahead->rows[ahead->put++ % ACTS_AHEAD]);
}

static void put_ahead(struct daemon *d)
{
	while (d->ahead.put != d->ahead.count)
		put_next(d);
}

void acts_replay_saved(struct daemon *d, const struct saved_ban *row)
{
	struct acts_ahead *ahead = &d->ahead;

	bans_expect(judge_bans(&d->judge, row->scope), &row->prefix);
	if (ahead->count - ahead->put == ACTS_AHEAD)
		put_next(d);
	ahead->rows[ahead->count++ % ACTS_AHEAD] = *row;
}

static void replay_ban(struct daemon *d, const struct act *act)
{
	const struct term_now now = term_now(d);
	struct ban_wish wish = judge_wish(act, 0);
	bool existed = bans_find(judge_bans(&d->judge, act->scope),
				 &act->prefix) != NULL;

	if (act->term_s)
		wish.until_ms =
			term_end_ms(act, act->until_ns, act->term_s, &now);
	put_restored(d, act->scope, &wish, true, now.ms);
	/* A ban that was shortened, or is over by now, replaces an older one
	 * that the kernel may have been told of. */
	if (existed)
		enforce_prefix(d->enforce, act->scope, &act->prefix, now.ms);
}

static void replay_pardon(struct daemon *d, const struct act *act)
{
	const struct term_now now = term_now(d);
	struct ban_wish wish = judge_wish(act, 0);

	if (act->term_s)
		wish.until_ms =
			term_end_ms(act, act->until_ns, act->term_s, &now);
	if (act->kind == ACT_UNPARDON ||
	    (act->term_s && wish.until_ms <= now.ms))
		(void)!bans_lift(d->judge.pardons, &act->prefix, now.ms, false);
	else if (bans_put(d->judge.pardons, &wish))
		d->judge.tally.spared++; /* a smaller table than before */
	enforce_pardon(d->enforce, &act->prefix, now.ms);
}

static void replay_position(struct daemon *d, const struct act *act)
{
	if (act->kind == ACT_READ)
		streams_forget(&d->streams, act->name, act->file,
			       &act->position);
	else if (act->name[0] && act->file[0])
		streams_advance(&d->streams, act->name, act->file,
				&act->position);
}

/* It tells the times that saved terms refer to, and how the gate stood. */
static void replay_checkpoint(struct daemon *d, const struct act *act)
{
	d->base = *act;
	d->gate = *act;
	d->gate.kind = act->gate == GATE_OPEN ? ACT_RESUME : ACT_PANIC;
	d->gate.time_ns = act->event_ns;
}

void acts_replay(struct daemon *d, const struct act *act)
{
	put_ahead(d);
	if (act->kind == ACT_CHECKPOINT)
		replay_checkpoint(d, act);
	else
		d->replayed++;
	if (act->kind == ACT_PANIC || act->kind == ACT_RESUME)
		d->gate = *act;
	else if (act->kind == ACT_BAN)
		replay_ban(d, act);
	else if (act->kind == ACT_UNBAN)
		lift(d, &act->prefix, daemon_now_ms(),
		     act->origin == ORIGIN_PERSON);
	else if (act->kind == ACT_PARDON || act->kind == ACT_UNPARDON)
		replay_pardon(d, act);
	else if (act->kind == ACT_ALARM || act->kind == ACT_ACK)
		alert_replay(d, act);
	replay_position(d, act);
}

/* What the configuration protects by now goes out of the table of SCOPE. */
static void spare(struct daemon *d, uint8_t scope)
{
	const struct ban *ban;
	uint32_t at = 0;

	while ((ban = bans_walk(judge_bans(&d->judge, scope), &at))) {
		struct act act = {
			.origin = ORIGIN_SYSTEM,
			.prefix = ban->prefix,
		};
		struct prefix by;
		enum protection why;

		if (!ban->active)
			continue;
		why = protect_ask(&d->judge.protect, &act.prefix, &by);
		if (why == PROTECTION_NONE)
			continue;
		snprintf(act.reason, sizeof(act.reason),
			 "the configuration protects it now: %s",
			 protection_name(why));
		if (acts_unban(d, &act))
			continue;
	}
}

static void tell_basis(void *ctx, struct act *act)
{
	acts_record(ctx, act);
}

void acts_replayed(struct daemon *d)
{
	put_ahead(d);
	basis_tell(&d->basis, d->config, &d->judge.protect, tell_basis, d);
	for (unsigned int scope = 0; scope < SCOPE_COUNT; scope++)
		spare(d, (uint8_t)scope);
}
