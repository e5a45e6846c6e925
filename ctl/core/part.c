/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * part: each group of settings has one walk over its fields, which writes or
 * reads; a role's part is a list of groups.
 */
#include "ctl/core/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/fnv.h"
#include "ctl/core/walk.h"

#define PART_VERSION 3

static void walk_zone(struct walk *w, struct zone *zone)
{
	walk_text(w, zone->name, sizeof(zone->name));
	walk_u8(w, &zone->interface_count, CONFIG_INTERFACES_MAX);
	for (uint8_t i = 0; i < zone->interface_count; i++)
		walk_text(w, zone->interfaces[i], IFNAMSIZ);
	walk_set(w, &zone->networks);
	walk_bool(w, &zone->outside);
	walk_bool(w, &zone->smtp_from_servers_only);
}

static void walk_limits(struct walk *w, struct limits *limits)
{
	walk_u32(w, &limits->source_per_minute);
	walk_u32(w, &limits->source_burst);
	walk_u32(w, &limits->source_open);
	walk_u32(w, &limits->total_per_minute);
	walk_u32(w, &limits->total_burst);
	walk_u32(w, &limits->total_open);
}

static void walk_service(struct walk *w, struct service *service)
{
	walk_text(w, service->name, sizeof(service->name));
	walk_u16(w, &service->port);
	walk_bool(w, &service->tcp);
	walk_bool(w, &service->udp);
	walk_u8(w, &service->party_count, CONFIG_PARTIES_MAX);
	for (uint8_t i = 0; i < service->party_count; i++) {
		walk_u8(w, &service->parties[i].zone, CONFIG_ZONE_HOST);
		walk_prefix(w, &service->parties[i].prefix);
	}
	walk_limits(w, &service->limits);
}

/* What a server is called and where it is: all that most programs need. */
static void walk_server_head(struct walk *w, struct server *server)
{
	walk_text(w, server->name, sizeof(server->name));
	walk_prefixes(w, server->addresses, &server->address_count);
	walk_prefixes(w, server->publics, &server->public_count);
	walk_u8(w, &server->zone, CONFIG_ZONE_HOST);
	walk_u8(w, &server->service_count, CONFIG_SERVICES_MAX);
	for (uint8_t i = 0; i < server->service_count; i++)
		walk_u16(w, &server->services[i].port);
}

static void walk_server_rules(struct walk *w, struct server *server)
{
	for (uint8_t i = 0; i < server->service_count; i++)
		walk_service(w, &server->services[i]);
	walk_u8(w, &server->egress_count, CONFIG_SERVICES_MAX);
	for (uint8_t i = 0; i < server->egress_count; i++)
		walk_service(w, &server->egress[i]);
	walk_u64(w, &server->send_only);
}

static void walk_servers(struct walk *w, struct config *config)
{
	walk_u8(w, &config->server_count, CONFIG_SERVERS_MAX);
	for (uint8_t i = 0; i < config->server_count; i++)
		walk_server_head(w, &config->servers[i]);
}

static void walk_protected(struct walk *w, struct config *config)
{
	walk_servers(w, config);
	walk_set(w, &config->admin);
	walk_set(w, &config->never_ban);
	walk_u8(w, &config->zone_count, CONFIG_ZONES_MAX);
	for (uint8_t i = 0; i < config->zone_count; i++)
		walk_zone(w, &config->zones[i]);
	walk_set(w, &config->resolvers);
	walk_set(w, &config->shared.prefixes);
	walk_u8(w, &config->guard.widest4, 32);
	walk_u8(w, &config->guard.widest6, 128);
	walk_u32(w, &config->guard.longest_s);
}

static void walk_feed(struct walk *w, struct feed *feed)
{
	walk_text(w, feed->name, sizeof(feed->name));
	walk_u8(w, &feed->source, FEED_SOURCE_COUNT - 1);
	walk_text(w, feed->path, sizeof(feed->path));
	walk_text(w, feed->group, sizeof(feed->group));
	walk_bool(w, &feed->unproven);
	walk_bool(w, &feed->behind);
}

static void walk_rule(struct walk *w, struct rule *rule)
{
	walk_text(w, rule->name, sizeof(rule->name));
	walk_u8(w, &rule->sign, SIGN_COUNT - 1);
	walk_u16(w, &rule->feed);
	walk_u16(w, &rule->server);
	walk_u16(w, &rule->zone);
	walk_u16(w, &rule->port);
	walk_u8(w, &rule->sid_count, CONFIG_RULE_SIDS_MAX);
	for (uint8_t i = 0; i < rule->sid_count; i++)
		walk_u32(w, &rule->sids[i]);
	walk_text(w, rule->category, sizeof(rule->category));
	walk_u8(w, &rule->max_severity, UINT8_MAX);
	walk_u8(w, &rule->source_count, CONFIG_SOURCES_MAX);
	for (uint8_t i = 0; i < rule->source_count; i++)
		walk_prefix(w, &rule->sources[i]);
	walk_bool(w, &rule->has_points);
	walk_u32(w, &rule->points);
	walk_u8(w, &rule->mode, MODE_COUNT - 1);
	walk_u8(w, &rule->scope, SCOPE_COUNT - 1);
	walk_u32(w, &rule->term_s);
	walk_u64(w, &rule->expires_ns);
	walk_text(w, rule->reason, sizeof(rule->reason));
	walk_text(w, rule->owner, sizeof(rule->owner));
	walk_text(w, rule->ticket, sizeof(rule->ticket));
	walk_text(w, rule->file, sizeof(rule->file));
}

static void walk_rules(struct walk *w, struct policy *policy)
{
	walk_u16(w, &policy->rule_count);
	if (policy->rule_count > CONFIG_RULES_MAX)
		w->error = -EBADMSG;
	for (uint16_t i = 0; i < policy->rule_count && !w->error; i++)
		walk_rule(w, &policy->rules[i]);
}

static void walk_sensor(struct walk *w, struct sensor *sensor)
{
	walk_text(w, sensor->name, sizeof(sensor->name));
	walk_text(w, sensor->interface, sizeof(sensor->interface));
	walk_bool(w, &sensor->promiscuous);
	walk_u32(w, &sensor->ring_mb);
}

static void walk_policy(struct walk *w, struct policy *policy)
{
	walk_u8(w, &policy->mode, MODE_COUNT - 1);
	walk_u32(w, &policy->threshold);
	walk_u32(w, &policy->window_s);
	walk_u8(w, &policy->term_count, CONFIG_TERMS_MAX);
	for (uint8_t i = 0; i < policy->term_count; i++)
		walk_u32(w, &policy->terms_s[i]);
	walk_u32(w, &policy->forget_s);
	for (int i = 0; i < SIGN_COUNT; i++) {
		struct sign_rule *rule = &policy->signs[i];

		for (int s = 0; s < CONFIG_SEVERITIES_MAX; s++)
			walk_u32(w, &rule->points[s]);
		walk_u8(w, &rule->max_severity, UINT8_MAX);
		walk_u8(w, &rule->mode, MODE_COUNT - 1);
	}
	walk_u8(w, &policy->subnet.count4, CONFIG_SUBNETS_MAX);
	walk_u8(w, &policy->subnet.count6, CONFIG_SUBNETS_MAX);
	for (int i = 0; i < CONFIG_SUBNETS_MAX; i++) {
		walk_u8(w, &policy->subnet.lengths4[i], 32);
		walk_u8(w, &policy->subnet.lengths6[i], 128);
	}
	walk_u32(w, &policy->subnet.hosts);
	walk_u32(w, &policy->cap.bans);
	walk_u32(w, &policy->cap.space);
	walk_rules(w, policy);
}

static void walk_alarms(struct walk *w, struct alarm_settings *alarms)
{
	walk_text(w, alarms->command, sizeof(alarms->command));
	walk_u32(w, &alarms->repeat_s);
	walk_u32(w, &alarms->per_minute);
}

static void walk_ctl(struct walk *w, struct config *config)
{
	walk_protected(w, config);
	walk_u32(w, &config->capacity);
	walk_policy(w, &config->policy);
	walk_alarms(w, &config->alarms);
	walk_text(w, config->control.group, sizeof(config->control.group));
	walk_u32(w, &config->control.gid);
	walk_text(w, config->mail.scanner, sizeof(config->mail.scanner));
	walk_bool(w, &config->mail.names);
	walk_u8(w, &config->feed_count, CONFIG_FEEDS_MAX);
	for (uint8_t i = 0; i < config->feed_count; i++)
		walk_feed(w, &config->feeds[i]);
	walk_u8(w, &config->sensor_count, CONFIG_SENSORS_MAX);
	for (uint8_t i = 0; i < config->sensor_count; i++)
		walk_sensor(w, &config->sensors[i]);
}

static void walk_domains(struct walk *w, struct server *server)
{
	walk_u8(w, &server->domain_count, CONFIG_DOMAINS_MAX);
	for (uint8_t i = 0; i < server->domain_count; i++)
		walk_text(w, server->domains[i], CONFIG_DOMAIN_SIZE);
}

static void walk_endings(struct walk *w, char list[][CONFIG_ENDING_SIZE],
			 uint8_t *count)
{
	walk_u8(w, count, CONFIG_ENDINGS_MAX);
	for (uint8_t i = 0; i < *count; i++)
		walk_text(w, list[i], CONFIG_ENDING_SIZE);
}

static void walk_mail(struct walk *w, struct config *config)
{
	struct mail *mail = &config->mail;

	walk_u8(w, &mail->login_names, LOGIN_NAMES_COUNT - 1);
	walk_endings(w, mail->dangerous, &mail->dangerous_count);
	walk_endings(w, mail->harmless, &mail->harmless_count);
	walk_prefixes(w, mail->proxies, &mail->proxy_count);
	walk_text(w, mail->scanner, sizeof(mail->scanner));
	walk_u8(w, &mail->list_count, CONFIG_LISTS_MAX);
	for (uint8_t i = 0; i < mail->list_count; i++) {
		walk_text(w, mail->lists[i], sizeof(mail->lists[i]));
		walk_set(w, &mail->listed[i]);
	}
	for (int i = 0; i < SIGN_COUNT; i++)
		walk_u32(w, &config->policy.signs[i].from);
}

/* What a mail dialogue is judged by, and one sensor. */
static void walk_hearing(struct walk *w, struct config *config, uint16_t index)
{
	walk_servers(w, config);
	walk_u8(w, &config->zone_count, CONFIG_ZONES_MAX);
	for (uint8_t i = 0; i < config->zone_count; i++)
		walk_zone(w, &config->zones[i]);
	for (uint8_t i = 0; i < config->server_count; i++) {
		walk_server_rules(w, &config->servers[i]);
		walk_domains(w, &config->servers[i]);
	}
	walk_mail(w, config);
	if (w->reading)
		config->sensor_count = 1;
	walk_sensor(w, &config->sensors[index]);
	walk_u32(w, &config->records.originals);
}

static void walk_nft(struct walk *w, struct config *config)
{
	walk_protected(w, config);
	walk_text(w, config->state, sizeof(config->state));
	walk_u16(w, &config->log_group);
	for (uint8_t i = 0; i < config->server_count; i++)
		walk_server_rules(w, &config->servers[i]);
}

static void walk_records(struct walk *w, struct records *records)
{
	walk_text(w, records->path, sizeof(records->path));
	walk_u32(w, &records->keep_days);
	walk_u32(w, &records->seal_s);
	walk_u32(w, &records->segment_bytes);
	walk_u32(w, &records->review_days);
	for (int i = 0; i < CONFIG_CLASSES; i++) {
		struct schedule *schedule = &records->schedules[i];

		walk_u32(w, &schedule->keep_days);
		walk_text(w, schedule->series, sizeof(schedule->series));
		walk_text(w, schedule->citation, sizeof(schedule->citation));
		walk_text(w, schedule->disposition,
			  sizeof(schedule->disposition));
	}
}

static void walk_resolve(struct walk *w, struct shared *shared)
{
	walk_u8(w, &shared->domain_count, CONFIG_SHARED_MAX);
	for (uint8_t i = 0; i < shared->domain_count; i++)
		walk_text(w, shared->domains[i], CONFIG_DOMAIN_SIZE);
	walk_u8(w, &shared->resolver_count, 4);
	for (uint8_t i = 0; i < shared->resolver_count; i++)
		walk_prefix(w, &shared->resolvers[i]);
	walk_u16(w, &shared->resolver_port);
	walk_u32(w, &shared->every_s);
	walk_u8(w, &shared->widest4, 32);
	walk_u8(w, &shared->widest6, 128);
}

static void walk_role(struct walk *w, struct config *config, enum role role,
		      uint16_t index)
{
	uint8_t version = PART_VERSION;
	uint8_t role_byte = (uint8_t)role;

	walk_u8(w, &version, UINT8_MAX);
	walk_u8(w, &role_byte, ROLE_COUNT);
	if (version != PART_VERSION || role_byte != role) {
		w->error = -EBADMSG;
		return;
	}
	switch (role) {
	case ROLE_CTL:
		walk_ctl(w, config);
		return;
	case ROLE_NFT:
		walk_nft(w, config);
		return;
	case ROLE_RECORDS:
		walk_records(w, &config->records);
		walk_u32(w, &config->control.gid);
		return;
	case ROLE_FEED:
		walk_servers(w, config);
		if (w->reading)
			config->feed_count = 1;
		walk_feed(w, &config->feeds[index]);
		walk_u32(w, &config->records.originals);
		return;
	case ROLE_SENSOR:
		walk_hearing(w, config, index);
		return;
	case ROLE_ALARM:
		walk_alarms(w, &config->alarms);
		return;
	case ROLE_RESOLVE:
		walk_resolve(w, &config->shared);
		walk_text(w, config->state, sizeof(config->state));
		return;
	case ROLE_SCAN:
		walk_text(w, config->mail.scanner,
			  sizeof(config->mail.scanner));
		walk_text(w, config->mail.scanner_group,
			  sizeof(config->mail.scanner_group));
		return;
	case ROLE_WARDEN:
	case ROLE_CLI:
	case ROLE_COUNT:
		w->error = -EBADMSG;
		return;
	}
}

int part_encode(uint8_t **out, size_t *len, const struct config *config,
		enum role role, uint16_t index)
{
	/* A walk that writes the part leaves the configuration as it is. */
	struct config *walked = (struct config *)(uintptr_t)config;
	struct walk w = { 0 };
	uint8_t *data = malloc(PART_SIZE_MAX);

	if (!data)
		return -ENOMEM;
	w.c = cursor_over(data, PART_SIZE_MAX);
	walk_role(&w, walked, role, index);
	if (w.error || w.c.failed) {
		free(data);
		return w.error ? w.error : -EMSGSIZE;
	}
	*out = data;
	*len = (size_t)(w.c.at - data);
	return 0;
}

int part_decode(struct config **out, enum role role, const uint8_t *data,
		size_t len)
{
	struct walk w = { .reading = true };
	struct config *config = config_new();

	if (!config)
		return -ENOMEM;
	w.c = cursor_reading(data, len);
	walk_role(&w, config, role, 0);
	if (w.error || !cursor_done(&w.c)) {
		config_free(config);
		return w.error ? w.error : -EBADMSG;
	}
	*out = config;
	return 0;
}

/* Of feeds, whose events are told apart, and which see behind the bans; one
 * that no file declares, such as a replay's own, says nothing. */
static void walk_decisions(struct walk *w, struct config *config)
{
	walk_protected(w, config);
	walk_u32(w, &config->capacity);
	walk_policy(w, &config->policy);
	walk_u32(w, &config->alarms.repeat_s);
	for (uint8_t i = 0; i < config->feed_count; i++) {
		struct feed *feed = &config->feeds[i];

		if (feed->path[0] == '\0')
			continue;
		walk_text(w, feed->name, sizeof(feed->name));
		walk_bool(w, &feed->behind);
	}
}

uint64_t part_policy(const struct config *config)
{
	struct config *bare = malloc(sizeof(*bare));
	uint8_t *data = malloc(PART_SIZE_MAX);
	struct walk w = { 0 };
	uint64_t sum = 0;

	if (bare && data) {
		*bare = *config;
		prefixset_init(&bare->resolvers);
		w.c = cursor_over(data, PART_SIZE_MAX);
		walk_decisions(&w, bare);
		sum = fnv_add(FNV_BEGIN, data, (size_t)(w.c.at - data));
	}
	free(data);
	free(bare);
	return sum;
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int part_seal(const uint8_t *data, size_t len)
{
	int fd = memfd_create("postern-part", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, data, len);
	if (!err &&
	    fcntl(fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int part_read(struct config **out, enum role role, int fd)
{
	uint8_t *data = MAP_FAILED;
	struct stat st;
	int err;

	if (fstat(fd, &st) < 0 || st.st_size <= 0 ||
	    st.st_size > (off_t)PART_SIZE_MAX) {
		err = -EBADMSG;
		goto out;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED) {
		err = -errno;
		goto out;
	}
	err = part_decode(out, role, data, (size_t)st.st_size);
out:
	if (data != MAP_FAILED)
		munmap(data, (size_t)st.st_size);
	close(fd);
	return err;
}
