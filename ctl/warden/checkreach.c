/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checkreach: what each rule leaves to those behind it is not computed as a
 * whole, which grows without bound with the words of a rule; one rule that
 * takes all, and several that differ in their lists alone, sids and sources,
 * are what people write.  Of a rule with sids each is looked at by itself: all
 * of its sources must have gone.  Work is bounded by CONFIG_RULES_MAX rules of
 * CONFIG_RULE_SIDS_MAX sids and CONFIG_SOURCES_MAX sources.
 */
#include "ctl/warden/checkreach.h"

#include "ctl/core/clock.h"
#include "ctl/core/rule.h"

#define DATE_LEN 10

/* Everybody: the sources of a rule that names none. */
static const struct prefix everybody[] = {
	{ .family = PREFIX_IP4 },
	{ .family = PREFIX_IP6 },
};

static const struct prefix *sources_of(const struct rule *rule, size_t *count)
{
	*count = rule->source_count ? rule->source_count : 2;
	return rule->source_count ? rule->sources : everybody;
}

/* Is each of RULE's sources covered by SET? */
static bool are_covered(const struct prefixset *set, const struct rule *rule)
{
	size_t count;
	const struct prefix *sources = sources_of(rule, &count);

	for (size_t i = 0; i < count; i++) {
		if (!prefixset_covers(set, &sources[i]))
			return false;
	}
	return true;
}

static bool is_overlapped(const struct rule *rule, const struct prefix *p)
{
	size_t count;
	const struct prefix *sources = sources_of(rule, &count);

	for (size_t i = 0; i < count; i++) {
		if (prefix_overlaps(&sources[i], p))
			return true;
	}
	return false;
}

/* Add what OTHER takes of RULE's sources to SET.  0: nothing. */
static size_t take(struct prefixset *set, const struct rule *other,
		   const struct rule *rule)
{
	size_t count, taken = 0;
	const struct prefix *sources = sources_of(other, &count);

	for (size_t i = 0; i < count; i++) {
		if (is_overlapped(rule, &sources[i]))
			taken += prefixset_add(set, &sources[i]) == 0;
	}
	return taken;
}

/* The rules that take a rule's events away from it. */
struct takers {
	bool are[CONFIG_RULES_MAX];
	const struct rule *first;
	const struct rule *last;
	size_t count;
};

/* Do rules before NUMBER that only differ from RULE, as far as they do, in
 * their sources take all of these? */
static bool are_sources_taken(const struct policy *policy, uint16_t number,
			      const struct rule *rule, uint64_t now_ns,
			      struct takers *takers)
{
	struct prefixset taken;
	bool all = false;

	prefixset_init(&taken);
	for (uint16_t i = 0; i < number && !all; i++) {
		const struct rule *other = &policy->rules[i];

		if (rule_is_expired(other, now_ns) ||
		    !rule_covers_but_sources(other, rule) ||
		    take(&taken, other, rule) == 0)
			continue;
		takers->are[i] = true;
		all = rule_covers(other, rule);
	}
	prefixset_seal(&taken);
	all = all || are_covered(&taken, rule);
	prefixset_fini(&taken);
	return all;
}

static void sum_up(const struct policy *policy, uint16_t number,
		   struct takers *takers)
{
	for (uint16_t i = 0; i < number; i++) {
		if (!takers->are[i])
			continue;
		if (!takers->first)
			takers->first = &policy->rules[i];
		takers->last = &policy->rules[i];
		takers->count++;
	}
}

/* The rules before it that together leave it nothing, of any of its sids. */
static bool find_takers(const struct policy *policy, uint16_t number,
			uint64_t now_ns, struct takers *takers)
{
	const struct rule *rule = &policy->rules[number];
	struct rule one = *rule;
	bool all;

	*takers = (struct takers){ 0 };
	if (rule->sid_count)
		one.sid_count = 1;
	all = are_sources_taken(policy, number, &one, now_ns, takers);
	for (uint8_t i = 1; i < rule->sid_count && all; i++) {
		one.sids[0] = rule->sids[i];
		all = are_sources_taken(policy, number, &one, now_ns, takers);
	}
	sum_up(policy, number, takers);
	return all;
}

static const struct rule *find_taker(const struct policy *policy,
				     uint16_t number, uint64_t now_ns)
{
	const struct rule *rule = &policy->rules[number];

	for (uint16_t i = 0; i < number; i++) {
		const struct rule *other = &policy->rules[i];

		if (!rule_is_expired(other, now_ns) && rule_covers(other, rule))
			return other;
	}
	return NULL;
}

static bool is_expired(const struct rule *rule, uint64_t now_ns,
		       struct findings *f)
{
	char date[CLOCK_TEXT_SIZE];

	if (!rule_is_expired(rule, now_ns))
		return false;
	findings_warning(f, rule->line,
			 "rule \"%s\": it expired (%.*s) and matches no more;"
			 " take it out, or renew it",
			 rule->name, DATE_LEN,
			 clock_format(rule->expires_ns - 1, date));
	return true;
}

static bool is_taken(const struct policy *policy, uint16_t number,
		     uint64_t now_ns, struct findings *f)
{
	const struct rule *rule = &policy->rules[number];
	const struct rule *other = find_taker(policy, number, now_ns);
	struct takers takers;

	if (other) {
		findings_warning(f, rule->line,
				 "rule \"%s\": it never matches: rule \"%s\""
				 " (line %d) takes all of its events first;"
				 " put the narrower one before the wider",
				 rule->name, other->name, other->line);
		return true;
	}
	if (!find_takers(policy, number, now_ns, &takers))
		return false;
	findings_warning(f, rule->line,
			 "rule \"%s\": it never matches: %zu rules before it,"
			 " \"%s\" (line %d) to \"%s\" (line %d), together"
			 " take all of its events first",
			 rule->name, takers.count, takers.first->name,
			 takers.first->line, takers.last->name,
			 takers.last->line);
	return true;
}

static bool offers(const struct server *server, uint16_t port)
{
	for (uint8_t i = 0; i < server->service_count; i++) {
		if (server->services[i].port == port)
			return true;
	}
	return false;
}

/* What attacks a port that is shut, only an IDS in front of the wall sees. */
static void check_port(const struct config *config, const struct rule *rule,
		       struct findings *f)
{
	const char *name = config_server_name(config, rule->server);

	if (rule->port == 0)
		return;
	for (uint8_t i = 0; i < config->server_count; i++) {
		if ((rule->server == RULE_ANY || rule->server == i) &&
		    offers(&config->servers[i], rule->port))
			return;
	}
	findings_warning(
		f, rule->line,
		"rule \"%s\": %s%s%s at port %u, and the firewall"
		" lets nothing through to it; name a service that is"
		" declared",
		rule->name,
		name[0] ? "server \"" : "no declared server offers a service",
		name, name[0] ? "\" offers no service" : "", rule->port);
}

/* The networks that are of zones before the one that has the rest, too. */
static bool is_of_others(const struct config *config, const struct prefix *p)
{
	struct prefixset others;
	bool all = true;

	prefixset_init(&others);
	for (uint8_t i = 0; i < config->zone_count; i++) {
		const struct prefixset *networks = &config->zones[i].networks;

		for (size_t n = 0; n < networks->count && all; n++)
			all = prefixset_add(&others, &networks->items[n]) == 0;
	}
	prefixset_seal(&others);
	all = all && prefixset_covers(&others, p);
	prefixset_fini(&others);
	return all;
}

/* May an address of P be taken for one of zone NUMBER?  As config_zone_of()
 * has it. */
static bool may_be_in(const struct config *config, uint16_t number,
		      const struct prefix *p)
{
	uint8_t rest = 0;

	if (prefixset_overlap(&config->zones[number].networks, p))
		return true;
	while (rest < config->zone_count && !config->zones[rest].outside)
		rest++;
	return number == rest && !is_of_others(config, p);
}

/* True: RULE may match, as far as its zone goes. */
static bool check_zone(const struct config *config, const struct rule *rule,
		       struct findings *f)
{
	char text[PREFIX_TEXT_SIZE];
	size_t count;
	const struct prefix *sources = sources_of(rule, &count);
	bool possible = false;
	const char *zone;

	if (rule->zone == RULE_ANY)
		return true;
	zone = config->zones[rule->zone].name;
	for (size_t i = 0; i < count; i++) {
		if (may_be_in(config, rule->zone, &sources[i])) {
			possible = true;
			continue;
		}
		if (rule->source_count == 0)
			continue;
		findings_warning(f, rule->line,
				 "rule \"%s\": it never matches the source %s,"
				 " of which no address is in its zone \"%s\"",
				 rule->name, prefix_format(&sources[i], text),
				 zone);
	}
	if (!possible && rule->source_count == 0)
		findings_warning(f, rule->line,
				 "rule \"%s\": it never matches: zone \"%s\""
				 " declares no networks, so no source is taken"
				 " for one of it",
				 rule->name, zone);
	return possible;
}

static void say_saved(const struct protect *protect, const struct rule *rule,
		      struct findings *f)
{
	char text[PREFIX_TEXT_SIZE];
	struct prefix by = { 0 };
	enum protection why = protect_ask(protect, &rule->sources[0], &by);

	findings_warning(f, rule->line,
			 "rule \"%s\": it never bans: the guard saves all of"
			 " its sources (%s: %s); write mode = \"alarm\", or"
			 " points = 0",
			 rule->name, prefix_format(&by, text),
			 protection_name(why));
}

/* Who lives in a zone that is not outside is saved by its networks. */
static void check_saved_zone(const struct config *config,
			     const struct rule *rule, struct findings *f)
{
	if (rule->zone != RULE_ANY && !config->zones[rule->zone].outside)
		findings_warning(f, rule->line,
				 "rule \"%s\": it never bans: the guard saves"
				 " the networks of zone \"%s\", which is not"
				 " outside; write mode = \"alarm\", or"
				 " points = 0",
				 rule->name, config->zones[rule->zone].name);
}

static void check_saved(const struct checkreach *reach, const struct rule *rule,
			struct findings *f)
{
	if (rule->mode != MODE_ENFORCE ||
	    (rule->has_points && rule->points == 0))
		return;
	if (rule->source_count == 0)
		check_saved_zone(reach->config, rule, f);
	else if (are_covered(&reach->saved, rule))
		say_saved(&reach->protect, rule, f);
}

void checkreach_rule(const struct checkreach *reach, uint16_t number,
		     struct findings *findings)
{
	const struct config *config = reach->config;
	const struct rule *rule = &config->policy.rules[number];

	if (is_expired(rule, reach->now_ns, findings) ||
	    is_taken(&config->policy, number, reach->now_ns, findings))
		return;
	check_port(config, rule, findings);
	if (check_zone(config, rule, findings))
		check_saved(reach, rule, findings);
}

/* Shared senders are no such: of these a rule cuts the sessions. */
static int add_saved(struct checkreach *reach)
{
	const struct prefixset *const sets[] = {
		&reach->protect.special, &reach->config->admin,
		&reach->protect.servers, &reach->config->never_ban,
		&reach->protect.zones,
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		for (size_t n = 0; n < sets[i]->count && !err; n++)
			err = prefixset_add(&reach->saved, &sets[i]->items[n]);
	}
	prefixset_seal(&reach->saved);
	return err;
}

int checkreach_init(struct checkreach *reach, const struct config *config,
		    uint64_t now_ns)
{
	int err;

	reach->config = config;
	reach->now_ns = now_ns;
	prefixset_init(&reach->saved);
	err = protect_init(&reach->protect, config);
	if (err)
		return err;
	err = add_saved(reach);
	if (err)
		checkreach_fini(reach);
	return err;
}

void checkreach_fini(struct checkreach *reach)
{
	prefixset_fini(&reach->saved);
	protect_fini(&reach->protect);
}
