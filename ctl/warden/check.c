/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check: zones, policy, feeds, and what the machine has to have.
 */
#include "ctl/warden/check.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "ctl/warden/checkrule.h"
#include "ctl/warden/checkserver.h"
#include "ctl/warden/conf/conffile.h"

static void check_networks(const struct zone *zone, const struct zone *other,
			   struct findings *f)
{
	char text[PREFIX_TEXT_SIZE], other_text[PREFIX_TEXT_SIZE];

	for (size_t i = 0; i < zone->networks.count; i++) {
		const struct prefix *p = &zone->networks.items[i];
		const struct prefix *q = prefixset_overlap(&other->networks, p);

		if (!q)
			continue;
		findings_error(f, zone->line,
			       "zone \"%s\": its network %s overlaps %s of zone"
			       " \"%s\" (line %d); an address is in one zone",
			       zone->name, prefix_format(p, text),
			       prefix_format(q, other_text), other->name,
			       other->line);
	}
}

static bool has_interface(const struct zone *zone, uint8_t count,
			  const char *name)
{
	for (uint8_t i = 0; i < count; i++) {
		if (strcmp(zone->interfaces[i], name) == 0)
			return true;
	}
	return false;
}

/* Interface number INDEX of zone NUMBER, against all before it. */
static void check_interface(const struct config *config, uint8_t number,
			    uint8_t index, struct findings *f)
{
	const struct zone *zone = &config->zones[number];
	const char *name = zone->interfaces[index];

	for (uint8_t i = 0; i <= number; i++) {
		const struct zone *other = &config->zones[i];
		uint8_t count = other == zone ? index : other->interface_count;

		if (!has_interface(other, count, name))
			continue;
		findings_error(f, zone->line,
			       "zone \"%s\": the interface \"%s\" is named"
			       " before, in zone \"%s\" (line %d); an interface"
			       " is in one zone, once",
			       zone->name, name, other->name, other->line);
	}
}

static void check_presence(const struct host *host, const char *kind,
			   const char *name, const char *interface, int line,
			   struct findings *f)
{
	switch (host->interface(interface)) {
	case HOST_INTERFACE_NONE:
		findings_warning(f, line,
				 "%s \"%s\": there is no interface \"%s\" now;"
				 " its rules wait for it",
				 kind, name, interface);
		return;
	case HOST_INTERFACE_BRIDGED:
		findings_error(f, line,
			       "%s \"%s\": \"%s\" is a port of a bridge, and"
			       " postern guards routed traffic alone; name the"
			       " bridge's own interface, or let this machine"
			       " route",
			       kind, name, interface);
		return;
	case HOST_INTERFACE_ROUTED:
		return;
	}
}

static bool is_never_banned(const struct prefixset *never,
			    const struct prefixset *networks)
{
	for (size_t i = 0; i < networks->count; i++) {
		const struct prefix *p =
			prefixset_overlap(never, &networks->items[i]);

		if (!p || !prefix_contains(p, &networks->items[i]))
			return false;
	}
	return networks->count > 0;
}

static void check_zone(const struct config *config, uint8_t number,
		       const struct host *host, struct findings *f)
{
	const struct zone *zone = &config->zones[number];

	for (uint8_t i = 0; i < number; i++)
		check_networks(zone, &config->zones[i], f);
	for (uint8_t i = 0; i < zone->interface_count; i++) {
		check_interface(config, number, i, f);
		check_presence(host, "zone", zone->name, zone->interfaces[i],
			       zone->line, f);
	}
	if (zone->smtp_from_servers_only && !zone->outside)
		findings_error(f, zone->line,
			       "zone \"%s\": smtp_out = \"servers\" does"
			       " nothing here; write it in the zone that is"
			       " outside",
			       zone->name);
	if (zone->outside &&
	    is_never_banned(&config->never_ban, &zone->networks))
		findings_warning(f, zone->line,
				 "zone \"%s\": never_ban covers all its"
				 " networks: nobody there can be banned",
				 zone->name);
}

static void check_outside(const struct config *config, struct findings *f)
{
	for (uint8_t i = 0; i < config->zone_count; i++) {
		if (config->zones[i].outside)
			return;
	}
	findings_error(f, 0,
		       "no zone is outside, where attackers come from; write"
		       " zone \"outside\" { interfaces = {\"eth0\"} }, or"
		       " outside = true in the zone that is");
}

/* At the section policy or, where it only has defaults, at guard. */
static int policy_line(const struct config *config)
{
	return config->policy.line ? config->policy.line : config->guard.line;
}

static void check_terms(const struct config *config, struct findings *f)
{
	const struct policy *policy = &config->policy;
	char term[CLOCK_TERM_SIZE], longest[CLOCK_TERM_SIZE];

	for (uint8_t i = 0; i < policy->term_count; i++) {
		if (policy->terms_s[i] <= config->guard.longest_s)
			continue;
		findings_error(
			f, policy_line(config),
			"policy: the term %s is longer than guard's"
			" longest = %s; shorten terms, or raise longest",
			clock_format_term(policy->terms_s[i], term),
			clock_format_term(config->guard.longest_s, longest));
		return;
	}
}

static void check_widest(const struct config *config, const uint8_t *lengths,
			 uint8_t count, uint8_t widest, const char *family,
			 struct findings *f)
{
	const struct subnet_rule *subnet = &config->policy.subnet;

	for (uint8_t i = 0; i < count; i++) {
		if (lengths[i] >= widest)
			continue;
		findings_error(
			f, subnet->line ? subnet->line : policy_line(config),
			"policy: subnet: bans of a /%u are wider than"
			" guard's widest_%s = %u; take the length out of"
			" %s, or lower widest_%s",
			lengths[i], family, widest, family, family);
		return;
	}
}

/* Each step to a wider IPv4 prefix takes four times the hosts. */
static void check_hosts(const struct config *config, struct findings *f)
{
	const struct subnet_rule *subnet = &config->policy.subnet;
	uint32_t hosts = subnet->hosts;

	for (uint8_t i = 0; i < subnet->count4; i++, hosts *= 4) {
		if (hosts <= CONFIG_HOSTS_MAX)
			continue;
		findings_warning(
			f, subnet->line,
			"policy: subnet: a /%u is banned for %u"
			" attacking hosts, and %u are told apart; lower"
			" hosts, or take %u out of ipv4",
			subnet->lengths4[i], hosts, CONFIG_HOSTS_MAX,
			subnet->lengths4[i]);
		return;
	}
}

/* The most that one event of a sign is worth, of the severities that count. */
static uint32_t most_points(const struct sign_rule *rule, uint8_t max_severity)
{
	uint32_t most = 0;

	for (unsigned int s = 1; s <= CONFIG_SEVERITIES_MAX; s++) {
		if (max_severity && s > max_severity)
			break;
		if (rule->points[s - 1] > most)
			most = rule->points[s - 1];
	}
	return most;
}

/*
 * Points halve in a window: a source that earns P of them each second, for
 * ever, comes to P * window / ln 2.
 */
static bool can_reach(const struct policy *policy, uint32_t points)
{
	return (uint64_t)points * policy->window_s * 1443 / 1000 >=
	       policy->threshold;
}

static void check_sign(const struct policy *policy, enum sign sign,
		       struct findings *f)
{
	const struct sign_rule *rule = &policy->signs[sign];
	uint32_t points = most_points(rule, rule->max_severity);

	if (rule->line == 0)
		return;
	if (points == 0 && most_points(rule, 0) > 0)
		findings_warning(f, rule->line,
				 "policy: sign \"%s\": max_severity = %u leaves"
				 " only severities that are worth no points",
				 sign_name(sign), rule->max_severity);
	else if (points > 0 && !can_reach(policy, points))
		findings_warning(f, rule->line,
				 "policy: sign \"%s\": %u points do not reach"
				 " the threshold %u even with an event each"
				 " second",
				 sign_name(sign), points, policy->threshold);
	/* The default of a sign is no wish of the user's. */
	if (rule->mode > policy->mode && rule->mode != MODE_ENFORCE)
		findings_warning(f, rule->line,
				 "policy: sign \"%s\": mode = \"%s\" does not"
				 " go beyond the policy's \"%s\"",
				 sign_name(sign), mode_name(rule->mode),
				 mode_name(policy->mode));
}

static void check_policy(const struct config *config, struct findings *f)
{
	const struct policy *policy = &config->policy;
	const struct subnet_rule *subnet = &policy->subnet;

	check_terms(config, f);
	check_widest(config, subnet->lengths4, subnet->count4,
		     config->guard.widest4, "ipv4", f);
	check_widest(config, subnet->lengths6, subnet->count6,
		     config->guard.widest6, "ipv6", f);
	check_hosts(config, f);
	for (int i = SIGN_NONE + 1; i < SIGN_COUNT; i++)
		check_sign(policy, (enum sign)i, f);
}

/* One pattern may match what the other does. */
static bool reads_the_same(const struct feed *a, const struct feed *b)
{
	return fnmatch(a->path, b->path, FNM_PATHNAME) == 0 ||
	       fnmatch(b->path, a->path, FNM_PATHNAME) == 0;
}

static void check_state(const struct config *config, struct findings *f)
{
	char shown[CONFIG_PATH_SIZE * 4];

	if (strcmp(config->state, CONFIG_STATE) != 0)
		findings_warning(f, 0,
				 "state: at boot postern-early.service loads"
				 " the ruleset that is kept in " CONFIG_STATE
				 "; name %s there: systemctl edit"
				 " postern-early",
				 escape_text(shown, sizeof(shown),
					     config->state,
					     strlen(config->state)));
}

static void check_feed(const struct config *config, uint8_t number,
		       const struct host *host, struct findings *f)
{
	const struct feed *feed = &config->feeds[number];
	uint32_t gid;

	for (uint8_t i = 0; i < number; i++) {
		if (reads_the_same(feed, &config->feeds[i]))
			findings_error(f, feed->line,
				       "feed \"%s\": feed \"%s\" (line %d)"
				       " reads %s too; each event would count"
				       " twice",
				       feed->name, config->feeds[i].name,
				       config->feeds[i].line, feed->path);
	}
	if (strcmp(feed->path, config->control.socket) == 0)
		findings_error(f, feed->line,
			       "feed \"%s\": %s is the control socket; choose"
			       " another path",
			       feed->name, feed->path);
	if (feed->group[0] && host->group(feed->group, &gid))
		findings_error(f, feed->line,
			       "feed \"%s\": there is no group \"%s\"; ls -l"
			       " shows whose the log is",
			       feed->name, feed->group);
}

/* The folder itself is made, the one that it lies in is not: it may be a disk
 * that is not mounted now. */
static void check_records(const struct config *config, const struct host *host,
			  struct findings *f)
{
	const struct records *records = &config->records;
	const char *slash = strrchr(records->path, '/');
	char parent[CONFIG_PATH_SIZE];

	if (!slash || slash == records->path)
		return;
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash - records->path),
		 records->path);
	/* That one posternd makes. */
	if (strcmp(parent, config->state) != 0 && !host->folder(parent))
		findings_error(f, records->line,
			       "records: there is no folder %s to make %s in;"
			       " make it, or mount the disk that it is on",
			       parent, slash + 1);
}

static void check_control(struct config *config, const struct host *host,
			  struct findings *f)
{
	struct control *control = &config->control;

	if (host->group(control->group, &control->gid))
		findings_error(f, control->line,
			       "control: there is no group \"%s\"; make it with"
			       " systemd-sysusers, or with addgroup --system"
			       " %s",
			       control->group, control->group);
}

/* Frames of one interface are read once: what two sensors say counts twice. */
static void check_sensor(const struct config *config, uint8_t number,
			 const struct host *host, struct findings *f)
{
	const struct sensor *sensor = &config->sensors[number];

	for (uint8_t i = 0; i < number; i++) {
		if (strcmp(sensor->interface, config->sensors[i].interface) ==
		    0)
			findings_error(f, sensor->line,
				       "sensor \"%s\": sensor \"%s\" of line %d"
				       " captures on %s already",
				       sensor->name, config->sensors[i].name,
				       config->sensors[i].line,
				       sensor->interface);
	}
	if (strncmp(sensor->interface, "nflog:", 6) != 0 &&
	    host->interface(sensor->interface) == HOST_INTERFACE_NONE)
		findings_warning(f, sensor->line,
				 "sensor \"%s\": there is no interface %s now;"
				 " it is waited for",
				 sensor->name, sensor->interface);
}

static void take_resolver(void *ctx, const char *address)
{
	struct config *config = ctx;
	struct prefix p;

	/* What is none, such as one with a zone behind it, is not banned by
	 * its text either. */
	if (prefix_parse_address(&p, address, strlen(address)) == 0 &&
	    prefixset_add(&config->resolvers, &p) == 0)
		prefixset_seal(&config->resolvers);
}

void check_resolvers(struct config *config, const struct host *host)
{
	prefixset_fini(&config->resolvers);
	if (host->resolvers)
		host->resolvers(take_resolver, config);
}

void check_config(struct config *config, const struct host *host,
		  struct findings *findings)
{
	check_resolvers(config, host);
	check_outside(config, findings);
	for (uint8_t i = 0; i < config->zone_count; i++)
		check_zone(config, i, host, findings);
	checkserver_all(config, host, findings);
	check_state(config, findings);
	if (config->feed_count == 0 && config->sensor_count == 0)
		findings_warning(findings, 0,
				 "no feed and no sensor is declared: nobody is"
				 " banned but by hand");
	for (uint8_t i = 0; i < config->feed_count; i++)
		check_feed(config, i, host, findings);
	for (uint8_t i = 0; i < config->sensor_count; i++)
		check_sensor(config, i, host, findings);
	check_policy(config, findings);
	checkrule_all(config, clock_calendar_ns(), findings);
	check_records(config, host, findings);
	check_control(config, host, findings);
}

struct config *check_load(const char *path, const struct host *host,
			  struct findings *findings)
{
	struct config *config = conffile_load(path, findings);

	if (config)
		check_config(config, host, findings);
	if (findings->errors == 0)
		return config;
	config_free(config);
	return NULL;
}
