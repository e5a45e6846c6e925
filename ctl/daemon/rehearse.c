/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rehearse: virtual time is the time of the newest event so far; lines that
 * step back by a little do not turn it back.
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
#include "ctl/daemon/bans.h"
#include "ctl/daemon/judge.h"

#define SOURCES 1000000u

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
	uint64_t id;
	uint64_t left_out;
	uint64_t bans_made;
};

static uint64_t now_ms(const struct rehearsal *r)
{
	return BEGIN_MS + (r->now_ns - r->first_ns) / CLOCK_NS_PER_MS;
}

/* Nothing else is to be done meanwhile: wait. */
static int flush(struct chan *ch)
{
	struct pollfd wanted = { .fd = ch->fd, .events = POLLOUT };
	int err = chan_flush(ch);

	while (!err && !chan_is_clear(ch)) {
		poll(&wanted, 1, -1);
		err = chan_flush(ch);
	}
	return err;
}

static int say(struct rehearsal *r, enum msg_kind kind, const void *row)
{
	int err = chan_put(&r->cli, kind, row);

	if (!err && !chan_is_clear(&r->cli))
		err = flush(&r->cli);
	return err;
}

static int carry_out(struct rehearsal *r, const struct event *event,
		     const struct ruling *ruling)
{
	struct act act = judge_act(&r->judge, event, ruling);
	struct ban_wish wish;

	if (act.kind == ACT_NONE)
		return 0;
	act.id = ++r->id;
	act.time_ns = r->now_ns;
	if (act.term_s)
		act.until_ns =
			act.time_ns + act.term_s * (uint64_t)CLOCK_NS_PER_S;
	if (act.kind == ACT_BAN) {
		wish = judge_wish(&act, now_ms(r) + act.term_s * 1000ull);
		if (bans_put(r->judge.bans, &wish, NULL)) {
			act.kind = ACT_REFUSED;
			act.error = ENOSPC;
		} else {
			r->bans_made++;
		}
	}
	return say(r, MSG_ACT, &act);
}

static int hear_event(struct rehearsal *r, const struct event *row)
{
	struct event event = *row;
	struct ruling ruling;

	if (!event_is_valid(&event) ||
	    !event_has_server(&event, r->config->server_count))
		return -EBADMSG;
	if (event.time_ns < r->since_ns) {
		r->left_out++;
		return 0;
	}
	if (r->first_ns == 0)
		r->first_ns = event.time_ns;
	if (event.time_ns > r->now_ns)
		r->now_ns = event.time_ns;
	/* Live, an alert is met some milliseconds after its packet. */
	event.seen_ns = r->now_ns;
	bans_expire(r->judge.bans, now_ms(r));
	ruling = judge_event(&r->judge, &event, now_ms(r), r->now_ns);
	if (ruling.kind == RULING_NOTHING)
		return 0;
	return carry_out(r, &event, &ruling);
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct rehearsal *r = ctx;

	if (kind == MSG_EVENT)
		return hear_event(r, &row->event);
	if (kind == MSG_READING)
		return say(r, MSG_READING, &row->reading);
	return kind == MSG_HELLO ? 0 : -EBADMSG;
}

static int hear_all(struct rehearsal *r)
{
	const struct chan_listener listener = { hear, r };
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
			.hits = r->judge.rule_hits[i],
			.last_ns = r->judge.rule_last_ns[i],
		};

		memcpy(row.name, policy->rules[i].name, sizeof(row.name));
		err = say(r, MSG_RULE, &row);
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
		.bans = bans_count(r->judge.bans),
		.events = tally->events,
		.unproven = tally->unproven,
		.repeated = r->left_out,
		.already = tally->already,
		.spared = tally->spared,
		.guarded = tally->guarded,
		.held = r->judge.capping.held,
		.bans_made = r->bans_made,
	};
	const struct answer answer = { .code = ANSWER_DONE };
	int err = say_rules(r);

	if (!err)
		err = say(r, MSG_STATUS, &status);
	if (!err)
		err = say(r, MSG_ANSWER, &answer);
	return err ? err : flush(&r->cli);
}

static int open_all(struct rehearsal *r, bool enforce)
{
	int err = part_read(&r->config, ROLE_CTL, ROLE_FD_CONFIG);

	if (!err && enforce)
		r->config->policy.mode = MODE_ENFORCE;
	if (!err)
		err = chan_init(&r->feed, REHEARSE_FD_FEED, ROLE_CTL,
				ROLE_FEED);
	if (!err)
		err = chan_init(&r->cli, REHEARSE_FD_CLI, ROLE_CTL, ROLE_CLI);
	if (!err)
		err = judge_init(&r->judge, r->config, SOURCES, REHEARSE_SEED);
	return err;
}

int rehearse_run(uint64_t since_ns, bool enforce)
{
	static struct rehearsal r;
	int err;

	r.since_ns = since_ns;
	err = open_all(&r, enforce);
	if (!err)
		err = hear_all(&r);
	if (!err)
		err = say_end(&r);
	if (err)
		log_error("cannot replay: %s", strerror(-err));
	judge_fini(&r.judge);
	chan_fini(&r.feed);
	chan_fini(&r.cli);
	config_free(r.config);
	return err ? 1 : 0;
}
