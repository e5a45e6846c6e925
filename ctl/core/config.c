/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config: defaults and look-ups.  Reads no file and checks nothing.
 */
#include "ctl/core/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const mode_names[MODE_COUNT] = {
	[MODE_OBSERVE] = "observe",
	[MODE_ALARM] = "alarm",
	[MODE_ENFORCE] = "enforce",
};

/*
 * What each sign is worth before the file says anything, by severity.
 *
 * A detection is a hint, not a proof of guilt: a mistyped password is a 535
 * as well, and a correspondent sends an attachment with a bad name.  So no
 * single alert bans.  What an engine says of its own decoding, stream and
 * protocol state fires on nearly every mail flow and is worth nothing.  So are
 * the signs that are missing here: they tell of our own servers, or of what
 * honest correspondents do as well.
 */
static const struct {
	enum sign sign;
	uint32_t points[CONFIG_SEVERITIES_MAX];
} defaults[] = {
	{ SIGN_IDS_ALERT, { 40, 25, 10, 5 } },
	{ SIGN_IDS_ENGINE, { 0, 0, 0, 0 } },
	{ SIGN_AUTH_FAILURE, { 10, 10, 10, 10 } },
	{ SIGN_USER_PROBE, { 20, 20, 20, 20 } },
	{ SIGN_RECIPIENT_HARVEST, { 20, 20, 20, 20 } },
	{ SIGN_RELAY_ATTEMPT, { 25, 25, 25, 25 } },
	{ SIGN_EARLY_TALK, { 20, 20, 20, 20 } },
	{ SIGN_SMUGGLING, { 50, 50, 50, 50 } },
	{ SIGN_PROTOCOL_ABUSE, { 20, 20, 20, 20 } },
	{ SIGN_FLOOD, { 25, 25, 25, 25 } },
	{ SIGN_DANGEROUS_ATTACHMENT, { 25, 25, 25, 25 } },
	{ SIGN_MALWARE, { 50, 50, 50, 50 } },
	{ SIGN_LISTED, { 100, 100, 100, 100 } },
	{ SIGN_DISTRIBUTED_GUESS, { 10, 10, 10, 10 } },
	{ SIGN_SLOW_SESSION, { 10, 10, 5, 5 } },
	{ SIGN_ENCRYPTED_GUESS, { 10, 10, 0, 0 } },
	{ SIGN_ACTIVE_CONTENT, { 2, 2, 0, 0 } },
	{ SIGN_BACKSCATTER, { 3, 3, 3, 3 } },
};

const char *mode_name(enum mode mode)
{
	return mode < MODE_COUNT ? mode_names[mode] : "none";
}

const char *scope_name(enum ban_scope scope)
{
	static const char *const words[SCOPE_COUNT] = {
		[SCOPE_ALL] = "all",
		[SCOPE_MAIL] = "mail",
	};

	return scope < SCOPE_COUNT ? words[scope] : "none";
}

const char *login_names_name(enum login_names names)
{
	static const char *const words[LOGIN_NAMES_COUNT] = {
		[LOGIN_NAMES_HIDDEN] = "hidden",
		[LOGIN_NAMES_HASHED] = "hashed",
		[LOGIN_NAMES_SHOWN] = "shown",
	};

	return names < LOGIN_NAMES_COUNT ? words[names] : "none";
}

static void policy_defaults(struct policy *policy)
{
	static const uint32_t terms_s[] = { 600, 3600, 86400, 7 * 86400,
					    30 * 86400 };

	policy->mode = MODE_ENFORCE;
	policy->threshold = 100;
	policy->window_s = 600;
	memcpy(policy->terms_s, terms_s, sizeof(terms_s));
	policy->term_count = sizeof(terms_s) / sizeof(terms_s[0]);
	policy->forget_s = 7 * 86400;
	for (size_t i = 0; i < SIGN_COUNT; i++)
		policy->signs[i].mode = MODE_ENFORCE;
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		memcpy(policy->signs[defaults[i].sign].points,
		       defaults[i].points, sizeof(defaults[i].points));
	policy->subnet = (struct subnet_rule){
		.lengths4 = { 24, 20, 16 },
		.count4 = 3,
		.lengths6 = { 64, 56, 48 },
		.count6 = 3,
		.hosts = 5,
	};
	/* 10,000 attackers in one second are no reason to hesitate; a
	 * thousandth of all addresses in one minute is. */
	policy->cap = (struct cap){ .bans = 20000, .space = 1u << 22 };
}

const char *config_class_name(int rclass)
{
	static const char *const names[CONFIG_CLASSES] = {
		"acts", "events", "system", "alarms", "custody",
	};

	return rclass >= 0 && rclass < CONFIG_CLASSES ? names[rclass] : "none";
}

/* As a bag for the records office says it, where nobody has told better. */
static void name_schedule(struct schedule *s)
{
	snprintf(s->series, sizeof(s->series), "Firewall and IDS logs of mail");
	snprintf(s->citation, sizeof(s->citation),
		 "NC Electronic Mail Server Security Standard (2008) 2.4(3), "
		 "three months at least");
	snprintf(s->disposition, sizeof(s->disposition), "destroy");
}

struct config *config_new(void)
{
	struct config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->mail.login_names = LOGIN_NAMES_HASHED;
	config->log_group = 25;
	config->capacity = 2000000;
	snprintf(config->state, sizeof(config->state), CONFIG_STATE);
	policy_defaults(&config->policy);
	config->guard = (struct guard_limits){
		.widest4 = 8,
		.widest6 = 40,
		.longest_s = 90 * 86400,
	};
	config->shared.every_s = 3600;
	config->shared.resolver_port = 53;
	config->shared.widest4 = 16;
	config->shared.widest6 = 32;
	config->alarms =
		(struct alarm_settings){ .repeat_s = 3600, .per_minute = 6 };
	config->records.keep_days = CONFIG_KEEP_FLOOR_DAYS;
	config->records.seal_s = 3600;
	config->records.segment_bytes = 64u << 20;
	config->records.review_days = 7;
	config->records.originals = 1000;
	/* What happened to the records outlives them. */
	for (int i = 0; i < CONFIG_CLASSES; i++)
		name_schedule(&config->records.schedules[i]);
	config->records.schedules[CONFIG_CUSTODY].keep_days =
		CONFIG_KEEP_CUSTODY_DAYS;
	snprintf(config->control.socket, sizeof(config->control.socket),
		 "/run/postern/control.sock");
	snprintf(config->control.group, sizeof(config->control.group),
		 "postern");
	return config;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < CONFIG_ZONES_MAX; i++)
		prefixset_fini(&config->zones[i].networks);
	prefixset_fini(&config->admin);
	prefixset_fini(&config->never_ban);
	prefixset_fini(&config->resolvers);
	prefixset_fini(&config->shared.prefixes);
	for (size_t i = 0; i < CONFIG_LISTS_MAX; i++)
		prefixset_fini(&config->mail.listed[i]);
	free(config);
}

int config_find_zone(const struct config *config, const char *name)
{
	if (strcmp(name, CONFIG_ZONE_HOST_NAME) == 0)
		return CONFIG_ZONE_HOST;
	for (int i = 0; i < config->zone_count; i++) {
		if (strcmp(config->zones[i].name, name) == 0)
			return i;
	}
	return -1;
}

int config_find_server(const struct config *config, const char *name)
{
	for (int i = 0; i < config->server_count; i++) {
		if (strcmp(config->servers[i].name, name) == 0)
			return i;
	}
	return -1;
}

static bool is_listed(const struct prefix *list, uint8_t count,
		      const struct prefix *p)
{
	for (uint8_t i = 0; i < count; i++) {
		if (prefix_equal(&list[i], p))
			return true;
	}
	return false;
}

int config_server_of(const struct config *config, const struct prefix *p)
{
	for (int i = 0; i < config->server_count; i++) {
		const struct server *server = &config->servers[i];

		if (is_listed(server->addresses, server->address_count, p) ||
		    is_listed(server->publics, server->public_count, p))
			return i;
	}
	return -1;
}

bool config_is_inside(const struct config *config, const struct prefix *p)
{
	if (config_server_of(config, p) >= 0)
		return true;
	for (uint8_t i = 0; i < config->zone_count; i++) {
		const struct zone *zone = &config->zones[i];

		if (!zone->outside && prefixset_overlap(&zone->networks, p))
			return true;
	}
	return false;
}

uint16_t config_zone_of(const struct config *config, const struct prefix *p)
{
	uint16_t outside = RULE_ANY;

	for (uint8_t i = 0; i < config->zone_count; i++) {
		const struct zone *zone = &config->zones[i];

		if (prefixset_overlap(&zone->networks, p))
			return i;
		if (zone->outside && outside == RULE_ANY)
			outside = i;
	}
	return outside;
}

const char *config_server_name(const struct config *config, uint16_t server)
{
	return server < config->server_count ? config->servers[server].name
					     : "";
}

const char *config_zone_name(const struct config *config, uint8_t zone)
{
	if (zone == CONFIG_ZONE_HOST)
		return CONFIG_ZONE_HOST_NAME;
	return config->zones[zone].name;
}
