/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule: comparisons, one condition at a time.
 */
#include "ctl/core/rule.h"

#include <strings.h>

struct rule rule_any(void)
{
	return (struct rule){
		.feed = RULE_ANY,
		.server = RULE_ANY,
		.zone = RULE_ANY,
		.mode = MODE_ENFORCE,
	};
}

bool rule_is_expired(const struct rule *rule, uint64_t now_ns)
{
	return rule->expires_ns && now_ns >= rule->expires_ns;
}

static bool covers_number(uint32_t earlier, uint32_t later, uint32_t any)
{
	return earlier == any || earlier == later;
}

static bool covers_sids(const struct rule *earlier, const struct rule *later)
{
	if (earlier->sid_count == 0)
		return true;
	for (uint8_t i = 0; i < later->sid_count; i++) {
		bool found = false;

		for (uint8_t n = 0; n < earlier->sid_count; n++)
			found |= earlier->sids[n] == later->sids[i];
		if (!found)
			return false;
	}
	return later->sid_count > 0;
}

static bool covers_sources(const struct rule *earlier, const struct rule *later)
{
	if (earlier->source_count == 0)
		return true;
	for (uint8_t i = 0; i < later->source_count; i++) {
		bool found = false;

		for (uint8_t n = 0; n < earlier->source_count; n++)
			found |= prefix_contains(&earlier->sources[n],
						 &later->sources[i]);
		if (!found)
			return false;
	}
	return later->source_count > 0;
}

static bool covers_severity(const struct rule *earlier,
			    const struct rule *later)
{
	return earlier->max_severity == 0 ||
	       (later->max_severity &&
		later->max_severity <= earlier->max_severity);
}

bool rule_covers_but_sources(const struct rule *earlier,
			     const struct rule *later)
{
	if (earlier->category[0] &&
	    strcasecmp(earlier->category, later->category) != 0)
		return false;
	/* One that ends first leaves room for the other. */
	if (earlier->expires_ns &&
	    (later->expires_ns == 0 || later->expires_ns > earlier->expires_ns))
		return false;
	return covers_number(earlier->sign, later->sign, SIGN_NONE) &&
	       covers_number(earlier->feed, later->feed, RULE_ANY) &&
	       covers_number(earlier->server, later->server, RULE_ANY) &&
	       covers_number(earlier->zone, later->zone, RULE_ANY) &&
	       covers_number(earlier->port, later->port, 0) &&
	       covers_sids(earlier, later) && covers_severity(earlier, later);
}

bool rule_covers(const struct rule *earlier, const struct rule *later)
{
	return rule_covers_but_sources(earlier, later) &&
	       covers_sources(earlier, later);
}
