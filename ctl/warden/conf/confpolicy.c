/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confwords: the section policy.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/core/ladder.h"
#include "ctl/warden/conf/confvalue.h"
#include "ctl/warden/conf/confwords.h"

#define DAY_S 86400u

static void read_terms(struct confreader *r, const struct confnode *setting,
		       void *target)
{
	struct policy *policy = target;
	uint32_t before = 0;

	if (!confreader_fits(r, setting, CONFIG_TERMS_MAX))
		return;
	policy->term_count = 0;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		uint32_t term;

		if (!confvalue_seconds(r, n, &term))
			continue;
		if (term <= before)
			confreader_refuse(r, n,
					  "is not longer than the term before"
					  " it; let the terms rise");
		before = term;
		policy->terms_s[policy->term_count++] = term;
	}
}

static void read_points(struct confreader *r, const struct confnode *setting,
			void *target)
{
	struct sign_rule *rule = target;
	const struct confnode *n = setting->first;

	if (!confreader_fits(r, setting, CONFIG_SEVERITIES_MAX))
		return;
	/* The last value is that of all severities above it. */
	for (size_t i = 0; i < CONFIG_SEVERITIES_MAX; i++) {
		if (!confvalue_number(r, n, &rule->points[i]))
			return;
		n = n->next ? n->next : n;
	}
}

static const struct confword sign_words[] = {
	{ .name = "points",
	  .kind = CONF_LIST,
	  .read = read_points,
	  .max = 1000000 },
	{ .name = "max_severity",
	  .read = confvalue_u8,
	  .at = offsetof(struct sign_rule, max_severity),
	  .min = 1,
	  .max = UINT8_MAX },
	{ .name = "mode",
	  .read = confvalue_mode,
	  .at = offsetof(struct sign_rule, mode) },
	{ 0 },
};

static void read_sign(struct confreader *r, const struct confnode *node,
		      void *target)
{
	struct policy *policy = target;
	enum sign sign = sign_by_name(node->text);
	struct nearest nearest = nearest_to(node->text);
	const char *best;

	if (sign != SIGN_NONE) {
		policy->signs[sign].line = node->line;
		confreader_section(r, node, &policy->signs[sign]);
		return;
	}
	for (int i = SIGN_NONE + 1; i < SIGN_COUNT; i++)
		nearest_try(&nearest, sign_name((enum sign)i));
	best = nearest_word(&nearest);
	confreader_error(r, node, "there is no such sign; %s%s%s",
			 best ? "did you mean \""
			      : "postern.conf(5) has the"
				" list",
			 best ? best : "", best ? "\"?" : "");
}

static const char *rungs(uint8_t family)
{
	return family == PREFIX_IP4 ? "24, 20, 16" : "64, 56, 48";
}

/* The lengths that the kernel has sets for, without the hosts'. */
static bool is_subnet_rung(uint8_t family, uint32_t length)
{
	for (unsigned int rung = 1; rung < LADDER_RUNGS; rung++) {
		if (ladder_length(family, rung) == length)
			return true;
	}
	return false;
}

static void read_lengths(struct confreader *r, const struct confnode *setting,
			 uint8_t family, uint8_t *lengths, uint8_t *count)
{
	uint32_t before = UINT8_MAX;

	*count = 0;
	if (!setting->first || !confreader_fits(r, setting, CONFIG_SUBNETS_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		uint32_t length;

		if (!confvalue_number(r, n, &length))
			continue;
		if (!is_subnet_rung(family, length) || length >= before)
			confreader_refuse(r, n,
					  "cannot stand here; write some of"
					  " %s, in this order",
					  rungs(family));
		before = length;
		lengths[(*count)++] = (uint8_t)length;
	}
}

static void read_ipv4(struct confreader *r, const struct confnode *setting,
		      void *target)
{
	struct subnet_rule *rule = target;

	read_lengths(r, setting, PREFIX_IP4, rule->lengths4, &rule->count4);
}

static void read_ipv6(struct confreader *r, const struct confnode *setting,
		      void *target)
{
	struct subnet_rule *rule = target;

	read_lengths(r, setting, PREFIX_IP6, rule->lengths6, &rule->count6);
}

static const struct confword subnet_words[] = {
	{ .name = "ipv4", .kind = CONF_LIST, .read = read_ipv4, .max = 32 },
	{ .name = "ipv6", .kind = CONF_LIST, .read = read_ipv6, .max = 128 },
	{ .name = "hosts",
	  .read = confvalue_u32,
	  .at = offsetof(struct subnet_rule, hosts),
	  .min = 2,
	  .max = CONFIG_HOSTS_MAX },
	{ 0 },
};

static void read_subnet(struct confreader *r, const struct confnode *node,
			void *target)
{
	struct policy *policy = target;

	policy->subnet.line = node->line;
	confreader_section(r, node, &policy->subnet);
}

static const struct confword cap_words[] = {
	{ .name = "bans",
	  .read = confvalue_u32,
	  .at = offsetof(struct cap, bans),
	  .max = 16000000 },
	{ .name = "space",
	  .read = confvalue_u32,
	  .at = offsetof(struct cap, space),
	  .max = UINT32_MAX },
	{ 0 },
};

static void read_cap(struct confreader *r, const struct confnode *node,
		     void *target)
{
	struct policy *policy = target;

	confreader_section(r, node, &policy->cap);
}

static void read_include(struct confreader *r, const struct confnode *setting,
			 void *target)
{
	struct policy *policy = target;

	if (!confreader_fits(r, setting, CONFIG_INCLUDES_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (confvalue_is_path(r, n))
			snprintf(policy->includes[policy->include_count++],
				 CONFIG_PATH_SIZE, "%s", n->text);
	}
}

const struct confword confwords_policy[] = {
	{ .name = "mode",
	  .read = confvalue_mode,
	  .at = offsetof(struct policy, mode) },
	{ .name = "threshold",
	  .read = confvalue_u32,
	  .at = offsetof(struct policy, threshold),
	  .min = 1,
	  .max = 1000000 },
	{ .name = "window",
	  .read = confvalue_term,
	  .at = offsetof(struct policy, window_s),
	  .min = 1,
	  .max = 30 * DAY_S },
	{ .name = "terms",
	  .kind = CONF_LIST,
	  .read = read_terms,
	  .min = 1,
	  .max = 3650 * DAY_S },
	{ .name = "forget",
	  .read = confvalue_term,
	  .at = offsetof(struct policy, forget_s),
	  .min = 60,
	  .max = 3650 * DAY_S },
	{ .name = "sign",
	  .kind = CONF_NAMED,
	  .read = read_sign,
	  .inside = sign_words },
	{ .name = "subnet",
	  .kind = CONF_SECTION,
	  .read = read_subnet,
	  .inside = subnet_words },
	{ .name = "cap",
	  .kind = CONF_SECTION,
	  .read = read_cap,
	  .inside = cap_words },
	{ .name = "rule",
	  .kind = CONF_NAMED,
	  .read = confwords_read_rule,
	  .inside = confwords_rule },
	{ .name = "include", .kind = CONF_LIST, .read = read_include },
	{ 0 },
};

void confwords_read_policy(struct confreader *r, const struct confnode *node,
			   void *target)
{
	struct config *config = target;

	config->policy.line = node->line;
	confreader_section(r, node, &config->policy);
}
