/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules: a list, from the top, without those that an index rules out.
 */
#include "ctl/daemon/rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl/core/clock.h"
#include "ctl/core/rule.h"
#include "ctl/daemon/tracker.h"

/* An alert that does not tell its severity is taken as an ordinary one. */
#define SEVERITY_UNKNOWN 3u

static uint8_t severity_of(const struct event *event)
{
	return event->severity ? event->severity : SEVERITY_UNKNOWN;
}

static bool has_sid(const struct rule *rule, uint32_t sid)
{
	if (rule->sid_count == 0)
		return true;
	for (uint8_t i = 0; i < rule->sid_count; i++) {
		if (rule->sids[i] == sid)
			return true;
	}
	return false;
}

static bool has_source(const struct rule *rule, const struct prefix *source)
{
	if (rule->source_count == 0)
		return true;
	for (uint8_t i = 0; i < rule->source_count; i++) {
		if (prefix_contains(&rule->sources[i], source))
			return true;
	}
	return false;
}

static bool is_in_zone(const struct config *config, const struct rule *rule,
		       const struct prefix *source)
{
	return rule->zone == RULE_ANY ||
	       rule->zone == config_zone_of(config, source);
}

static bool matches(const struct config *config, const struct rule *rule,
		    const struct event *event, uint64_t now_ns)
{
	if (rule->sign != SIGN_NONE && rule->sign != event->sign)
		return false;
	if (rule->feed != RULE_ANY && rule->feed != event->feed)
		return false;
	if (rule->server != RULE_ANY && rule->server != event->server)
		return false;
	if (rule->port && rule->port != event->target_port)
		return false;
	if (rule->max_severity && severity_of(event) > rule->max_severity)
		return false;
	if (!has_sid(rule, event->sid) || rule_is_expired(rule, now_ns))
		return false;
	if (rule->category[0] &&
	    strcasecmp(rule->category, event->category) != 0)
		return false;
	return has_source(rule, &event->source) &&
	       is_in_zone(config, rule, &event->source);
}

static void put(struct rules_some *some, uint16_t number)
{
	some->words[number / 64] |= 1ull << number % 64;
}

/* Rule NUMBER is about the row of TABLE that WANTED names, or about all of its
 * COUNT rows. */
static void put_row(struct rules_some *table, size_t count, size_t wanted,
		    uint16_t number)
{
	for (size_t i = 0; i < count; i++) {
		if (wanted >= count || wanted == i)
			put(&table[i], number);
	}
}

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static void add_rule(struct rules *rules, uint16_t number)
{
	const struct rule *rule = &rules->config->policy.rules[number];

	put_row(rules->of_sign, COUNT_OF(rules->of_sign),
		rule->sign == SIGN_NONE ? SIZE_MAX : rule->sign, number);
	put_row(rules->of_feed, COUNT_OF(rules->of_feed), rule->feed, number);
	put_row(rules->of_server, COUNT_OF(rules->of_server), rule->server,
		number);
	if (rule->sid_count == 0)
		put(&rules->of_any_sid, number);
	for (uint8_t i = 0; i < rule->sid_count; i++)
		rules->sids[rules->sid_count++] =
			(struct rules_sid){ rule->sids[i], number };
}

static int compare_sids(const void *a, const void *b)
{
	const struct rules_sid *x = a, *y = b;

	return (x->sid > y->sid) - (x->sid < y->sid);
}

void rules_init(struct rules *rules, const struct config *config)
{
	*rules = (struct rules){ .config = config };
	for (uint16_t i = 0; i < config->policy.rule_count; i++)
		add_rule(rules, i);
	qsort(rules->sids, rules->sid_count, sizeof(rules->sids[0]),
	      compare_sids);
}

/* The rules that are about signature SID, or about any. */
static struct rules_some about_sid(const struct rules *rules, uint32_t sid)
{
	struct rules_some some = rules->of_any_sid;
	uint32_t low = 0, high = rules->sid_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (rules->sids[middle].sid < sid)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < rules->sid_count && rules->sids[low].sid == sid; low++)
		put(&some, rules->sids[low].rule);
	return some;
}

/* What the configuration does not know shares the last row, which is about
 * no feed and no server in particular. */
static const struct rules_some *row_of(const struct rules_some *table,
				       size_t count, size_t number)
{
	return &table[number < count ? number : count - 1];
}

static uint16_t find(const struct rules *rules, const struct event *event,
		     uint64_t now_ns)
{
	const struct config *config = rules->config;
	const struct rules_some *feed, *server;
	struct rules_some some;

	if (config->policy.rule_count == 0)
		return RULES_NONE;
	some = about_sid(rules, event->sid);
	feed = row_of(rules->of_feed, COUNT_OF(rules->of_feed), event->feed);
	server = row_of(rules->of_server, COUNT_OF(rules->of_server),
			event->server);
	for (uint16_t word = 0; word < RULES_WORDS; word++) {
		uint64_t left = some.words[word] & feed->words[word] &
				server->words[word] &
				rules->of_sign[event->sign].words[word];

		for (; left; left &= left - 1) {
			uint16_t i =
				(uint16_t)(word * 64 + __builtin_ctzll(left));

			if (matches(config, &config->policy.rules[i], event,
				    now_ns))
				return i;
		}
	}
	return RULES_NONE;
}

/* By the table of signs. */
static uint64_t sign_points(const struct sign_rule *sign,
			    const struct event *event)
{
	uint8_t severity = severity_of(event);
	size_t place = severity < CONFIG_SEVERITIES_MAX ? severity
							: CONFIG_SEVERITIES_MAX;

	if (sign->max_severity && severity > sign->max_severity)
		return 0;
	return sign->points[place - 1];
}

/* What is old when it comes counts less: whole halvings, so that an alert that
 * was minutes in the file counts in full. */
static void fade(struct weight *weight, const struct event *event,
		 uint32_t half_s)
{
	uint64_t half_ns = half_s * (uint64_t)CLOCK_NS_PER_S;
	uint64_t age_ns = 0, age_s;

	if (event->seen_ns > event->time_ns)
		age_ns = event->seen_ns - event->time_ns;
	if (age_ns < half_ns || half_ns == 0 || weight->points == 0)
		return;
	age_s = age_ns / CLOCK_NS_PER_S;
	weight->late_s = age_s < UINT32_MAX ? (uint32_t)age_s : UINT32_MAX;
	weight->points =
		age_ns / half_ns < 32 ? weight->points >> age_ns / half_ns : 0;
}

static uint8_t milder(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

struct weight rules_weigh(const struct rules *rules, const struct event *event,
			  uint64_t now_ns)
{
	const struct policy *policy = &rules->config->policy;
	const struct sign_rule *sign = &policy->signs[event->sign];
	struct weight weight = {
		.mode = milder(sign->mode, policy->mode),
		.rule = find(rules, event, now_ns),
	};
	uint64_t points = sign_points(sign, event);

	if (weight.rule != RULES_NONE) {
		const struct rule *rule = &policy->rules[weight.rule];

		weight.mode = milder(rule->mode, policy->mode);
		weight.scope = rule->scope;
		weight.term_s = rule->term_s;
		if (rule->has_points)
			points = rule->points;
	}
	if (event->proof == PROOF_NONE || event->culprit != CULPRIT_SOURCE)
		return weight;
	points *= TRACKER_POINT;
	if (event->confidence == CONFIDENCE_LOW)
		points /= 2;
	weight.points = points < UINT32_MAX ? (uint32_t)points : UINT32_MAX;
	fade(&weight, event, policy->window_s);
	return weight;
}
