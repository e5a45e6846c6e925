/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_CONFIG_H
#define POSTERN_CORE_CONFIG_H

/*
 * config: the configuration, as data.
 *
 * posternd makes one from the file (conffile.h), checks what is only wrong
 * together (warden/check.h), and hands each program its part of it (part.h).
 * In a program only what its part holds is filled in.
 *
 * Lists are fixed arrays with a count where people write few of a thing, and
 * a prefixset where a list may be long.
 */
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/event.h"
#include "ctl/core/prefix.h"
#include "ctl/core/prefixset.h"

/* Where the configuration is, if nothing else is said. */
#define CONFIG_DEFAULT_FILE "/etc/postern/postern.conf"
/* Where state is kept unless the file says otherwise. */
#define CONFIG_STATE	      "/var/lib/postern"

#define CONFIG_NAME_SIZE      32 /* of a zone, server, feed ..., with NUL */
#define CONFIG_PATH_SIZE      256
#define CONFIG_ZONES_MAX      16
#define CONFIG_INTERFACES_MAX 16
#define CONFIG_SERVERS_MAX    64
#define CONFIG_ADDRESSES_MAX  16
#define CONFIG_DOMAINS_MAX    32
#define CONFIG_DOMAIN_SIZE    254
#define CONFIG_SERVICES_MAX   16
#define CONFIG_PARTIES_MAX    16
#define CONFIG_FEEDS_MAX      16
#define CONFIG_SENSORS_MAX    16
#define CONFIG_TERMS_MAX      8
#define CONFIG_SEVERITIES_MAX 4
#define CONFIG_SUBNETS_MAX    3
#define CONFIG_RULES_MAX      256
#define CONFIG_RULE_SIDS_MAX  16
#define CONFIG_SOURCES_MAX    8
#define CONFIG_TEXT_SIZE      96
#define CONFIG_INCLUDES_MAX   32
#define CONFIG_SHARED_MAX     32 /* domains, files, resolvers */

/* Of records: ctl/records/class.h has their order. */
#define CONFIG_CLASSES	     5
#define CONFIG_CUSTODY	     4
#define CONFIG_SERIES_SIZE   64
#define CONFIG_CITATION_SIZE 128

/* The zone of the machine that postern runs on: no interfaces, always there. */
#define CONFIG_ZONE_HOST_NAME "host"
#define CONFIG_ZONE_HOST      0xffu

/* Attacking hosts of a subnet that the memory of attacks tells apart. */
#define CONFIG_HOSTS_MAX 192u

/* The floor of every record's life, in days: 2.4.3 asks for three months. */
#define CONFIG_KEEP_FLOOR_DAYS	 92u
#define CONFIG_KEEP_CUSTODY_DAYS 3650u

struct zone {
	char name[CONFIG_NAME_SIZE];
	char interfaces[CONFIG_INTERFACES_MAX][IFNAMSIZ];
	uint8_t interface_count;
	struct prefixset
		networks; /* whose addresses live there; may be empty */
	bool outside; /* attackers come from here: bans apply here */
	bool smtp_from_servers_only; /* port 25 out of here: servers only */
	int line; /* where the file declares it */
};

/* Who may talk, or be talked to: a whole zone, or some addresses. */
struct party {
	uint8_t zone; /* index, CONFIG_ZONE_HOST; used where prefix is none */
	struct prefix prefix; /* family 0: the zone counts */
};

/* Limits of new connections; 0 is no limit. */
struct limits {
	uint32_t source_per_minute; /* per IPv4 address, per IPv6 /64 */
	uint32_t source_burst;
	uint32_t source_open; /* at the same time */
	uint32_t total_per_minute;
	uint32_t total_burst;
	uint32_t total_open;
};

/* What a server offers (from), or what it may use (egress: to). */
struct service {
	char name[CONFIG_NAME_SIZE];
	uint16_t port;
	bool tcp;
	bool udp;
	struct party parties[CONFIG_PARTIES_MAX];
	uint8_t party_count;
	struct limits limits; /* of services only */
	int line;
};

struct server {
	char name[CONFIG_NAME_SIZE];
	struct prefix addresses[CONFIG_ADDRESSES_MAX];
	uint8_t address_count;
	struct prefix publics[CONFIG_ADDRESSES_MAX]; /* outside a NAT */
	uint8_t public_count;
	uint8_t zone; /* index, or CONFIG_ZONE_HOST */
	char domains[CONFIG_DOMAINS_MAX][CONFIG_DOMAIN_SIZE];
	uint8_t domain_count;
	struct service services[CONFIG_SERVICES_MAX];
	uint8_t service_count;
	struct service egress[CONFIG_SERVICES_MAX];
	uint8_t egress_count;
	uint64_t send_only; /* bit I: may send to server I, and do no more */
	int line;
};

enum feed_source {
	FEED_FILE, /* a path, perhaps with * in its last part */
	FEED_STREAM, /* a Unix stream socket that postern binds */
	FEED_DATAGRAM,
	FEED_SOURCE_COUNT
};

struct feed {
	char name[CONFIG_NAME_SIZE];
	uint8_t source; /* enum feed_source */
	char path[CONFIG_PATH_SIZE];
	char group[CONFIG_NAME_SIZE]; /* to read it; "" is the folder's own */
	bool unproven; /* the IDS picks up sessions midway: no handshake seen */
	bool behind; /* it sees what our bans let pass, and nothing else */
	int line;
};

/* A sensor's number where feeds and sensors are numbered together: events. */
#define CONFIG_SENSOR_FEED(index) ((uint16_t)(CONFIG_FEEDS_MAX + (index)))

#define CONFIG_RING_MB		  64u /* where nothing else is declared */

struct sensor {
	char name[CONFIG_NAME_SIZE];
	char interface[IFNAMSIZ]; /* or "nflog:GROUP" */
	bool promiscuous; /* a mirror port: frames to others, too */
	uint32_t ring_mb; /* memory that the kernel fills with frames */
	int line;
};

#define CONFIG_ENDINGS_MAX 128
#define CONFIG_ENDING_SIZE 16 /* of a file name, without its dot */

/* What events show of the names of logins. */
enum login_names {
	LOGIN_NAMES_HIDDEN,
	LOGIN_NAMES_HASHED, /* the same name, the same mark, in one life */
	LOGIN_NAMES_SHOWN,
	LOGIN_NAMES_COUNT
};

#define CONFIG_LISTS_MAX 8
/* Prefixes of one block list, so that a sensor's part stays bounded. */
#define CONFIG_LIST_PREFIXES 40000u

/* How sensors look at mail. */
struct mail {
	uint8_t login_names; /* enum login_names */
	/* Endings beside the built-in ones, and those that are let pass. */
	char dangerous[CONFIG_ENDINGS_MAX][CONFIG_ENDING_SIZE];
	uint8_t dangerous_count;
	char harmless[CONFIG_ENDINGS_MAX][CONFIG_ENDING_SIZE];
	uint8_t harmless_count;
	struct prefix
		proxies[CONFIG_ADDRESSES_MAX]; /* may say PROXY, XCLIENT */
	uint8_t proxy_count;
	char scanner[CONFIG_PATH_SIZE]; /* clamd's socket; "": none */
	char scanner_group[CONFIG_NAME_SIZE]; /* to reach it; "": none */
	char lists[CONFIG_LISTS_MAX][CONFIG_PATH_SIZE]; /* block lists */
	uint8_t list_count;
	struct prefixset listed[CONFIG_LISTS_MAX]; /* what is on each */
	bool names; /* ask for the names of who is kept out */
	int line;
};

enum mode {
	MODE_OBSERVE, /* say what would be done */
	MODE_ALARM, /* say it loudly */
	MODE_ENFORCE,
	MODE_COUNT
};

/* What of a banned source's traffic is dropped. */
enum ban_scope {
	SCOPE_ALL,
	SCOPE_MAIL, /* what is for a service of a declared server */
	SCOPE_COUNT
};

/* What one sign of one severity is worth. */
struct sign_rule {
	uint32_t points
		[CONFIG_SEVERITIES_MAX]; /* severity 1..; last: the rest */
	uint8_t max_severity; /* events above it count nothing; 0: no limit */
	uint32_t from; /* sensors: how many make the sign; 0: their default */
	uint8_t mode; /* enum mode; the global one is an upper limit */
	int line; /* 0: the built-in default */
};

#define RULE_ANY 0xffffu

/*
 * A rule: which events it is about (what is not set is any), and what they are
 * worth then.  The first that matches counts, before the table of signs.
 */
struct rule {
	char name[CONFIG_NAME_SIZE];
	uint8_t sign; /* enum sign; SIGN_NONE: any */
	uint16_t feed; /* its number, or RULE_ANY; so the next two */
	uint16_t server;
	uint16_t zone; /* that the source's address is of */
	uint16_t port; /* of the server; 0: any */
	uint32_t sids[CONFIG_RULE_SIDS_MAX];
	uint8_t sid_count;
	char category[EVENT_CATEGORY_SIZE]; /* "": any */
	uint8_t max_severity; /* 0: any */
	struct prefix sources[CONFIG_SOURCES_MAX]; /* one of these */
	uint8_t source_count;

	bool has_points; /* else as the sign's */
	uint32_t points;
	uint8_t mode; /* enum mode; the policy's is an upper limit */
	uint8_t scope; /* enum ban_scope */
	uint32_t term_s; /* of the first ban; 0: as the policy's */
	uint64_t expires_ns; /* UTC: it matches no more; 0: never */
	char reason[CONFIG_TEXT_SIZE]; /* why there is this rule */
	char owner[CONFIG_NAME_SIZE]; /* who answers for it */
	char ticket[CONFIG_NAME_SIZE];
	char file[CONFIG_NAME_SIZE]; /* an included one, its last part; or "" */
	int line;
};

/* What rules decide may add so much in a minute; then it takes the worse. */
struct cap {
	uint32_t bans;
	uint32_t space; /* IPv4 addresses; a /64 of IPv6 counts as one */
};

/* Subnets that attack together. */
struct subnet_rule {
	uint8_t lengths4[CONFIG_SUBNETS_MAX];
	uint8_t count4;
	uint8_t lengths6[CONFIG_SUBNETS_MAX];
	uint8_t count6;
	uint32_t hosts; /* distinct attacking hosts that it takes */
	int line;
};

struct policy {
	uint8_t mode; /* enum mode */
	uint32_t threshold; /* points */
	uint32_t window_s; /* points halve in this time */
	uint32_t terms_s[CONFIG_TERMS_MAX]; /* for the first, second ... ban */
	uint8_t term_count;
	uint32_t forget_s; /* quiet time that takes one level back */
	struct sign_rule signs[SIGN_COUNT];
	struct subnet_rule subnet;
	struct rule rules[CONFIG_RULES_MAX];
	uint16_t rule_count;
	struct cap cap;
	char includes[CONFIG_INCLUDES_MAX][CONFIG_PATH_SIZE]; /* of rules */
	uint8_t include_count;
	int line;
};

/* Senders with many people behind them: never banned, their sessions cut. */
struct shared {
	char files[CONFIG_SHARED_MAX][CONFIG_PATH_SIZE]; /* of prefixes */
	uint8_t file_count;
	char domains[CONFIG_SHARED_MAX][CONFIG_DOMAIN_SIZE]; /* by their SPF */
	uint8_t domain_count;
	struct prefix resolvers[4]; /* who to ask; none: the system's */
	uint8_t resolver_count;
	uint16_t resolver_port;
	uint32_t every_s; /* how often the domains are asked about */
	uint8_t widest4; /* what a record may name at most */
	uint8_t widest6;
	struct prefixset prefixes; /* of the files */
	int line;
};

/* What must not only be banned. */
struct alarm_settings {
	char command[CONFIG_PATH_SIZE]; /* "": none */
	uint32_t repeat_s; /* the same alarm is said again after this */
	uint32_t per_minute; /* commands; more go into one digest */
	int line;
};

/* What no ban may exceed, whoever asks. */
struct guard_limits {
	uint8_t widest4; /* shortest prefix length */
	uint8_t widest6;
	uint32_t longest_s; /* a machine's ban; a person may ban without term */
	int line;
};

/* How long a class of records is kept, and by whose rule. */
struct schedule {
	uint32_t keep_days; /* 0: as all */
	char series[CONFIG_SERIES_SIZE]; /* as the records office names it */
	char citation[CONFIG_CITATION_SIZE];
	char disposition[CONFIG_SERIES_SIZE]; /* "destroy", "transfer" ... */
	int line;
};

struct records {
	char path[CONFIG_PATH_SIZE];
	uint32_t keep_days;
	uint32_t seal_s; /* between two seals, where nothing else makes one */
	uint32_t segment_bytes; /* a segment that is larger is closed */
	uint32_t review_days; /* somebody evaluates the records so often */
	uint32_t originals; /* lines of events that each feed tells a second */
	struct schedule schedules[CONFIG_CLASSES]; /* by enum class */
	int line;
};

struct control {
	char socket[CONFIG_PATH_SIZE];
	char group[CONFIG_NAME_SIZE];
	uint32_t gid; /* of GROUP, found by posternd */
	int line;
};

struct config {
	uint64_t id; /* a hash of the file's text: which configuration */
	char state[CONFIG_PATH_SIZE]; /* folder of what outlives a run */
	uint16_t log_group; /* NFLOG group of dropped packets */
	uint8_t zone_count; /* of ZONES below */
	uint32_t capacity; /* the most bans at the same time */

	struct zone zones[CONFIG_ZONES_MAX];
	struct server servers[CONFIG_SERVERS_MAX];
	uint8_t server_count;
	struct feed feeds[CONFIG_FEEDS_MAX];
	uint8_t feed_count;
	struct sensor sensors[CONFIG_SENSORS_MAX];
	uint8_t sensor_count;
	struct prefixset admin;
	struct prefixset never_ban;
	struct mail mail;
	struct prefixset resolvers; /* of this machine, found by posternd */
	struct policy policy;
	struct guard_limits guard;
	struct shared shared;
	struct alarm_settings alarms;
	struct records records;
	struct control control;
};

/* The words of the file for enum mode. */
const char *mode_name(enum mode mode);
const char *scope_name(enum ban_scope scope); /* "mail" */
const char *login_names_name(enum login_names names);

/* "acts": a class of records. */
const char *config_class_name(int rclass);

/* A configuration with every default and nothing declared.  NULL: no memory.
 * The caller gives it to config_free(), which accepts NULL. */
struct config *config_new(void);
void config_free(struct config *config);

/* The index of what bears NAME, or -1. */
int config_find_zone(const struct config *config, const char *name);
int config_find_server(const struct config *config, const char *name);

/* The server that P, a full address, belongs to (also by its public
 * addresses), or -1. */
int config_server_of(const struct config *config, const struct prefix *p);

/* Does P, a full address, belong to a server, or to a zone that is not
 * outside? */
bool config_is_inside(const struct config *config, const struct prefix *p);

/* The zone that P, a full address, is declared to live in; where none has it,
 * the one that is outside.  RULE_ANY: there is none. */
uint16_t config_zone_of(const struct config *config, const struct prefix *p);

/* A server's name, by its number; "" of EVENT_SERVER_NONE. */
const char *config_server_name(const struct config *config, uint16_t server);

/* A zone's name, also of CONFIG_ZONE_HOST. */
const char *config_zone_name(const struct config *config, uint8_t zone);

#endif
