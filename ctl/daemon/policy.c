/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy: who has reached the rule.
 */
#include "ctl/daemon/policy.h"

#include <stddef.h>

#include "ctl/daemon/tracker.h"

/*
 * A host of an IPv4 subnet attacks when one event follows another: a mistyped
 * password is no attack, nor is one in the morning and one at noon.  So it
 * needs half as many points again as the event brought.  An IPv6 host can
 * afford a new address, even a new /64, for each event.
 */
#define SECOND_EVENT(points) ((points) + (points) / 2)

/* Each step to a wider IPv4 prefix, 16 times the addresses, takes four times
 * the hosts and the points: a few bad ones among a provider's thousands condemn
 * nobody. */
#define PER_STEP4 4u

/* In a subnet that has so many times the points that it takes, each host counts
 * from its first event on: a crowd that tries once each. */
#define CROWD_TIMES 10u

/* Addresses that condemn their IPv6 /64: it is one host's. */
#define ADDRESSES_OF_64 2u
#define HOST_LENGTH6	64u

const uint8_t *policy_lengths(const struct policy *policy, uint8_t family,
			      uint8_t *count)
{
	const struct subnet_rule *subnet = &policy->subnet;

	*count = family == PREFIX_IP6 ? subnet->count6 : subnet->count4;
	return family == PREFIX_IP6 ? subnet->lengths6 : subnet->lengths4;
}

/* How often four addresses' worth LENGTH is wider than the longest subnet. */
static unsigned int step_of(const struct policy *policy, unsigned int length)
{
	const struct subnet_rule *subnet = &policy->subnet;
	unsigned int step = 0;

	while (step + 1 < subnet->count4 && subnet->lengths4[step] > length)
		step++;
	return step;
}

uint32_t policy_needed(const struct policy *policy, uint8_t family,
		       unsigned int length, uint64_t *points)
{
	uint32_t hosts = policy->subnet.hosts;

	*points = (uint64_t)policy->threshold * TRACKER_POINT;
	if (length == prefix_bits(family))
		return 0;
	if (family == PREFIX_IP6)
		return length >= HOST_LENGTH6 ? ADDRESSES_OF_64 : hosts;
	for (unsigned int n = step_of(policy, length); n > 0; n--) {
		hosts *= PER_STEP4;
		*points *= PER_STEP4;
	}
	return hosts;
}

static uint32_t limited(uint64_t points)
{
	return points < UINT32_MAX ? (uint32_t)points : UINT32_MAX;
}

static void plan_family(struct policy_plan *plan, uint8_t family)
{
	struct policy_level *levels = plan->levels[family == PREFIX_IP6];
	const uint8_t *lengths;
	uint8_t count;

	lengths = policy_lengths(plan->policy, family, &count);
	levels[0].length = (uint8_t)prefix_bits(family);
	for (uint8_t i = 0; i < count; i++)
		levels[i + 1].length = lengths[i];
	plan->counts[family == PREFIX_IP6] = (uint8_t)(count + 1);
	for (uint8_t i = 0; i <= count; i++) {
		struct policy_level *level = &levels[i];

		level->hosts = policy_needed(plan->policy, family,
					     level->length, &level->points);
		level->crowd = limited(level->points * CROWD_TIMES);
	}
}

void policy_plan(struct policy_plan *plan, const struct policy *policy)
{
	*plan = (struct policy_plan){ .policy = policy };
	plan_family(plan, PREFIX_IP4);
	plan_family(plan, PREFIX_IP6);
}

void policy_look(struct policy_view *view, const struct policy_plan *plan,
		 const struct tracker *tracker, const struct prefix *source,
		 uint8_t book)
{
	size_t family = source->family == PREFIX_IP6;

	view->count = plan->counts[family];
	view->yields = false;
	for (uint8_t i = 0; i < view->count; i++) {
		view->prefixes[i] =
			prefix_truncate(source, plan->levels[family][i].length);
		view->spots[i] =
			tracker_spot(tracker, &view->prefixes[i], book);
	}
}

void policy_fetch(struct policy_view *view)
{
	for (uint8_t i = 0; i < view->count; i++)
		tracker_fetch(&view->spots[i]);
}

struct judging {
	const struct policy_plan *plan;
	struct tracker *tracker;
	const struct policy_view *view;
	struct charge_order order;
	struct decision decision;
};

/* Charge prefix NUMBER of the view; what it has then. */
static struct track judge_one(struct judging *j, uint8_t number,
			      bool is_attacker)
{
	const struct prefix *p = &j->view->prefixes[number];
	const struct policy_level *level =
		&j->plan->levels[p->family == PREFIX_IP6][number];
	struct track track;

	j->order.has_host = level->hosts > 0;
	j->order.host_from = is_attacker ? 0 : level->crowd;
	j->order.hosts_from = limited(level->points);
	track = tracker_charge(j->tracker, &j->view->spots[number], &j->order);
	if (j->decision.ban || track.points < level->points ||
	    track.hosts < level->hosts)
		return track;
	j->decision.ban = true;
	j->decision.prefix = *p;
	j->decision.points = track.points / TRACKER_POINT;
	j->decision.hosts = level->hosts ? (uint16_t)track.hosts : 0;
	return track;
}

/* The hosts of an IPv4 subnet are addresses; of an IPv6 /64, too, and of what
 * is wider, its /64. */
static void choose_host(struct judging *j, uint8_t number)
{
	const struct prefix *source = &j->view->prefixes[0];
	struct prefix host = *source;

	if (number > 1 && (source->family == PREFIX_IP4 ||
			   j->view->prefixes[number - 1].length < HOST_LENGTH6))
		return; /* as before */
	if (source->family == PREFIX_IP6 &&
	    j->view->prefixes[number].length < HOST_LENGTH6)
		host = prefix_truncate(source, HOST_LENGTH6);
	j->order.host = tracker_host(j->tracker, &host);
}

struct decision policy_judge(const struct policy_plan *plan,
			     struct tracker *tracker,
			     const struct policy_view *view,
			     const struct event *event,
			     const struct weight *weight, uint32_t now_s)
{
	struct judging j = {
		.plan = plan,
		.tracker = tracker,
		.view = view,
		.decision = {
			.mode = weight->mode,
			.scope = weight->scope,
			.rule = weight->rule,
			.term_s = weight->term_s,
		},
		.order = {
			.yields = view->yields,
			.points = weight->points,
			.now_s = now_s,
			.half_s = plan->policy->window_s,
			.sid = event->sid,
			.sign = event->sign,
		},
	};
	struct track track;
	bool is_attacker;

	if (weight->points == 0)
		return j.decision;
	track = judge_one(&j, 0, false);
	is_attacker = event->source.family == PREFIX_IP6 ||
		      track.points >=
			      limited(SECOND_EVENT((uint64_t)weight->points));
	for (uint8_t i = 1; i < view->count; i++) {
		choose_host(&j, i);
		judge_one(&j, i, is_attacker);
	}
	return j.decision;
}

uint32_t policy_term_s(const struct policy *policy, uint8_t level,
		       uint32_t first_s)
{
	uint8_t place = level < 1 ? 1 : level;

	if (first_s == 0) {
		if (place > policy->term_count)
			place = policy->term_count;
		return policy->terms_s[place - 1];
	}
	/* The policy's terms that are longer follow the rule's own. */
	for (uint8_t i = 0; i < policy->term_count && place > 1; i++) {
		if (policy->terms_s[i] <= first_s)
			continue;
		first_s = policy->terms_s[i];
		place--;
	}
	return first_s;
}
