/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confwords: the top of the file, zones, feeds, and what takes few words.
 * The bigger sections are confserver.c's, confmail.c's, confpolicy.c's and
 * confrecords.c's.
 */
#include "ctl/warden/conf/confwords.h"

#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "ctl/warden/conf/confprefix.h"
#include "ctl/warden/conf/confvalue.h"

#define DAY_S	       86400u

#define RECORDS_FOLDER "/records" /* in the state folder */

#define PATH_MAX_LEN   (CONFIG_PATH_SIZE - 1)
/* connect(2) and bind(2) take no longer path. */
#define SOCKET_MAX_LEN (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

static void read_interfaces(struct confreader *r,
			    const struct confnode *setting, void *target)
{
	struct zone *zone = target;

	if (!confreader_fits(r, setting, CONFIG_INTERFACES_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (confvalue_interface(
			    r, n, zone->interfaces[zone->interface_count]))
			zone->interface_count++;
	}
}

static void read_smtp_out(struct confreader *r, const struct confnode *setting,
			  void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct zone *zone = target;

	if (!value)
		return;
	zone->smtp_from_servers_only = strcmp(value->text, "servers") == 0;
	if (!zone->smtp_from_servers_only && strcmp(value->text, "any") != 0)
		confreader_refuse(r, value,
				  "is neither \"servers\" nor \"any\"");
}

static const struct confword zone_words[] = {
	{ .name = "interfaces", .kind = CONF_LIST, .read = read_interfaces },
	{ .name = "networks",
	  .kind = CONF_LIST,
	  .read = confprefix_set,
	  .at = offsetof(struct zone, networks) },
	{ .name = "smtp_out", .read = read_smtp_out },
	{ .name = "outside",
	  .read = confvalue_bool,
	  .at = offsetof(struct zone, outside) },
	{ 0 },
};

static void read_zone(struct confreader *r, const struct confnode *node,
		      void *target)
{
	struct config *config = target;
	struct zone *zone = &config->zones[config->zone_count];

	if (config->zone_count == CONFIG_ZONES_MAX) {
		confreader_error(r, node,
				 "one zone too many; postern holds at most %d",
				 CONFIG_ZONES_MAX);
		return;
	}
	config->zone_count++;
	zone->line = node->line;
	confvalue_name(r, node, zone->name);
	if (strcmp(zone->name, CONFIG_ZONE_HOST_NAME) == 0)
		confreader_error(r, node,
				 "this name is that of the machine itself,"
				 " which needs no declaration; choose another");
	zone->outside = strcmp(zone->name, "outside") == 0;
	confreader_section(r, node, zone);
	if (!confnode_find(node, "interfaces"))
		confreader_missing(r, node,
				   "it lacks interfaces; write interfaces ="
				   " {\"eth0\"}");
}

static void read_type(struct confreader *r, const struct confnode *setting,
		      void *target)
{
	const struct confnode *value = confvalue_of(r, setting);

	(void)target;
	if (value && strcmp(value->text, "eve") != 0)
		confreader_refuse(r, value, "is not known; write \"eve\"");
}

static void read_path(struct confreader *r, const struct confnode *setting,
		      void *target)
{
	struct feed *feed = target;
	const char *star;

	feed->source = FEED_FILE;
	confvalue_path(r, setting, feed);
	star = strchr(feed->path, '*');
	if (star && strchr(star, '/'))
		confreader_refuse(r, setting->first,
				  "has a \"*\" in the name of a folder; it may"
				  " stand in the last part alone");
}

static void read_stream(struct confreader *r, const struct confnode *setting,
			void *target)
{
	struct feed *feed = target;

	feed->source = FEED_STREAM;
	confvalue_path(r, setting, feed);
}

static void read_datagram(struct confreader *r, const struct confnode *setting,
			  void *target)
{
	struct feed *feed = target;

	feed->source = FEED_DATAGRAM;
	confvalue_path(r, setting, feed);
}

/* Either of two settings of the IDS makes what it says unproven. */
static void read_unproven(struct confreader *r, const struct confnode *setting,
			  void *target)
{
	struct feed *feed = target;
	bool value = false;

	confvalue_bool(r, setting, &value);
	feed->unproven |= value;
}

#define SOURCE_WORD(word, reader, longest)                        \
	{                                                         \
		.name = word, .read = reader,                     \
		.at = offsetof(struct feed, path), .max = longest \
	}

static const struct confword feed_words[] = {
	{ .name = "type", .read = read_type },
	SOURCE_WORD("path", read_path, PATH_MAX_LEN),
	SOURCE_WORD("unix_stream", read_stream, SOCKET_MAX_LEN),
	SOURCE_WORD("unix_dgram", read_datagram, SOCKET_MAX_LEN),
	{ .name = "group",
	  .read = confvalue_group,
	  .at = offsetof(struct feed, group) },
	{ .name = "midstream", .read = read_unproven },
	{ .name = "async_oneside", .read = read_unproven },
	{ .name = "behind",
	  .read = confvalue_bool,
	  .at = offsetof(struct feed, behind) },
	{ 0 },
};

static void check_sources(struct confreader *r, const struct confnode *node)
{
	static const char *const words[] = { "path", "unix_stream",
					     "unix_dgram" };
	const char *first = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct confnode *setting = confnode_find(node, words[i]);

		if (setting && first)
			confreader_error(r, setting,
					 "%s is a second source beside %s; give"
					 " each its own feed",
					 words[i], first);
		else if (setting)
			first = words[i];
	}
	if (!first)
		confreader_missing(r, node,
				   "it lacks a source; write path ="
				   " \"/var/log/suricata/eve.json\", or"
				   " unix_stream or unix_dgram and a socket");
}

static void read_feed(struct confreader *r, const struct confnode *node,
		      void *target)
{
	struct config *config = target;
	struct feed *feed = &config->feeds[config->feed_count];

	if (config->feed_count == CONFIG_FEEDS_MAX) {
		confreader_error(r, node,
				 "one feed too many; postern reads at most %d",
				 CONFIG_FEEDS_MAX);
		return;
	}
	config->feed_count++;
	feed->line = node->line;
	confvalue_name(r, node, feed->name);
	confreader_section(r, node, feed);
	check_sources(r, node);
}

static void read_interface(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct sensor *sensor = target;

	if (!value)
		return;
	/* What the firewall's own rules dropped and logged. */
	if (strncmp(value->text, "nflog:", 6) == 0 && value->text[6] &&
	    strspn(value->text + 6, "0123456789") == strlen(value->text + 6) &&
	    strlen(value->text) < IFNAMSIZ)
		snprintf(sensor->interface, IFNAMSIZ, "%s", value->text);
	else
		confvalue_interface(r, value, sensor->interface);
}

static const struct confword sensor_words[] = {
	{ .name = "interface", .read = read_interface },
	{ .name = "promiscuous",
	  .read = confvalue_bool,
	  .at = offsetof(struct sensor, promiscuous) },
	/* In MB; libpcap counts bytes in an int. */
	{ .name = "ring",
	  .read = confvalue_u32,
	  .at = offsetof(struct sensor, ring_mb),
	  .min = 1,
	  .max = 2047 },
	{ 0 },
};

static void read_sensor(struct confreader *r, const struct confnode *node,
			void *target)
{
	struct config *config = target;
	struct sensor *sensor = &config->sensors[config->sensor_count];

	if (config->sensor_count == CONFIG_SENSORS_MAX) {
		confreader_error(r, node,
				 "one sensor too many; postern holds at most"
				 " %d",
				 CONFIG_SENSORS_MAX);
		return;
	}
	config->sensor_count++;
	sensor->line = node->line;
	sensor->ring_mb = CONFIG_RING_MB;
	confvalue_name(r, node, sensor->name);
	confreader_section(r, node, sensor);
	if (!confnode_find(node, "interface"))
		confreader_missing(r, node,
				   "it lacks an interface; write interface ="
				   " \"eth0\"");
}

static const struct confword guard_words[] = {
	/* No shorter prefix has a cover on the ladder (ladder.h). */
	{ .name = "widest_ipv4",
	  .read = confvalue_u8,
	  .at = offsetof(struct guard_limits, widest4),
	  .min = 8,
	  .max = 32 },
	{ .name = "widest_ipv6",
	  .read = confvalue_u8,
	  .at = offsetof(struct guard_limits, widest6),
	  .min = 40,
	  .max = 128 },
	{ .name = "longest",
	  .read = confvalue_term,
	  .at = offsetof(struct guard_limits, longest_s),
	  .min = 60,
	  .max = 3650 * DAY_S },
	{ 0 },
};

static void read_guard(struct confreader *r, const struct confnode *node,
		       void *target)
{
	struct config *config = target;

	config->guard.line = node->line;
	confreader_section(r, node, &config->guard);
}

static const struct confword alarms_words[] = {
	{ .name = "command",
	  .read = confvalue_path,
	  .at = offsetof(struct alarm_settings, command),
	  .max = PATH_MAX_LEN },
	{ .name = "repeat",
	  .read = confvalue_term,
	  .at = offsetof(struct alarm_settings, repeat_s),
	  .min = 60,
	  .max = 30 * DAY_S },
	{ .name = "per_minute",
	  .read = confvalue_u32,
	  .at = offsetof(struct alarm_settings, per_minute),
	  .min = 1,
	  .max = 600 },
	{ 0 },
};

static void read_alarms(struct confreader *r, const struct confnode *node,
			void *target)
{
	struct config *config = target;

	config->alarms.line = node->line;
	confreader_section(r, node, &config->alarms);
}

static const struct confword control_words[] = {
	{ .name = "socket",
	  .read = confvalue_path,
	  .at = offsetof(struct control, socket),
	  .max = SOCKET_MAX_LEN },
	{ .name = "group",
	  .read = confvalue_group,
	  .at = offsetof(struct control, group) },
	{ 0 },
};

static void read_control(struct confreader *r, const struct confnode *node,
			 void *target)
{
	struct config *config = target;

	config->control.line = node->line;
	confreader_section(r, node, &config->control);
}

/* In the order in which they are read: servers name zones. */
static const struct confword file_words[] = {
	{ .name = "state",
	  .read = confvalue_path,
	  .at = offsetof(struct config, state),
	  .max = PATH_MAX_LEN - sizeof(RECORDS_FOLDER) },
	{ .name = "log_group",
	  .read = confvalue_u16,
	  .at = offsetof(struct config, log_group),
	  .max = 65535 },
	{ .name = "capacity",
	  .read = confvalue_u32,
	  .at = offsetof(struct config, capacity),
	  .min = 1,
	  .max = 16000000 },
	{ .name = "zone",
	  .kind = CONF_NAMED,
	  .read = read_zone,
	  .inside = zone_words },
	{ .name = "server",
	  .kind = CONF_NAMED,
	  .read = confwords_read_server,
	  .inside = confwords_server },
	{ .name = "admin",
	  .kind = CONF_LIST,
	  .read = confprefix_protected,
	  .at = offsetof(struct config, admin) },
	{ .name = "never_ban",
	  .kind = CONF_LIST,
	  .read = confprefix_protected,
	  .at = offsetof(struct config, never_ban) },
	{ .name = "feed",
	  .kind = CONF_NAMED,
	  .read = read_feed,
	  .inside = feed_words },
	{ .name = "sensor",
	  .kind = CONF_NAMED,
	  .read = read_sensor,
	  .inside = sensor_words },
	{ .name = "mail",
	  .kind = CONF_SECTION,
	  .read = confwords_read_mail,
	  .inside = confwords_mail },
	{ .name = "policy",
	  .kind = CONF_SECTION,
	  .read = confwords_read_policy,
	  .inside = confwords_policy },
	{ .name = "shared",
	  .kind = CONF_SECTION,
	  .read = confwords_read_shared,
	  .inside = confwords_shared },
	{ .name = "alarms",
	  .kind = CONF_SECTION,
	  .read = read_alarms,
	  .inside = alarms_words },
	{ .name = "guard",
	  .kind = CONF_SECTION,
	  .read = read_guard,
	  .inside = guard_words },
	{ .name = "records",
	  .kind = CONF_SECTION,
	  .read = confwords_read_records,
	  .inside = confwords_records },
	{ .name = "control",
	  .kind = CONF_SECTION,
	  .read = read_control,
	  .inside = control_words },
	{ 0 },
};

static void read_file(struct confreader *r, const struct confnode *root,
		      void *target)
{
	struct config *config = target;

	confreader_section(r, root, config);
	confwords_read_send_only(r);
	if (config->records.path[0] == '\0')
		snprintf(config->records.path, sizeof(config->records.path),
			 "%.*s%s", (int)(PATH_MAX_LEN - sizeof(RECORDS_FOLDER)),
			 config->state, RECORDS_FOLDER);
}

const struct confword confwords_file = {
	.name = "",
	.kind = CONF_SECTION,
	.read = read_file,
	.inside = file_words,
};
