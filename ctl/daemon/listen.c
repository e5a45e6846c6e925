/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listen: one function per peer, and what a broken wire means.
 */
#include "ctl/daemon/listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/log.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/alert.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/clients.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/enforce.h"
#include "ctl/daemon/heed.h"
#include "ctl/daemon/intake.h"
#include "ctl/daemon/journal.h"
#include "ctl/daemon/omitted.h"

static void say_hello(struct daemon *d, struct wire *wire)
{
	const struct hello hello = program_hello(d->program);

	wire_put(wire, MSG_HELLO, &hello);
}

/* Does HELLO begin, or go on with, a talk with this life of ours?  What was
 * said to a former one is answered by a new hello. */
static bool is_talk(struct daemon *d, struct wire *wire, bool *live,
		    const struct hello *hello)
{
	if (!*live && hello->answers != d->program->epoch) {
		say_hello(d, wire);
		return false;
	}
	*live = true;
	return true;
}

static void begin_work(struct daemon *d)
{
	struct act start = {
		.kind = ACT_START,
		.origin = ORIGIN_SYSTEM,
		.mode = d->config->policy.mode,
		.reason = POSTERN_VERSION,
	};

	d->restored = true;
	acts_replayed(d);
	start.config_id = d->reload.config_id;
	start.seed = d->seed;
	start.count = bans_count(d->judge.bans);
	acts_record(d, &start);
	journal_set_gate(d->journal, &d->gate);
	enforce_gate(d->enforce, (enum gate)d->gate.gate);
	enforce_restored(d->enforce, daemon_now_ms());
	intake_greet(d);
}

static void hear_restored(struct daemon *d, const struct restored *restored)
{
	if (restored->torn)
		log_warning("the records ended in an unfinished one: %llu "
			    "bytes were cut off",
			    (unsigned long long)restored->torn);
	journal_restored(d->journal, restored->last_id, d->replayed);
	if (!d->restored)
		begin_work(d);
}

static void hear_journal(struct daemon *d, const struct journal_state *state)
{
	bool is_new = state->error && !d->journal_state.error;

	d->journal_state = *state;
	if (is_new)
		alert_raise(d, ALARM_RECORDS, NULL,
			    "no record reaches the disk: %s",
			    strerror((int)state->error));
}

static int hear_records(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct daemon *d = ctx;

	if (kind == MSG_HELLO) {
		if (is_talk(d, d->records, &d->records_live, &row->hello)) {
			journal_hello(d->journal);
			d->replayed = 0;
			/* Ours began the talk, or its: it waits for ours. */
			if (row->hello.answers != d->program->epoch)
				say_hello(d, d->records);
		}
		return 0;
	}
	if (!d->records_live)
		return 0;
	if (kind == MSG_SAVE && !d->restored)
		acts_replay_saved(d, &row->saved);
	else if (kind == MSG_ACT && !d->restored)
		acts_replay(d, &row->act);
	else if (kind == MSG_RESTORED)
		hear_restored(d, &row->restored);
	else if (kind == MSG_KEPT)
		journal_kept(d->journal, row->kept.id);
	else if (kind == MSG_JOURNAL)
		hear_journal(d, &row->journal);
	return 0;
}

static void hear_drift(struct daemon *d, const struct drift *drift)
{
	struct act act = {
		.kind = ACT_DRIFT,
		.origin = ORIGIN_SYSTEM,
		.pid = drift->pid,
	};

	snprintf(act.name, sizeof(act.name), "%s", drift->name);
	snprintf(act.reason, sizeof(act.reason), "%s",
		 drift->table_gone ? "removed our table" : "changed our table");
	acts_record(d, &act);
	alert_raise(d, ALARM_DRIFT, NULL, "%s (pid %u) %s", act.name, act.pid,
		    act.reason);
}

static void hear_kernel(struct daemon *d, const struct kernel_state *state)
{
	struct act act = { .kind = ACT_REPAIR, .origin = ORIGIN_SYSTEM };
	bool repaired = state->repair_us != d->kernel.repair_us &&
			state->repairs == d->kernel.repairs;

	d->kernel = *state;
	enforce_state(d->enforce, state);
	if (!repaired)
		return;
	snprintf(act.reason, sizeof(act.reason),
		 "whole again after %llu.%03llu ms",
		 (unsigned long long)(state->repair_us / 1000),
		 (unsigned long long)(state->repair_us % 1000));
	acts_record(d, &act);
}

/* Lift the bans of SCOPE that contain REFUSED's prefix; *LAST is the last. */
static void give_up(struct daemon *d, uint8_t scope,
		    const struct refused *refused, struct prefix *last)
{
	struct bans *bans = judge_bans(&d->judge, scope);
	const struct ban *ban;

	while ((ban = bans_covering(bans, &refused->prefix))) {
		*last = ban->prefix;
		if (bans_lift(bans, last, daemon_now_ms(), false))
			return;
		enforce_prefix(d->enforce, scope, last, daemon_now_ms());
	}
}

/* What the kernel, or the guard, does not take is not banned: the table must
 * not say so. */
static void hear_refused(struct daemon *d, const struct refused *refused)
{
	char text[PREFIX_TEXT_SIZE];
	struct act act = {
		.kind = ACT_REFUSED,
		.origin = ORIGIN_SYSTEM,
		.error = refused->error,
		.prefix = refused->prefix,
	};

	for (unsigned int scope = 0; scope < SCOPE_COUNT; scope++)
		give_up(d, (uint8_t)scope, refused, &act.prefix);
	if (refused->because.family)
		snprintf(act.reason, sizeof(act.reason), "it would ban %s",
			 prefix_format(&refused->because, text));
	else
		snprintf(act.reason, sizeof(act.reason), "the kernel: %s",
			 refused->error == ENFILE ? "the set is full"
						  : strerror(refused->error));
	log_error("the ban of %s was not taken: %s",
		  prefix_format(&act.prefix, text), act.reason);
	acts_record(d, &act);
	alert_raise(d, ALARM_REFUSED, NULL, "the ban of %s was not taken: %s",
		    prefix_format(&act.prefix, text), act.reason);
	clients_hear_refused(d->clients, refused->seq, act.reason);
}

/* No machine has so many gateways and administrators, or provider networks. */
#define OBSERVED_MAX 65536u

/* One row of a list into SET, or its end: then TAKE has it, and what it covers
 * is lifted. */
static void hear_list(struct daemon *d, struct prefixset *set,
		      const struct prefix *p,
		      void (*take)(struct protect *, struct prefixset *))
{
	if (p->family) {
		if (set->count >= OBSERVED_MAX || prefixset_add(set, p))
			log_warning("a list of protected addresses is too "
				    "long; the rest is left out");
		return;
	}
	prefixset_seal(set);
	take(&d->judge.protect, set);
	if (d->restored)
		acts_replayed(d);
}

/* The guard of postern-nft shall refuse them, too. */
static void pass_on_shared(struct daemon *d)
{
	const struct prefixset *shared = &d->judge.protect.shared;
	const struct observed end = { { 0 } };

	for (size_t i = 0; i < shared->count; i++) {
		const struct observed row = { shared->items[i] };

		wire_put(d->nft, MSG_SHARED, &row);
	}
	wire_put(d->nft, MSG_SHARED, &end);
}

/* postern-alarm and postern-resolve: nothing is lost where they were away, and
 * what they need is said to each new life. */
static int hear_alarm(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct daemon *d = ctx;

	if (kind == MSG_HELLO && row->hello.answers != d->program->epoch)
		say_hello(d, d->alarm);
	return 0;
}

static void hear_shared(struct daemon *d, const struct prefix *p)
{
	hear_list(d, &d->sharing, p, protect_share);
	if (p->family == 0)
		pass_on_shared(d);
}

static int hear_resolve(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct daemon *d = ctx;

	if (kind == MSG_HELLO && row->hello.answers != d->program->epoch)
		say_hello(d, d->resolve);
	if (kind == MSG_OBSERVED)
		hear_shared(d, &row->observed.prefix);
	else if (kind == MSG_NAMED && omitted_named(d->omitted, &row->named))
		clients_hear_names(d->clients);
	else if (kind == MSG_PROBE && row->probe.verdict != PROBE_GOOD)
		alert_raise(d, ALARM_RESOLVE, NULL, "%.120s",
			    row->probe.detail);
	return 0;
}

static int hear_nft(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct daemon *d = ctx;

	if (kind == MSG_HELLO) {
		if (is_talk(d, d->nft, &d->nft_live, &row->hello)) {
			pass_on_shared(d);
			enforce_hello(d->enforce);
		}
		return 0;
	}
	if (!d->nft_live)
		return 0;
	if (kind == MSG_DONE)
		enforce_done(d->enforce, row->done.seq);
	else if (kind == MSG_REFUSED)
		hear_refused(d, &row->refused);
	else if (kind == MSG_KERNEL)
		hear_kernel(d, &row->kernel);
	else if (kind == MSG_DRIFT)
		hear_drift(d, &row->drift);
	else if (kind == MSG_OBSERVED)
		hear_list(d, &d->observing, &row->observed.prefix,
			  protect_observe);
	else
		clients_hear_nft(d->clients, kind, row);
	return 0;
}

/* A peer does not keep to the protocol: a new life for it, a new wire, and all
 * from the beginning. */
static void mend(struct daemon *d, struct wire **wire, int fd, enum role role,
		 uint16_t index, const struct wire_ops *ops, void *ctx, int err)
{
	log_error("%s does not keep to the protocol (%s); it is started anew",
		  role_name(role), strerror(-err));
	wire_free(*wire);
	daemon_ask_restart(d, role, index);
	err = wire_new(wire, d->loop, fd, ROLE_CTL, role, ops, ctx);
	if (err) {
		log_error("no memory for a new wire");
		_exit(1); /* the warden starts us again */
	}
	say_hello(d, *wire);
}

static void on_records_broken(void *ctx, int err);
static void on_nft_broken(void *ctx, int err);
static void on_feed_broken(void *ctx, int err);
static void on_alarm_broken(void *ctx, int err);
static void on_resolve_broken(void *ctx, int err);

static const struct wire_ops records_ops = { .hear = hear_records,
					     .broken = on_records_broken };
static const struct wire_ops nft_ops = { .hear = hear_nft,
					 .broken = on_nft_broken };
static const struct wire_ops feed_ops = { .hear = intake_hear,
					  .broken = on_feed_broken,
					  .end = intake_judge };
static const struct wire_ops alarm_ops = { .hear = hear_alarm,
					   .broken = on_alarm_broken };
static const struct wire_ops resolve_ops = { .hear = hear_resolve,
					     .broken = on_resolve_broken };

static void on_records_broken(void *ctx, int err)
{
	struct daemon *d = ctx;

	d->records_live = false;
	journal_hello(d->journal);
	mend(d, &d->records, ROLE_FD_RECORDS, ROLE_RECORDS, 0, &records_ops, d,
	     err);
	journal_use(d->journal, d->records);
}

static void on_nft_broken(void *ctx, int err)
{
	struct daemon *d = ctx;

	d->nft_live = false;
	mend(d, &d->nft, ROLE_FD_NFT, ROLE_NFT, 0, &nft_ops, d, err);
	enforce_use(d->enforce, d->nft);
}

/* Sensors come behind the feeds. */
static int feeder_fd(const struct feeder *f)
{
	uint16_t index;

	if (daemon_feeder_role(f, &index) == ROLE_FEED)
		return ROLE_FD_FEEDS + index;
	return ROLE_FD_FEEDS + f->daemon->config->feed_count + index;
}

static void on_alarm_broken(void *ctx, int err)
{
	struct daemon *d = ctx;

	mend(d, &d->alarm, ROLE_FD_ALARM, ROLE_ALARM, 0, &alarm_ops, d, err);
}

static void on_resolve_broken(void *ctx, int err)
{
	struct daemon *d = ctx;

	mend(d, &d->resolve, ROLE_FD_RESOLVE, ROLE_RESOLVE, 0, &resolve_ops, d,
	     err);
}

static void on_feed_broken(void *ctx, int err)
{
	struct feeder *f = ctx;
	uint16_t index;
	enum role role = daemon_feeder_role(f, &index);

	f->live = false;
	mend(f->daemon, &f->wire, feeder_fd(f), role, index, &feed_ops, f, err);
}

static void on_warden_broken(void *ctx, int err)
{
	(void)ctx;
	log_error("posternd cannot be heard: %s", strerror(-err));
	_exit(1);
}

int listen_open(struct daemon *d)
{
	static const struct wire_ops warden_ops = {
		.hear = heed_hear, .broken = on_warden_broken
	};
	struct feeder *f;
	int err;

	err = wire_new(&d->warden, d->loop, ROLE_FD_WARDEN, ROLE_CTL,
		       ROLE_WARDEN, &warden_ops, d);
	if (!err)
		err = wire_new(&d->nft, d->loop, ROLE_FD_NFT, ROLE_CTL,
			       ROLE_NFT, &nft_ops, d);
	if (!err)
		err = wire_new(&d->records, d->loop, ROLE_FD_RECORDS, ROLE_CTL,
			       ROLE_RECORDS, &records_ops, d);
	if (!err)
		err = wire_new(&d->alarm, d->loop, ROLE_FD_ALARM, ROLE_CTL,
			       ROLE_ALARM, &alarm_ops, d);
	if (!err)
		err = wire_new(&d->resolve, d->loop, ROLE_FD_RESOLVE, ROLE_CTL,
			       ROLE_RESOLVE, &resolve_ops, d);
	for (unsigned int i = 0; (f = daemon_feeder(d, i)) && !err; i++) {
		uint16_t index;

		f->daemon = d;
		f->index = (uint16_t)(f - d->feeders);
		err = wire_new(&f->wire, d->loop, feeder_fd(f), ROLE_CTL,
			       daemon_feeder_role(f, &index), &feed_ops, f);
	}
	return err;
}

void listen_close(struct daemon *d)
{
	struct feeder *f;

	wire_free(d->warden);
	wire_free(d->nft);
	wire_free(d->records);
	wire_free(d->alarm);
	wire_free(d->resolve);
	for (unsigned int i = 0; (f = daemon_feeder(d, i)); i++)
		wire_free(f->wire);
}

void listen_greet(struct daemon *d)
{
	say_hello(d, d->records);
	say_hello(d, d->nft);
	say_hello(d, d->alarm);
	say_hello(d, d->resolve);
}
