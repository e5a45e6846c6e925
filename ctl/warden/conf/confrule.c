/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confwords: a rule of the policy, and the file that has nothing but rules.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/rule.h"
#include "ctl/warden/conf/confprefix.h"
#include "ctl/warden/conf/confvalue.h"
#include "ctl/warden/conf/confwords.h"
#include "ctl/warden/conf/services.h"

#define DAY_S 86400u

static void read_rule_sign(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct rule *rule = target;
	struct nearest nearest;

	if (!value)
		return;
	rule->sign = (uint8_t)sign_by_name(value->text);
	if (rule->sign != SIGN_NONE)
		return;
	nearest = nearest_to(value->text);
	for (int i = SIGN_NONE + 1; i < SIGN_COUNT; i++)
		nearest_try(&nearest, sign_name((enum sign)i));
	confreader_unknown(r, value, &nearest, "postern.conf(5) has the list");
}

/* The number of what is called as VALUE says; NAME_OF tells number I's. */
static uint16_t
find_name(struct confreader *r, const struct confnode *value, uint8_t count,
	  const char *(*name_of)(const struct config *, uint8_t),
	  const char *advice)
{
	struct nearest nearest = nearest_to(value->text);

	for (uint8_t i = 0; i < count; i++) {
		const char *name = name_of(r->config, i);

		if (strcmp(name, value->text) == 0)
			return i;
		nearest_try(&nearest, name);
	}
	confreader_unknown(r, value, &nearest, advice);
	return RULE_ANY;
}

static const char *feed_name(const struct config *config, uint8_t i)
{
	return config->feeds[i].name;
}

static const char *server_name(const struct config *config, uint8_t i)
{
	return config->servers[i].name;
}

static const char *zone_name(const struct config *config, uint8_t i)
{
	return config->zones[i].name;
}

static void read_rule_feed(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct rule *rule = target;

	if (value)
		rule->feed = find_name(r, value, r->config->feed_count,
				       feed_name, "name a feed of this file");
}

static void read_rule_server(struct confreader *r,
			     const struct confnode *setting, void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct rule *rule = target;

	if (value)
		rule->server = find_name(r, value, r->config->server_count,
					 server_name,
					 "name a server of this file");
}

static void read_rule_zone(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct rule *rule = target;

	if (value)
		rule->zone = find_name(r, value, r->config->zone_count,
				       zone_name, "name a zone of this file");
}

static void read_rule_service(struct confreader *r,
			      const struct confnode *setting, void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	const struct service_name *service, *other;
	struct rule *rule = target;
	struct nearest nearest;

	if (!value)
		return;
	service = services_find(value->text);
	if (service) {
		rule->port = service->port;
		return;
	}
	nearest = nearest_to(value->text);
	for (size_t i = 0; (other = services_at(i)); i++)
		nearest_try(&nearest, other->name);
	confreader_unknown(r, value, &nearest, "write port = N in its place");
}

static void read_rule_sid(struct confreader *r, const struct confnode *setting,
			  void *target)
{
	struct rule *rule = target;

	if (!confreader_fits(r, setting, CONFIG_RULE_SIDS_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (confvalue_number(r, n, &rule->sids[rule->sid_count]))
			rule->sid_count++;
	}
}

static void read_rule_source(struct confreader *r,
			     const struct confnode *setting, void *target)
{
	struct rule *rule = target;

	if (!confreader_fits(r, setting, CONFIG_SOURCES_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (confprefix_network(r, n,
				       &rule->sources[rule->source_count]))
			rule->source_count++;
	}
}

static void read_rule_points(struct confreader *r,
			     const struct confnode *setting, void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct rule *rule = target;

	if (value)
		rule->has_points = confvalue_number(r, value, &rule->points);
}

static void read_rule_scope(struct confreader *r,
			    const struct confnode *setting, void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct rule *rule = target;
	struct nearest nearest;

	if (!value)
		return;
	nearest = nearest_to(value->text);
	for (unsigned int i = 0; i < SCOPE_COUNT; i++) {
		nearest_try(&nearest, scope_name(i));
		if (strcmp(scope_name(i), value->text) == 0) {
			rule->scope = (uint8_t)i;
			return;
		}
	}
	confreader_unknown(r, value, &nearest, "write \"all\" or \"mail\"");
}

static bool says_something(const struct confnode *setting)
{
	return setting && setting->first && setting->first->text[0];
}

/* A day, which counts to its end, or a time. */
static void read_rule_expires(struct confreader *r,
			      const struct confnode *setting, void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct rule *rule = target;
	char text[64];
	uint64_t day_ns;

	if (!value)
		return;
	if (clock_parse(&rule->expires_ns, value->text, strlen(value->text)) ==
	    0)
		return;
	snprintf(text, sizeof(text), "%.40sT00:00:00Z", value->text);
	if (strlen(value->text) != 10 ||
	    clock_parse(&day_ns, text, strlen(text))) {
		confreader_refuse(r, value,
				  "is no date; write it like 2026-12-31, or a"
				  " time like 2026-12-31T18:00:00Z");
		return;
	}
	rule->expires_ns = day_ns + DAY_S * (uint64_t)CLOCK_NS_PER_S;
}

#define TEXT_WORD(word, member)                           \
	{                                                 \
		.name = word, .read = confvalue_text,     \
		.at = offsetof(struct rule, member),      \
		.max = sizeof(((struct rule *)0)->member) \
	}

const struct confword confwords_rule[] = {
	{ .name = "sign", .read = read_rule_sign },
	{ .name = "feed", .read = read_rule_feed },
	{ .name = "sid",
	  .kind = CONF_LIST,
	  .read = read_rule_sid,
	  .max = UINT32_MAX },
	TEXT_WORD("category", category),
	{ .name = "max_severity",
	  .read = confvalue_u8,
	  .at = offsetof(struct rule, max_severity),
	  .min = 1,
	  .max = UINT8_MAX },
	{ .name = "server", .read = read_rule_server },
	{ .name = "service", .read = read_rule_service },
	{ .name = "port",
	  .read = confvalue_u16,
	  .at = offsetof(struct rule, port),
	  .min = 1,
	  .max = 65535 },
	{ .name = "zone", .read = read_rule_zone },
	{ .name = "source", .kind = CONF_LIST, .read = read_rule_source },
	{ .name = "points", .read = read_rule_points, .max = 1000000 },
	{ .name = "mode",
	  .read = confvalue_mode,
	  .at = offsetof(struct rule, mode) },
	{ .name = "term",
	  .read = confvalue_term,
	  .at = offsetof(struct rule, term_s),
	  .min = 60,
	  .max = 3650 * DAY_S },
	{ .name = "scope", .read = read_rule_scope },
	{ .name = "expires", .read = read_rule_expires },
	TEXT_WORD("reason", reason),
	TEXT_WORD("owner", owner),
	TEXT_WORD("ticket", ticket),
	{ 0 },
};

void confwords_read_rule(struct confreader *r, const struct confnode *node,
			 void *target)
{
	struct policy *policy = &r->config->policy;
	struct rule *rule = &policy->rules[policy->rule_count];

	(void)target;
	if (policy->rule_count == CONFIG_RULES_MAX) {
		confreader_error(r, node,
				 "one rule too many; postern holds at most %d",
				 CONFIG_RULES_MAX);
		return;
	}
	policy->rule_count++;
	*rule = rule_any();
	rule->line = node->line;
	confvalue_name(r, node, rule->name);
	confreader_section(r, node, rule);
	if (confnode_find(node, "service") && confnode_find(node, "port"))
		confreader_error(r, node,
				 "it has both service and port; keep one");
	if (!says_something(confnode_find(node, "reason")))
		confreader_missing(r, node,
				   "it lacks a reason; write reason = \"why"
				   " there is this rule\"");
}

static const struct confword rules_words[] = {
	{ .name = "rule",
	  .kind = CONF_NAMED,
	  .read = confwords_read_rule,
	  .inside = confwords_rule },
	{ 0 },
};

static void read_rules(struct confreader *r, const struct confnode *root,
		       void *target)
{
	confreader_section(r, root, target);
}

const struct confword confwords_rules = {
	.name = "",
	.kind = CONF_SECTION,
	.read = read_rules,
	.inside = rules_words,
};
