/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge: the order in which the questions are asked.
 *
 * Whoever may never be banned, or is pardoned, is not charged either: what he
 * does must not condemn those around him.
 */
#include "ctl/daemon/judge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "ctl/daemon/tracker.h"

#define MINUTE_S 60u

/* Behind the books of the modes. */
#define BOOK_PROTECTED MODE_COUNT
_Static_assert(BOOK_PROTECTED < TRACKER_BOOKS, "a book of its own");

/* A ban is so old before an event behind it says that it does not work: what
 * was on its way meanwhile says nothing. */
#define SETTLED_S 5u

int judge_init(struct judge *j, const struct config *config, size_t sources,
	       uint64_t seed)
{
	*j = (struct judge){ .config = config,
			     .held_minute = UINT32_MAX,
			     .echo_seed = seed ^ 0x6563686f };
	rules_init(&j->rules, config);
	policy_plan(&j->plan, &config->policy);
	j->bans = bans_new(config->capacity, seed, config->policy.forget_s);
	j->mail = bans_new(config->capacity, seed, config->policy.forget_s);
	j->pardons = bans_new(JUDGE_PARDONS_MAX, ~seed, 0);
	j->tracker = tracker_new(sources, seed * 31 + 7);
	if (!j->bans || !j->mail || !j->pardons || !j->tracker)
		return -ENOMEM;
	return protect_init(&j->protect, config);
}

int judge_forget(struct judge *j, size_t sources, uint64_t seed)
{
	struct tracker *tracker = tracker_new(sources, seed * 31 + 7);

	if (!tracker)
		return -ENOMEM;
	tracker_free(j->tracker);
	j->tracker = tracker;
	j->capping = (struct capping){ 0 };
	memset(&j->echoes, 0, sizeof(j->echoes));
	j->held_minute = UINT32_MAX;
	return 0;
}

void judge_expire(struct judge *j, uint64_t now_ms)
{
	bans_expire(j->bans, now_ms);
	bans_expire(j->mail, now_ms);
	bans_expire(j->pardons, now_ms);
}

void judge_fini(struct judge *j)
{
	protect_fini(&j->protect);
	bans_free(j->bans);
	bans_free(j->mail);
	bans_free(j->pardons);
	tracker_free(j->tracker);
}

struct bans *judge_bans(const struct judge *j, uint8_t scope)
{
	return scope == SCOPE_MAIL ? j->mail : j->bans;
}

uint8_t judge_next_level(const struct judge *j, uint8_t scope,
			 const struct prefix *p)
{
	const struct ban *old = bans_find(judge_bans(j, scope), p);

	if (!old)
		return 1;
	return old->level < UINT8_MAX ? old->level + 1 : UINT8_MAX;
}

uint32_t judge_term_s(const struct judge *j, uint8_t level, uint32_t first_s)
{
	uint32_t term_s = policy_term_s(&j->config->policy, level, first_s);
	uint32_t longest_s = j->config->guard.longest_s;

	return term_s < longest_s ? term_s : longest_s;
}

/* What the rules ban anew, since packets got behind the ban, is out no shorter
 * for it: perhaps a person said for how long.  0: without a term. */
static uint32_t not_shorter(const struct judge *j, uint8_t scope,
			    const struct prefix *p, uint32_t term_s,
			    uint64_t now_ms)
{
	const struct ban *old = bans_find(judge_bans(j, scope), p);
	uint64_t left_ms;

	if (!old || !old->active)
		return term_s;
	if (old->until_ms == 0)
		return 0;
	left_ms = old->until_ms > now_ms ? old->until_ms - now_ms : 0;
	return left_ms > term_s * 1000ull ? (uint32_t)((left_ms + 999) / 1000)
					  : term_s;
}

/* Is the event about a service that the target is declared to offer? */
static bool is_about_service(const struct config *config,
			     const struct event *event)
{
	const struct server *server = &config->servers[event->server];

	for (uint8_t i = 0; i < server->service_count; i++) {
		if (server->services[i].tcp &&
		    server->services[i].port == event->target_port)
			return true;
	}
	return false;
}

/* The ban that keeps the event's packets out, or one that goes as far as what
 * the event could lead to. */
static const struct ban *find_ban(const struct judge *j,
				  const struct hearing *h)
{
	const struct event *event = h->event;
	const struct ban *ban =
		bans_covering_by(j->bans, &event->source, &h->bans);

	if (ban || bans_count(j->mail) == 0)
		return ban;
	if (h->weight.scope == SCOPE_MAIL || is_about_service(j->config, event))
		return bans_covering_by(j->mail, &event->source, &h->mail);
	return NULL;
}

/* Is the source out already, so that the event says nothing new? */
static bool is_out(const struct judge *j, const struct hearing *h)
{
	const struct ban *ban = find_ban(j, h);
	uint16_t feed = h->event->feed;

	if (!ban)
		return false;
	if (feed >= j->config->feed_count || !j->config->feeds[feed].behind)
		return true;
	return h->now.ns / CLOCK_NS_PER_S < ban->since_s + SETTLED_S;
}

/*
 * A source that may never be banned has an account of its own, in a book of
 * its own: it tells whom the guard spared, and condemns nobody around.
 */
static void judge_protected(struct judge *j, const struct hearing *h,
			    struct ruling *ruling, uint32_t now_s)
{
	const struct event *event = h->event;
	struct policy_view view = { .count = 1,
				    .yields = true,
				    .prefixes = { event->source } };

	j->tally.guarded++;
	view.spots[0] =
		tracker_spot(j->tracker, &event->source, BOOK_PROTECTED);
	ruling->decision = policy_judge(&j->plan, j->tracker, &view, event,
					&h->weight, now_s);
	if (!ruling->decision.ban)
		return;
	ruling->kind = ruling->why == PROTECTION_SHARED ? RULING_SHARED
							: RULING_SPARED;
	j->tally.spared++;
}

/* Whether what was decided may be done. */
static void weigh_up(struct judge *j, struct ruling *ruling, uint64_t now_ms)
{
	const struct decision *d = &ruling->decision;
	uint32_t now_s = (uint32_t)(now_ms / 1000);
	uint64_t needed;

	ruling->level = judge_next_level(j, d->scope, &d->prefix);
	ruling->term_s = not_shorter(j, d->scope, &d->prefix,
				     judge_term_s(j, ruling->level, d->term_s),
				     now_ms);
	/* A subnet with a protected address in it is spared; its attackers are
	 * banned one by one. */
	ruling->why = protect_ask(&j->protect, &d->prefix, &ruling->by);
	if (ruling->why != PROTECTION_NONE) {
		ruling->kind = RULING_SPARED;
		j->tally.spared++;
		return;
	}
	if (d->mode != MODE_ENFORCE) {
		ruling->kind = RULING_SAY;
		return;
	}
	policy_needed(&j->config->policy, d->prefix.family, d->prefix.length,
		      &needed);
	if (capping_take(&j->capping, &j->config->policy.cap, &d->prefix,
			 d->points, needed / TRACKER_POINT, now_s)) {
		ruling->kind = RULING_BAN;
		return;
	}
	ruling->kind = RULING_HELD;
	ruling->held_first = j->held_minute != now_s / MINUTE_S;
	j->held_minute = now_s / MINUTE_S;
}

static void decide(struct judge *j, const struct hearing *h,
		   struct ruling *ruling)
{
	const struct event *event = h->event;
	uint32_t now_s = (uint32_t)(h->now.ms / 1000);

	ruling->why = protect_ask(&j->protect, &event->source, &ruling->by);
	if (ruling->why != PROTECTION_NONE) {
		judge_protected(j, h, ruling, now_s);
		return;
	}
	ruling->decision = policy_judge(&j->plan, j->tracker, &h->view, event,
					&h->weight, now_s);
	if (ruling->decision.ban)
		weigh_up(j, ruling, h->now.ms);
}

static void count_rule(struct judge *j, const struct weight *weight,
		       uint64_t now_ns)
{
	if (weight->rule == RULES_NONE)
		return;
	j->rule_hits[weight->rule]++;
	j->rule_last_ns[weight->rule] = now_ns;
}

void judge_expect(const struct judge *j, struct hearing *hearing,
		  const struct event *event, struct judge_time now)
{
	hearing->event = event;
	hearing->now = now;
	hearing->weight = rules_weigh(&j->rules, event, now.ns);
	hearing->view.count = 0;
	bans_expect_covering(j->bans, &event->source, &hearing->bans);
	bans_expect_covering(j->mail, &event->source, &hearing->mail);
	if (hearing->weight.points)
		policy_look(&hearing->view, &j->plan, j->tracker,
			    &event->source, hearing->weight.mode);
}

void judge_fetch(const struct judge *j, struct hearing *hearing)
{
	bans_fetch_covering(j->bans, &hearing->bans);
	bans_fetch_covering(j->mail, &hearing->mail);
	policy_fetch(&hearing->view);
}

/* Not when a timer finds the time: a replay has none.  What is made in a
 * millisecond does not end in it. */
static void turn_to(struct judge *j, uint64_t now_ms)
{
	if (now_ms != j->expired_ms)
		judge_expire(j, now_ms);
	j->expired_ms = now_ms;
}

/* Of one sensor alone there is no echo. */
static bool is_of_sensor(const struct judge *j, const struct event *event)
{
	return j->config->sensor_count > 1 && event->feed >= CONFIG_FEEDS_MAX;
}

/* Is nobody to be charged, for whatever reason?  It is counted then. */
static bool is_settled(struct judge *j, const struct hearing *h)
{
	const struct event *event = h->event;

	j->tally.events++;
	if (event->proof == PROOF_NONE)
		j->tally.unproven++;
	if (is_out(j, h)) {
		j->tally.already++;
		return true;
	}
	if (h->weight.points == 0) {
		/* Who asks why is to see what came too late to count. */
		if (h->weight.late_s)
			recent_add(&j->recent, event, &h->weight);
		return true;
	}
	if (is_of_sensor(j, event) &&
	    echoes_has(&j->echoes, event, j->echo_seed)) {
		j->tally.repeated++;
		return true;
	}
	recent_add(&j->recent, event, &h->weight);
	if (bans_covering(j->pardons, &event->source)) {
		j->tally.pardoned++;
		return true;
	}
	return false;
}

struct ruling judge_heard(struct judge *j, const struct hearing *hearing)
{
	struct ruling ruling = { .kind = RULING_NOTHING };

	turn_to(j, hearing->now.ms);
	count_rule(j, &hearing->weight, hearing->now.ns);
	if (is_settled(j, hearing))
		return ruling;
	decide(j, hearing, &ruling);
	/* What is only said counts anew, or each event would say it again. */
	if (ruling.kind != RULING_NOTHING && ruling.kind != RULING_BAN &&
	    ruling.kind != RULING_HELD)
		tracker_clear(j->tracker, &ruling.decision.prefix);
	return ruling;
}

struct ruling judge_event(struct judge *j, const struct event *event,
			  struct judge_time now)
{
	struct hearing hearing;

	judge_expect(j, &hearing, event, now);
	judge_fetch(j, &hearing);
	return judge_heard(j, &hearing);
}

static void write_reason(struct act *act, const struct judge *j,
			 const struct event *event, const struct ruling *ruling)
{
	const char *sign = sign_name((enum sign)event->sign);
	char text[EVENT_TEXT_SIZE * 4], by[PREFIX_TEXT_SIZE];
	size_t size = sizeof(act->reason);
	uint16_t rule = ruling->decision.rule;

	escape_text(text, sizeof(text), event->text, strlen(event->text));
	if (ruling->kind == RULING_SPARED || ruling->kind == RULING_SHARED)
		snprintf(act->reason, size, "%s: spared: %s, %s", sign,
			 prefix_format(&ruling->by, by),
			 protection_name(ruling->why));
	else if (ruling->kind == RULING_HELD)
		snprintf(act->reason, size,
			 "more than cap allows in a minute: only the worst are"
			 " banned");
	else if (rule != RULES_NONE)
		snprintf(act->reason, size, "%s: %.60s (rule %s)", sign, text,
			 j->config->policy.rules[rule].name);
	else if (text[0])
		snprintf(act->reason, size, "%s: %.100s", sign, text);
	else
		snprintf(act->reason, size, "%s", sign);
}

static enum act_kind kind_of(const struct ruling *ruling)
{
	switch ((enum ruling_kind)ruling->kind) {
	case RULING_BAN:
		return ACT_BAN;
	case RULING_SAY:
		return ACT_WOULD_BAN;
	case RULING_SPARED:
	case RULING_SHARED:
		return ACT_REFUSED;
	case RULING_HELD:
		return ruling->held_first ? ACT_REFUSED : ACT_NONE;
	case RULING_NOTHING:
	case RULING_COUNT:
		break;
	}
	return ACT_NONE;
}

struct act judge_act(const struct judge *j, const struct event *event,
		     const struct ruling *ruling)
{
	const struct decision *d = &ruling->decision;
	enum act_kind kind = kind_of(ruling);
	struct act act = {
		.kind = (uint8_t)kind,
		.origin = ORIGIN_POLICY,
		.mode = d->mode,
		.level = ruling->level,
		.sign = event->sign,
		.scope = d->scope,
		.hosts = d->hosts,
		.prefix = d->prefix,
		.term_s = ruling->term_s,
		.points = d->points,
		.uid = UINT32_MAX,
		.login_uid = UINT32_MAX,
		.source = event->source,
		.target = event->target,
		.target_port = event->target_port,
		.proof = event->proof,
		.feed = event->feed,
		.stream = event->stream,
		.position = event->position,
		.event_ns = event->time_ns,
		.gid = event->gid,
		.sid = event->sid,
		.rev = event->rev,
	};

	if (kind == ACT_REFUSED)
		act.error = ruling->kind == RULING_HELD ? EDQUOT : EACCES;
	if (kind != ACT_NONE)
		write_reason(&act, j, event, ruling);
	return act;
}

bool judge_alarm(const struct ruling *ruling, const struct act *act,
		 enum alarm_kind *kind, const struct prefix **about)
{
	*about = &act->prefix;
	switch ((enum ruling_kind)ruling->kind) {
	case RULING_SAY:
		*kind = ALARM_MODE;
		return act->mode == MODE_ALARM;
	case RULING_SPARED:
		*kind = ALARM_SPARED;
		return true;
	case RULING_SHARED:
		*kind = ALARM_SHARED;
		*about = &ruling->by;
		return true;
	case RULING_HELD:
		*kind = ALARM_CAP;
		*about = NULL;
		return true;
	case RULING_NOTHING:
	case RULING_BAN:
	case RULING_COUNT:
		break;
	}
	return false;
}

struct ban_wish judge_wish(const struct act *act, uint64_t until_ms)
{
	return (struct ban_wish){
		.prefix = act->prefix,
		.level = act->level,
		.origin = act->origin,
		.sign = act->sign,
		.feed = act->feed,
		.hosts = act->hosts,
		.sid = act->sid,
		.uid = act->uid,
		.term_s = act->term_s,
		.since_s = (uint32_t)(act->time_ns / CLOCK_NS_PER_S),
		.until_ms = until_ms,
		.reason = act->reason,
	};
}
