/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story: reads everywhere, changes nothing but who is traced.
 */
#include "ctl/daemon/story.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/client.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/report.h"
#include "ctl/daemon/tracker.h"
#include "ctl/daemon/verbs.h"

/* The newest events that are told. */
#define EVENTS_TOLD 20u
/* Who stops asking has stopped tracing. */
#define TRACE_PAUSE_MS 5000u

/* What one prefix around the address was charged with in BOOK. */
static void send_charge(struct client *client, const struct prefix *p,
			uint8_t book)
{
	const struct daemon *d = client->daemon;
	uint32_t now_s = (uint32_t)(daemon_now_ms() / 1000);
	struct charge charge = { .prefix = *p, .book = book };
	struct track track;
	uint64_t points;

	if (!tracker_read(d->judge.tracker, p, book, now_s,
			  d->config->policy.window_s, &track))
		return;
	charge.hosts_needed = policy_needed(&d->config->policy, p->family,
					    p->length, &points);
	charge.needed = points;
	charge.points = track.points;
	charge.hosts = track.hosts;
	charge.events = track.events;
	charge.sign = track.sign;
	charge.sid = track.sid;
	charge.last_ns = clock_calendar_ns() -
			 (uint64_t)(now_s - track.last_s) * CLOCK_NS_PER_S;
	wire_put(client->wire, MSG_CHARGE, &charge);
}

static void send_charges(struct client *client, const struct prefix *p)
{
	const struct policy *policy = &client->daemon->config->policy;
	const uint8_t *lengths;
	uint8_t count;

	lengths = policy_lengths(policy, p->family, &count);
	for (uint8_t book = 0; book < TRACKER_BOOKS; book++) {
		send_charge(client, p, book);
		for (uint8_t i = 0; i < count; i++) {
			struct prefix around;

			if (lengths[i] >= p->length)
				continue;
			around = prefix_truncate(p, lengths[i]);
			send_charge(client, &around, book);
		}
	}
}

/* The bans, also those that are over, of P and around it. */
static void send_bans_around(struct client *client, const struct prefix *p)
{
	for (int length = p->length; length >= 0; length--) {
		struct prefix around = prefix_truncate(p, (unsigned int)length);

		for (unsigned int scope = 0; scope < SCOPE_COUNT; scope++) {
			const struct ban *ban =
				bans_find(judge_bans(&client->daemon->judge,
						     (uint8_t)scope),
					  &around);

			if (ban)
				report_ban(client, (uint8_t)scope, ban);
		}
	}
}

/* Of a banned network, what its ban is for. */
static void send_events(struct client *client, const struct prefix *address)
{
	const struct daemon *d = client->daemon;
	const struct ban *ban = bans_covering(d->judge.bans, address);
	const struct prefix *p = ban ? &ban->prefix : address;
	const struct recent_row *row;
	uint64_t at = 0;

	for (unsigned int n = 0;
	     n < EVENTS_TOLD && (row = recent_next(&d->judge.recent, p, &at));
	     n++) {
		struct evidence evidence = {
			.time_ns = row->time_ns,
			.source = row->source,
			.points = row->points,
			.sid = row->sid,
			.late_s = row->late_s,
			.sign = row->sign,
			.mode = row->mode,
			.target_port = row->target_port,
		};

		if (row->rule != RULES_NONE)
			memcpy(evidence.rule,
			       d->config->policy.rules[row->rule].name,
			       sizeof(evidence.rule));
		snprintf(evidence.server, sizeof(evidence.server), "%s",
			 config_server_name(d->config, row->server));
		wire_put(client->wire, MSG_EVIDENCE, &evidence);
	}
}

static void tell_pardon(struct daemon *d, struct story *story)
{
	const struct ban *pardon =
		bans_covering(d->judge.pardons, &story->address);
	uint64_t now_ms = daemon_now_ms();

	if (!pardon)
		return;
	story->pardon = pardon->prefix;
	story->pardon_left_ms =
		pardon->until_ms > now_ms ? pardon->until_ms - now_ms : 0;
	snprintf(story->pardon_reason, sizeof(story->pardon_reason), "%s",
		 bans_reason(d->judge.pardons, pardon));
}

static void send_all(struct client *client)
{
	struct daemon *d = client->daemon;
	const struct policy *policy = &d->config->policy;
	const struct prefix *p = &client->ask.prefix;
	struct story story = {
		.address = *p,
		.threshold = (uint64_t)policy->threshold * TRACKER_POINT,
		.window_s = policy->window_s,
		.mode = policy->mode,
		.next_level = judge_next_level(&d->judge, SCOPE_ALL, p),
		.kernel = client->found,
	};

	story.next_term_s = judge_term_s(&d->judge, story.next_level, 0);
	story.is_protected =
		(uint8_t)protect_ask(&d->judge.protect, p, &story.protector);
	tell_pardon(d, &story);
	wire_put(client->wire, MSG_STORY, &story);
	send_bans_around(client, p);
	send_charges(client, p);
	send_events(client, p);
}

void story_begin(struct client *client)
{
	client->found = (struct found){ .error = ENOTCONN };
	if (client->ask.prefix.family == 0)
		client_answer(client, ANSWER_USAGE, "no address was named");
	else if (!prefix_is_address(&client->ask.prefix) ||
		 !client_ask_nft(client, MSG_LOOKUP, &client->ask.prefix))
		verbs_finish(client);
}

void story_finish(struct client *client)
{
	send_all(client);
	client_answer(client, ANSWER_DONE, "%s", "");
}

void story_begin_trace(struct client *client)
{
	struct daemon *d = client->daemon;
	const struct prefix *p = &client->ask.prefix;
	uint64_t now_ms = daemon_now_ms();
	char text[PREFIX_TEXT_SIZE];

	if (d->traced.family && p->family &&
	    now_ms - d->traced_ms < TRACE_PAUSE_MS &&
	    !prefix_equal(p, &d->traced)) {
		client_answer(client, ANSWER_FAILED,
			      "somebody traces %s just now, and one trace at a "
			      "time is what there is",
			      prefix_format(&d->traced, text));
		return;
	}
	d->traced = *p;
	d->traced_ms = now_ms;
	if (!client_ask_nft(client, MSG_TRACE, p))
		client_answer(client, ANSWER_FAILED,
			      "postern-nft does not answer");
}

void story_finish_trace(struct client *client)
{
	client_answer(client, ANSWER_DONE, "%s", "");
}
