/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confwords: the section server, with its services and its egress.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/warden/conf/confprefix.h"
#include "ctl/warden/conf/confvalue.h"
#include "ctl/warden/conf/confwords.h"
#include "ctl/warden/conf/services.h"

/* New connections a minute: more is no limit. */
#define RATE_MAX 6000000u

/* The zone that VALUE names, or -1. */
static int find_zone(struct confreader *r, const struct confnode *value)
{
	const struct config *config = r->config;
	struct nearest nearest = nearest_to(value->text);
	int zone = config_find_zone(config, value->text);

	if (zone >= 0)
		return zone;
	for (uint8_t i = 0; i < config->zone_count; i++)
		nearest_try(&nearest, config->zones[i].name);
	nearest_try(&nearest, CONFIG_ZONE_HOST_NAME);
	if (!r->is_partial)
		confreader_unknown(
			r, value, &nearest,
			"declare it with zone \"NAME\" { interfaces ="
			" {\"eth1\"} }");
	return -1;
}

/* Names of zones begin with a letter and have no colon and no slash. */
static bool is_zone_name(const char *text)
{
	return isalpha((unsigned char)text[0]) && !strpbrk(text, ":/");
}

static void read_parties(struct confreader *r, const struct confnode *setting,
			 void *target)
{
	struct service *service = target;

	if (!confreader_fits(r, setting, CONFIG_PARTIES_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		struct party party = { 0 };

		if (is_zone_name(n->text)) {
			int zone = find_zone(r, n);

			if (zone < 0)
				continue;
			party.zone = (uint8_t)zone;
		} else if (!confprefix_network(r, n, &party.prefix)) {
			continue;
		}
		service->parties[service->party_count++] = party;
	}
}

static void read_port(struct confreader *r, const struct confnode *setting,
		      void *target)
{
	struct service *service = target;

	confvalue_u16(r, setting, service);
	if (!service->tcp && !service->udp)
		service->tcp = true;
}

static void read_protocol(struct confreader *r, const struct confnode *setting,
			  void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct service *service = target;

	if (!value)
		return;
	service->tcp = strcmp(value->text, "tcp") == 0;
	service->udp = strcmp(value->text, "udp") == 0;
	if (!service->tcp && !service->udp)
		confreader_refuse(r, value, "is neither \"tcp\" nor \"udp\"");
	if (!confnode_find(setting->parent, "port"))
		confreader_error(r, setting,
				 "protocol goes with port; write both, or"
				 " neither");
}

/* "60/minute" is 60; 0: no such rate. */
static uint32_t parse_rate(const char *text)
{
	char *unit;
	unsigned long number = strtoul(text, &unit, 10);

	if (!isdigit((unsigned char)text[0]) || number > RATE_MAX)
		return 0;
	if (strcmp(unit, "/second") == 0)
		number *= 60;
	else if (strcmp(unit, "/minute") != 0)
		return 0;
	return number > RATE_MAX ? 0 : (uint32_t)number;
}

static void read_rate(struct confreader *r, const struct confnode *setting,
		      void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	uint32_t *out = (void *)((char *)target + setting->word->at);

	if (!value)
		return;
	*out = parse_rate(value->text);
	if (*out == 0 && strcmp(value->text, "none") != 0)
		confreader_refuse(r, value,
				  "is not a rate up to %u/minute; write such as"
				  " \"60/minute\", \"10/second\" or \"none\"",
				  RATE_MAX);
}

#define PORT_WORD                                                            \
	{                                                                    \
		.name = "port", .read = read_port,                           \
		.at = offsetof(struct service, port), .min = 1, .max = 65535 \
	}
#define PROTOCOL_WORD                                     \
	{                                                 \
		.name = "protocol", .read = read_protocol \
	}
#define LIMIT_WORD(word, reader, field, least)                              \
	{                                                                   \
		.name = word, .read = reader,                               \
		.at = offsetof(struct service, limits.field), .min = least, \
		.max = 1000000                                              \
	}

static const struct confword service_words[] = {
	{ .name = "from", .kind = CONF_LIST, .read = read_parties },
	PORT_WORD,
	PROTOCOL_WORD,
	LIMIT_WORD("rate", read_rate, source_per_minute, 0),
	LIMIT_WORD("burst", confvalue_u32, source_burst, 1),
	LIMIT_WORD("connections", confvalue_u32, source_open, 0),
	LIMIT_WORD("total_rate", read_rate, total_per_minute, 0),
	LIMIT_WORD("total_burst", confvalue_u32, total_burst, 1),
	LIMIT_WORD("total_connections", confvalue_u32, total_open, 0),
	{ 0 },
};

static const struct confword egress_words[] = {
	{ .name = "to", .kind = CONF_LIST, .read = read_parties },
	PORT_WORD,
	PROTOCOL_WORD,
	{ 0 },
};

static void unknown_service(struct confreader *r, const struct confnode *node)
{
	struct nearest nearest = nearest_to(node->text);
	const struct service_name *known;
	const char *best;

	for (size_t i = 0; (known = services_at(i)); i++)
		nearest_try(&nearest, known->name);
	best = nearest_word(&nearest);
	confreader_missing(r, node,
			   "postern does not know its port; %s%s%s write"
			   " port = N",
			   best ? "did you mean \"" : "", best ? best : "",
			   best ? "\"?  Otherwise" : "please");
}

/* Half a minute's worth at once, where the file sets no burst. */
static uint32_t usual_burst(uint32_t per_minute)
{
	return per_minute / 2 > 0 ? per_minute / 2 : 1;
}

static void finish_limits(struct limits *limits, const struct confnode *node)
{
	if (!confnode_find(node, "burst"))
		limits->source_burst = usual_burst(limits->source_per_minute);
	if (!confnode_find(node, "total_burst"))
		limits->total_burst = usual_burst(limits->total_per_minute);
}

/* What a service and an egress have in common; LIST names its parties. */
static void take_service(struct confreader *r, const struct confnode *node,
			 struct service *service, const char *list,
			 const char *example)
{
	const struct service_name *known = services_find(node->text);

	service->line = node->line;
	confvalue_name(r, node, service->name);
	if (known) {
		service->port = known->port;
		service->tcp = known->tcp;
		service->udp = known->udp;
	}
	confreader_section(r, node, service);
	if (!known && !confnode_find(node, "port"))
		unknown_service(r, node);
	if (!confnode_find(node, list))
		confreader_missing(r, node,
				   "it lacks \"%s\"; write %s = {\"%s\"}", list,
				   list, example);
}

static void read_service(struct confreader *r, const struct confnode *node,
			 void *target)
{
	const struct service_name *known = services_find(node->text);
	struct server *server = target;
	struct service *service = &server->services[server->service_count];

	if (server->service_count == CONFIG_SERVICES_MAX) {
		confreader_error(r, node,
				 "one service too many; a server has at most"
				 " %d",
				 CONFIG_SERVICES_MAX);
		return;
	}
	server->service_count++;
	service->limits = services_limits(known ? known->port : 0);
	take_service(r, node, service, "from", "outside");
	finish_limits(&service->limits, node);
}

static void read_egress(struct confreader *r, const struct confnode *node,
			void *target)
{
	struct server *server = target;
	struct service *egress = &server->egress[server->egress_count];

	if (server->egress_count == CONFIG_SERVICES_MAX) {
		confreader_error(r, node,
				 "one egress too many; a server has at most %d",
				 CONFIG_SERVICES_MAX);
		return;
	}
	server->egress_count++;
	take_service(r, node, egress, "to", "outside");
}

static void read_address_list(struct confreader *r,
			      const struct confnode *setting,
			      struct prefix *list, uint8_t *count)
{
	if (!confreader_fits(r, setting, CONFIG_ADDRESSES_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (confprefix_address(r, n, &list[*count]))
			(*count)++;
	}
}

static void read_addresses(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	struct server *server = target;

	read_address_list(r, setting, server->addresses,
			  &server->address_count);
}

static void read_public(struct confreader *r, const struct confnode *setting,
			void *target)
{
	struct server *server = target;

	read_address_list(r, setting, server->publics, &server->public_count);
}

static void read_zone_of(struct confreader *r, const struct confnode *setting,
			 void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct server *server = target;
	int zone = value ? find_zone(r, value) : -1;

	if (zone >= 0)
		server->zone = (uint8_t)zone;
}

/* A domain name in ASCII, RFC 1123 section 2.1; into OUT in lower case. */
static bool parse_domain(const char *text, char out[CONFIG_DOMAIN_SIZE])
{
	size_t len = strlen(text);
	size_t label = 0;

	if (len == 0 || len >= CONFIG_DOMAIN_SIZE)
		return false;
	for (size_t i = 0; i <= len; i++) {
		bool ends = text[i] == '.' || text[i] == '\0';

		if (ends && (label == 0 || label > 63 || text[i - 1] == '-'))
			return false;
		if (!ends && !isalnum((unsigned char)text[i]) &&
		    (text[i] != '-' || label == 0))
			return false;
		label = ends ? 0 : label + 1;
		out[i] = (char)tolower((unsigned char)text[i]);
	}
	return true;
}

static void read_domains(struct confreader *r, const struct confnode *setting,
			 void *target)
{
	struct server *server = target;

	if (!confreader_fits(r, setting, CONFIG_DOMAINS_MAX))
		return;
	for (const struct confnode *n = setting->first; n; n = n->next) {
		if (parse_domain(n->text,
				 server->domains[server->domain_count]))
			server->domain_count++;
		else
			confreader_refuse(r, n,
					  "is no domain name; write such as"
					  " \"example.org\", other scripts in"
					  " their xn-- form");
	}
}

static void read_send_only(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	const struct server *server = target;

	if (confreader_fits(r, setting, CONFIG_SERVERS_MAX))
		r->send_only[server - r->config->servers] = setting;
}

const struct confword confwords_server[] = {
	{ .name = "addresses", .kind = CONF_LIST, .read = read_addresses },
	{ .name = "public", .kind = CONF_LIST, .read = read_public },
	{ .name = "zone", .read = read_zone_of },
	{ .name = "domains", .kind = CONF_LIST, .read = read_domains },
	{ .name = "service",
	  .kind = CONF_NAMED,
	  .read = read_service,
	  .inside = service_words },
	{ .name = "egress",
	  .kind = CONF_NAMED,
	  .read = read_egress,
	  .inside = egress_words },
	{ .name = "send_only", .kind = CONF_LIST, .read = read_send_only },
	{ 0 },
};

void confwords_read_server(struct confreader *r, const struct confnode *node,
			   void *target)
{
	struct config *config = target;
	struct server *server = &config->servers[config->server_count];

	if (config->server_count == CONFIG_SERVERS_MAX) {
		confreader_error(r, node,
				 "one server too many; postern guards at most"
				 " %d",
				 CONFIG_SERVERS_MAX);
		return;
	}
	config->server_count++;
	server->line = node->line;
	confvalue_name(r, node, server->name);
	confreader_section(r, node, server);
	if (!confnode_find(node, "addresses"))
		confreader_missing(r, node,
				   "it lacks addresses; write addresses ="
				   " {\"192.0.2.25\"}");
	if (!confnode_find(node, "zone"))
		confreader_missing(r, node,
				   "it lacks a zone; write zone = \"NAME\", or"
				   " zone = \"host\" for this machine itself");
}

static void resolve_send_only(struct confreader *r,
			      const struct confnode *value,
			      struct server *server)
{
	const struct config *config = r->config;
	int primary = config_find_server(config, value->text);
	struct nearest nearest = nearest_to(value->text);

	if (primary >= 0) {
		server->send_only |= UINT64_C(1) << primary;
		return;
	}
	for (uint8_t i = 0; i < config->server_count; i++)
		nearest_try(&nearest, config->servers[i].name);
	if (!r->is_partial)
		confreader_unknown(r, value, &nearest,
				   "declare it with server \"NAME\" { ... }");
}

void confwords_read_send_only(struct confreader *r)
{
	for (uint8_t i = 0; i < r->config->server_count; i++) {
		const struct confnode *setting = r->send_only[i];

		for (const struct confnode *n = setting ? setting->first : NULL;
		     n; n = n->next)
			resolve_send_only(r, n, &r->config->servers[i]);
	}
}
