/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy: the rules, applied.
 */
#include "ctl/daemon/policy.h"

#include <stddef.h>

#include "ctl/core/clock.h"
#include "ctl/daemon/tracker.h"

/* An alert that does not tell its severity is taken as an ordinary one. */
#define SEVERITY_UNKNOWN 3u

/* A host of an IPv4 subnet counts as attacking from its second event on: a
 * mistyped password is no attack.  An IPv6 host can afford a new address, even
 * a new /64, for each. */
#define EVENTS_OF_ATTACKER4 2u
#define EVENTS_OF_ATTACKER6 1u

/* Each step to a wider IPv4 prefix, 16 times the addresses, takes four times
 * the hosts: a few bad ones among a provider's thousands condemn nobody. */
#define HOSTS_PER_STEP4 4u
/* Addresses that condemn their IPv6 /64: it is one host's. */
#define ADDRESSES_OF_64 2u
#define HOST_LENGTH6	64u

static uint32_t faded(uint32_t points, const struct event *event,
		      uint32_t half_s)
{
	uint64_t age_s = 0;

	if (event->seen_ns > event->time_ns)
		age_s = (event->seen_ns - event->time_ns) / CLOCK_NS_PER_S;
	/* Whole halvings: an alert that was minutes in the file counts. */
	if (age_s / half_s >= 32)
		return 0;
	return points >> (age_s / half_s);
}

uint32_t policy_points(const struct policy *policy, const struct event *event)
{
	const struct sign_rule *rule = &policy->signs[event->sign];
	uint8_t severity = event->severity;
	uint64_t points;
	size_t place;

	if (event->proof == PROOF_NONE || event->culprit != CULPRIT_SOURCE)
		return 0;
	if (severity == 0)
		severity = SEVERITY_UNKNOWN;
	if (rule->max_severity && severity > rule->max_severity)
		return 0;
	place = severity < CONFIG_SEVERITIES_MAX ? severity
						 : CONFIG_SEVERITIES_MAX;
	points = (uint64_t)rule->points[place - 1] * TRACKER_POINT;
	if (event->confidence == CONFIDENCE_LOW)
		points /= 2;
	if (points > UINT32_MAX)
		points = UINT32_MAX;
	return faded((uint32_t)points, event, policy->window_s);
}

static uint32_t hosts_needed(const struct policy *policy, uint8_t family,
			     unsigned int length, unsigned int step)
{
	uint32_t hosts = policy->subnet.hosts;

	if (family == PREFIX_IP6)
		return length >= HOST_LENGTH6 ? ADDRESSES_OF_64 : hosts;
	for (; step > 0; step--)
		hosts *= HOSTS_PER_STEP4;
	return hosts;
}

/* What counts as a host within a prefix of LENGTH. */
static struct prefix host_of(const struct prefix *source, unsigned int length)
{
	if (source->family == PREFIX_IP6 && length < HOST_LENGTH6)
		return prefix_truncate(source, HOST_LENGTH6);
	return *source;
}

struct judging {
	const struct policy *policy;
	struct tracker *tracker;
	const struct event *event;
	struct charge_order order;
	struct decision *decision;
};

static void decide(struct judging *j, const struct track *track, uint32_t hosts)
{
	if (j->decision->ban ||
	    track->points / TRACKER_POINT < j->policy->threshold)
		return;
	j->decision->ban = true;
	j->decision->prefix = j->order.prefix;
	j->decision->points = track->points / TRACKER_POINT;
	j->decision->hosts = (uint16_t)hosts;
}

static void judge_subnet(struct judging *j, unsigned int length,
			 unsigned int step, bool is_attacker)
{
	struct prefix host = host_of(&j->event->source, length);
	struct track track;

	j->order.prefix = prefix_truncate(&j->event->source, length);
	j->order.host = is_attacker ? &host : NULL;
	track = tracker_charge(j->tracker, &j->order);
	if (track.hosts >= hosts_needed(j->policy, host.family, length, step))
		decide(j, &track, track.hosts);
}

static uint8_t mode_of(const struct policy *policy, enum sign sign)
{
	uint8_t mode = policy->signs[sign].mode;

	return mode < policy->mode ? mode : policy->mode;
}

struct decision policy_judge(const struct policy *policy,
			     struct tracker *tracker, const struct event *event,
			     uint32_t now_s)
{
	const struct subnet_rule *subnet = &policy->subnet;
	bool is6 = event->source.family == PREFIX_IP6;
	const uint8_t *lengths = is6 ? subnet->lengths6 : subnet->lengths4;
	uint8_t count = is6 ? subnet->count6 : subnet->count4;
	struct decision decision = { .mode = mode_of(policy,
						     (enum sign)event->sign) };
	struct judging j = {
		.policy = policy,
		.tracker = tracker,
		.event = event,
		.decision = &decision,
		.order = {
			.prefix = event->source,
			.points = policy_points(policy, event),
			.now_s = now_s,
			.half_s = policy->window_s,
			.sid = event->sid,
			.sign = event->sign,
		},
	};
	struct track track;

	if (j.order.points == 0)
		return decision;
	track = tracker_charge(tracker, &j.order);
	decide(&j, &track, 0);
	for (uint8_t i = 0; i < count; i++)
		judge_subnet(&j, lengths[i], i,
			     track.events >= (is6 ? EVENTS_OF_ATTACKER6
						  : EVENTS_OF_ATTACKER4));
	return decision;
}

uint32_t policy_term_s(const struct policy *policy, uint8_t level)
{
	uint8_t place = level < 1 ? 1 : level;

	if (place > policy->term_count)
		place = policy->term_count;
	return policy->terms_s[place - 1];
}
