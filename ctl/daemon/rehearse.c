/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rehearse: virtual time is the time of the newest event so far; lines that
 * step back by a little do not turn it back.  Records tell when each event was
 * judged, with which seed, and what people did in between: with the same
 * configuration that comes to the same decisions.
 */
#include "ctl/daemon/rehearse.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/chan.h"
#include "ctl/core/clock.h"
#include "ctl/core/log.h"
#include "ctl/core/part.h"
#include "ctl/core/role.h"
#include "ctl/daemon/alarms.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/basis.h"
#include "ctl/daemon/judge.h"

/* Far off. */
#define FAR_NS (86400 * (uint64_t)CLOCK_NS_PER_S)

/* Acts that may wait for the events before them. */
#define WAITING_MAX 4096u

/* Virtual milliseconds begin here, so that nothing is before the begin. */
#define BEGIN_MS 1000000u

struct rehearsal {
	struct config *config;
	struct judge judge;
	struct chan feed;
	struct chan cli;
	uint64_t since_ns;
	uint64_t first_ns; /* of the first event */
	uint64_t now_ns; /* UTC, by the events */
	uint64_t far_ns; /* of an event that was far off that; or 0 */
	uint64_t passed_ns; /* since the first event, without steps back */
	uint64_t now_ms; /* on a clock that does not run backwards */
	uint64_t boot; /* whose monotonic clock that is, of records */
	struct act waiting[WAITING_MAX]; /* a ring, by their times */
	uint32_t waiting_at;
	uint32_t waiting_count;
	struct basis basis; /* what the run knew, of records */
	uint64_t policy; /* part_policy() of CONFIG */
	bool is_other; /* the run has another policy now */
	uint64_t missing; /* of its lists; said already */
	struct alarms alarms; /* of the life that is played */
	struct alarms kept; /* as a next life would read them back */
	uint64_t unknown; /* events about what this configuration lacks */
	uint64_t id;
	uint64_t left_out;
	uint64_t bans_made;
};

/* What was said lately is not on record again: it gets no number. */
static bool is_recorded(struct rehearsal *r, const struct ruling *ruling,
			const struct act *act)
{
	static const struct prefix nobody;
	const struct prefix *about;
	enum alarm_kind kind;

	if (!judge_alarm(ruling, act, &kind, &about))
		return true;
	return alarms_raise(&r->alarms, kind, about ? about : &nobody,
			    act->reason, r->now_ns,
			    r->config->alarms.repeat_s) ||
	       ruling->kind == RULING_SAY;
}

/* NAME and FILE of the feed are known of records. */
static int carry_out(struct rehearsal *r, const struct event *event,
		     const struct ruling *ruling, const struct sighting *seen)
{
	struct act act = judge_act(&r->judge, event, ruling);
	struct ban_wish wish;

	if (act.kind == ACT_NONE)
		return 0;
	if (seen) {
		memcpy(act.name, seen->name, sizeof(act.name));
		memcpy(act.file, seen->file, sizeof(act.file));
	}
	act.time_ns = r->now_ns;
	if (is_recorded(r, ruling, &act))
		act.id = ++r->id;
	if (act.term_s)
		act.until_ns =
			act.time_ns + act.term_s * (uint64_t)CLOCK_NS_PER_S;
	if (act.kind == ACT_BAN) {
		wish = judge_wish(&act,
				  act.term_s ? r->now_ms + act.term_s * 1000ull
					     : 0);
		if (bans_put(judge_bans(&r->judge, act.scope), &wish)) {
			act.kind = ACT_REFUSED;
			act.error = ENOSPC;
		} else {
			r->bans_made++;
		}
	}
	return chan_put_patiently(&r->cli, MSG_ACT, &act);
}

/* EVENT, at the times that R tells. */
static int judge(struct rehearsal *r, const struct event *event,
		 const struct sighting *seen)
{
	struct ruling ruling = judge_event(
		&r->judge, event, (struct judge_time){ r->now_ms, r->now_ns });

	return ruling.kind == RULING_NOTHING
		       ? 0
		       : carry_out(r, event, &ruling, seen);
}

static bool is_far(uint64_t a_ns, uint64_t b_ns)
{
	return a_ns > b_ns + FAR_NS || b_ns > a_ns + FAR_NS;
}

/* What is so far off is a clock that is wrong, unless what follows is there,
 * too: one line must not make all others old, nor must a clock that was put
 * back.  Terms and points do not mind: no time passes backwards. */
static void turn_clock(struct rehearsal *r, uint64_t time_ns)
{
	bool is_off = r->now_ns && is_far(time_ns, r->now_ns);

	if (is_off && (r->far_ns == 0 || is_far(time_ns, r->far_ns))) {
		r->far_ns = time_ns;
		return;
	}
	r->far_ns = 0;
	if (r->now_ns && time_ns > r->now_ns)
		r->passed_ns += time_ns - r->now_ns;
	if (is_off || time_ns > r->now_ns)
		r->now_ns = time_ns;
	if (time_ns < r->first_ns)
		r->first_ns = time_ns;
}

static int hear_event(struct rehearsal *r, const struct event *row)
{
	struct event event = *row;

	if (!event_is_valid(&event) ||
	    !event_has_server(&event, r->config->server_count))
		return -EBADMSG;
	if (event.time_ns < r->since_ns) {
		r->left_out++;
		return 0;
	}
	if (r->first_ns == 0)
		r->first_ns = event.time_ns;
	turn_clock(r, event.time_ns);
	r->now_ms = BEGIN_MS + r->passed_ns / CLOCK_NS_PER_MS;
	/* Live, an alert is met some milliseconds after its packet. */
	event.seen_ns = r->now_ns;
	return judge(r, &event, NULL);
}

static void lift_within(struct bans *bans, const struct act *act,
			uint64_t now_ms)
{
	const struct ban *ban;
	uint32_t at = 0;

	while ((ban = bans_walk(bans, &at))) {
		struct prefix inner = ban->prefix;

		if (ban->active && (act->prefix.family == 0 ||
				    prefix_contains(&act->prefix, &inner)))
			(void)!bans_lift(bans, &inner, now_ms,
					 act->origin == ORIGIN_PERSON);
	}
}

/* A life began: it remembers the bans and alarms, and nobody's points. */
static int begin_life(struct rehearsal *r, const struct act *act)
{
	int err;

	r->alarms = r->kept;
	if (r->boot && r->boot != act->boot)
		log_warning("the machine was started anew at some time: bans "
			    "from before are not known to what follows");
	if (r->boot != act->boot) {
		judge_fini(&r->judge);
		r->boot = act->boot;
		err = judge_init(&r->judge, r->config, JUDGE_SOURCES,
				 act->seed);
		r->basis.is_new = true;
		return err;
	}
	return judge_forget(&r->judge, JUDGE_SOURCES, act->seed);
}

/* Say to people where the run decided by something else. */
static int say_basis(struct rehearsal *r, const struct act *act,
		     const char *text)
{
	struct act said = *act;

	said.kind = ACT_BASIS;
	snprintf(said.reason, sizeof(said.reason), "%s", text);
	return chan_put_patiently(&r->cli, MSG_ACT, &said);
}

static int relive_basis(struct rehearsal *r, const struct act *act)
{
	bool is_other = act->config_id != r->policy;
	bool is_news = act->kind == ACT_BASIS && is_other != r->is_other;
	int err = basis_hear(&r->basis, act);

	if (err || !is_news)
		return err;
	r->is_other = is_other;
	return say_basis(r, act,
			 is_other ? "from here on another policy was in force:"
				    " decisions may differ"
				  : "from here on this policy was in force");
}

/* The lists of the run, before the next event is judged. */
static int take_basis(struct rehearsal *r)
{
	uint64_t missing = basis_missing(&r->basis);
	const struct act act = {
		.origin = ORIGIN_SYSTEM,
		.time_ns = r->now_ns,
		.uid = UINT32_MAX,
		.login_uid = UINT32_MAX,
		.count = missing,
	};
	bool is_news = missing > r->missing;

	r->missing = missing;
	if (is_news && say_basis(r, &act,
				 "so many protected prefixes are not on record:"
				 " decisions may differ"))
		return -EPIPE;
	return basis_apply(&r->basis, r->config, &r->judge.protect);
}

/* Alarms that the rules raise are raised anew; those of others took part in
 * what was said, as a former life's do. */
static void relive_alarm(struct rehearsal *r, const struct act *act)
{
	struct alarm_row row = alarms_row_of(act);

	if (act->kind == ACT_ACK) {
		alarms_ack(&r->alarms, (uint32_t)act->count);
		alarms_ack(&r->kept, (uint32_t)act->count);
		return;
	}
	if (row.kind == ALARM_KINDS)
		return;
	alarms_restore(&r->kept, &row, alarms_said_ns(act));
	if (row.kind != ALARM_MODE && row.kind != ALARM_SPARED &&
	    row.kind != ALARM_SHARED && row.kind != ALARM_CAP)
		alarms_restore(&r->alarms, &row, alarms_said_ns(act));
}

/* What was not decided by rules happens as it did. */
static int relive_act(struct rehearsal *r, const struct act *act)
{
	uint64_t now_ms = act->monotonic_ns / CLOCK_NS_PER_MS;
	uint64_t until_ms = act->term_s ? now_ms + act->term_s * 1000ull : 0;
	struct ban_wish wish = judge_wish(act, until_ms);
	struct judge *j = &r->judge;
	int err = 0;

	judge_expire(j, now_ms);
	if (act->kind == ACT_START)
		return begin_life(r, act);
	if (act->kind == ACT_BASIS || act->kind == ACT_PROTECT ||
	    act->kind == ACT_UNPROTECT)
		return relive_basis(r, act);
	if (act->kind == ACT_ALARM || act->kind == ACT_ACK)
		relive_alarm(r, act);
	if (act->kind == ACT_BAN && act->origin != ORIGIN_POLICY)
		err = bans_put(judge_bans(j, act->scope), &wish);
	else if (act->kind == ACT_PARDON)
		err = bans_put(j->pardons, &wish);
	else if (act->kind == ACT_UNPARDON)
		(void)!bans_lift(j->pardons, &act->prefix, now_ms, false);
	else if (act->kind == ACT_UNBAN ||
		 (act->kind == ACT_REFUSED && act->origin == ORIGIN_SYSTEM))
		for (unsigned int scope = 0; scope < SCOPE_COUNT; scope++)
			lift_within(judge_bans(j, (uint8_t)scope), act, now_ms);
	return err;
}

/* The acts up to MONOTONIC_NS. */
static int catch_up(struct rehearsal *r, uint64_t monotonic_ns)
{
	int err = 0;

	while (r->waiting_count && !err) {
		const struct act *act = &r->waiting[r->waiting_at];

		if (act->monotonic_ns > monotonic_ns)
			break;
		err = relive_act(r, act);
		r->waiting_at = (r->waiting_at + 1) % WAITING_MAX;
		r->waiting_count--;
	}
	return err;
}

/* An event is on record later than the acts of its time: these wait for it. */
static int hear_act(struct rehearsal *r, const struct act *act)
{
	int err = 0;

	if (act->kind == ACT_START || r->waiting_count == WAITING_MAX)
		err = catch_up(r, UINT64_MAX);
	if (!err && act->kind == ACT_START)
		return relive_act(r, act);
	r->waiting[(r->waiting_at + r->waiting_count++) % WAITING_MAX] = *act;
	return err;
}

/* The number of the feed or sensor NAME here; as it was, where there is none. */
static uint16_t feed_of(const struct config *config,
			const struct sighting *seen)
{
	for (uint8_t i = 0; i < config->feed_count; i++) {
		if (strcmp(config->feeds[i].name, seen->name) == 0)
			return i;
	}
	for (uint8_t i = 0; i < config->sensor_count; i++) {
		if (strcmp(config->sensors[i].name, seen->name) == 0)
			return CONFIG_SENSOR_FEED(i);
	}
	return seen->event.feed;
}

static int hear_sighting(struct rehearsal *r, const struct sighting *seen)
{
	struct event event = seen->event;
	int server = config_find_server(r->config, seen->server);
	int err;

	if (server < 0 || !event_is_valid(&event)) {
		r->unknown++;
		return 0;
	}
	event.server = (uint16_t)server;
	event.feed = feed_of(r->config, seen);
	err = catch_up(r, seen->monotonic_ns);
	if (!err)
		err = take_basis(r);
	if (err)
		return err;
	if (event.seen_ns < r->since_ns) {
		r->left_out++;
		return 0;
	}
	if (r->first_ns == 0)
		r->first_ns = event.seen_ns;
	r->now_ns = event.seen_ns;
	r->now_ms = seen->monotonic_ns / CLOCK_NS_PER_MS;
	return judge(r, &event, seen);
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct rehearsal *r = ctx;

	if (kind == MSG_EVENT)
		return hear_event(r, &row->event);
	if (kind == MSG_SIGHTING)
		return hear_sighting(r, &row->sighting);
	if (kind == MSG_ACT)
		return hear_act(r, &row->act);
	if (kind == MSG_READING)
		return chan_put_patiently(&r->cli, MSG_READING, &row->reading);
	return kind == MSG_HELLO ? 0 : -EBADMSG;
}

static int hear_all(struct rehearsal *r)
{
	const struct chan_listener listener = { .hear = hear, .ctx = r };
	struct pollfd wanted = { .fd = REHEARSE_FD_FEED, .events = POLLIN };
	int got;

	for (;;) {
		got = chan_receive(&r->feed, &listener);
		if (got == -EPIPE || got == -ECONNRESET)
			return 0;
		if (got < 0)
			return got;
		if (got == 0)
			poll(&wanted, 1, -1);
	}
}

static int say_rules(struct rehearsal *r)
{
	const struct policy *policy = &r->config->policy;
	int err = 0;

	for (uint16_t i = 0; i < policy->rule_count && !err; i++) {
		struct rule_row row = {
			.number = (uint16_t)(i + 1),
			.mode = policy->rules[i].mode,
			.since_ns = r->first_ns,
			.hits = r->judge.rule_hits[i],
			.last_ns = r->judge.rule_last_ns[i],
		};

		memcpy(row.name, policy->rules[i].name, sizeof(row.name));
		err = chan_put_patiently(&r->cli, MSG_RULE, &row);
	}
	return err;
}

static int say_end(struct rehearsal *r)
{
	const struct tally *tally = &r->judge.tally;
	const struct status status = {
		.now_ns = r->now_ns,
		.since_ns = r->first_ns,
		.mode = r->config->policy.mode,
		.bans = bans_count(r->judge.bans) + bans_count(r->judge.mail),
		.events = tally->events,
		.unproven = tally->unproven,
		.repeated = r->left_out,
		.already = tally->already,
		.spared = tally->spared,
		.pardoned = tally->pardoned,
		.guarded = tally->guarded,
		.held = r->judge.capping.held,
		.bans_made = r->bans_made,
	};
	const struct answer answer = { .code = ANSWER_DONE };
	const struct reading lacking = { .foreign = r->unknown };
	int err = say_rules(r);

	if (!err && r->unknown)
		err = chan_put_patiently(&r->cli, MSG_READING, &lacking);
	if (!err)
		err = chan_put_patiently(&r->cli, MSG_STATUS, &status);
	if (!err)
		err = chan_put_patiently(&r->cli, MSG_ANSWER, &answer);
	return err ? err : chan_drain(&r->cli);
}

static int open_all(struct rehearsal *r, const struct rehearse_wish *wish)
{
	int err = part_read(&r->config, ROLE_CTL, ROLE_FD_CONFIG);

	if (!err)
		r->policy = part_policy(r->config);
	/* Who this machine asks today is not whom the run asked. */
	if (!err && wish->records)
		prefixset_fini(&r->config->resolvers);
	if (!err && wish->enforce)
		r->config->policy.mode = MODE_ENFORCE;
	if (!err)
		err = chan_init(&r->feed, REHEARSE_FD_FEED, ROLE_CTL,
				wish->records ? ROLE_RECORDS : ROLE_FEED);
	if (!err)
		err = chan_init(&r->cli, REHEARSE_FD_CLI, ROLE_CTL, ROLE_CLI);
	if (!err)
		err = judge_init(&r->judge, r->config, JUDGE_SOURCES,
				 REHEARSE_SEED);
	return err;
}

int rehearse_run(const struct rehearse_wish *wish)
{
	static struct rehearsal r;
	int err;

	r.since_ns = wish->since_ns;
	err = open_all(&r, wish);
	if (!err)
		err = hear_all(&r);
	if (!err)
		err = say_end(&r);
	if (err)
		log_error("cannot replay: %s", strerror(-err));
	judge_fini(&r.judge);
	basis_fini(&r.basis);
	chan_fini(&r.feed);
	chan_fini(&r.cli);
	config_free(r.config);
	return err ? 1 : 0;
}
