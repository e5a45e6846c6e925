/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serverrules: two chains per server, one per service, and the base chains
 * whose verdict maps lead to them.
 */
#include "nft/serverrules.h"

#include "nft/ruletext.h"

#define FAMILIES RULETEXT_FAMILIES

/* Ports of mail, for hosts that may only send. */
#define MAIL_IN	 "{ 25, 110, 143, 465, 587, 993, 995, 4190 }"
#define MAIL_OUT "{ 25, 465, 587 }"

static const struct ruletext_family *const families = ruletext_families;

/* IPv6 limits count a whole /64: a host there has as many addresses as it
 * likes. */
static const char *const source_keys[FAMILIES] = {
	"ip saddr",
	"ip6 saddr & ffff:ffff:ffff:ffff::",
};

/* "tcp dport 25" */
static void put_port(FILE *out, const struct service *service)
{
	if (service->tcp && service->udp)
		fprintf(out, " meta l4proto { tcp, udp } th dport %u",
			service->port);
	else
		fprintf(out, " %s dport %u", service->tcp ? "tcp" : "udp",
			service->port);
}

/* One rule for the zones among the parties ... */
static void put_zone_rule(FILE *out, const struct config *config,
			  const struct service *service, bool inward,
			  const char *verdict)
{
	struct ruletext_list list = {
		.out = out,
		.intro = inward ? "\t\tiifname " : "\t\toifname ",
	};

	for (uint8_t i = 0; i < service->party_count; i++) {
		const struct party *party = &service->parties[i];

		if (!party->prefix.family && party->zone != CONFIG_ZONE_HOST)
			ruletext_zone(&list, &config->zones[party->zone]);
	}
	if (!ruletext_end(&list))
		return;
	put_port(out, service);
	fprintf(out, " %s\n", verdict);
}

/* ... and one per family for the prefixes. */
static void put_prefix_rule(FILE *out, const struct ruletext_family *family,
			    const struct service *service, bool inward,
			    const char *verdict)
{
	char intro[32];
	struct ruletext_list list = { .out = out, .intro = intro };
	char text[PREFIX_TEXT_SIZE];

	snprintf(intro, sizeof(intro), "\t\t%s %s ", family->ip,
		 inward ? "saddr" : "daddr");
	for (uint8_t i = 0; i < service->party_count; i++) {
		const struct prefix *p = &service->parties[i].prefix;

		if (p->family == family->family)
			ruletext_item(&list, "%s", prefix_format(p, text));
	}
	if (!ruletext_end(&list))
		return;
	put_port(out, service);
	fprintf(out, " %s\n", verdict);
}

static void put_party_rules(FILE *out, const struct config *config,
			    const struct service *service, bool inward,
			    const char *verdict)
{
	put_zone_rule(out, config, service, inward, verdict);
	for (size_t f = 0; f < FAMILIES; f++)
		put_prefix_rule(out, &families[f], service, inward, verdict);
}

static void put_limit_sets(FILE *out, const struct server *server,
			   const struct service *service)
{
	for (size_t f = 0; f < FAMILIES; f++) {
		const struct ruletext_family *family = &families[f];

		if (service->limits.source_per_minute)
			fprintf(out,
				"\tset rate%u_%s/%s {\n\t\ttype %s\n"
				"\t\tsize 65536\n\t\tflags dynamic,timeout\n"
				"\t\ttimeout 2m\n\t}\n",
				family->family, server->name, service->name,
				family->type);
		if (service->limits.source_open)
			fprintf(out,
				"\tset open%u_%s/%s {\n\t\ttype %s\n"
				"\t\tsize 65536\n\t\tflags dynamic\n\t}\n",
				family->family, server->name, service->name,
				family->type);
	}
}

static void put_source_limits(FILE *out, const struct server *server,
			      const struct service *service)
{
	const struct limits *limits = &service->limits;

	for (size_t f = 0; f < FAMILIES; f++) {
		if (limits->source_per_minute)
			fprintf(out,
				"\t\tupdate @rate%u_%s/%s { %s limit rate over "
				"%u/minute burst %u packets } goto "
				"limited_%s\n",
				families[f].family, server->name, service->name,
				source_keys[f], limits->source_per_minute,
				limits->source_burst, server->name);
		if (limits->source_open)
			fprintf(out,
				"\t\tadd @open%u_%s/%s { %s ct count over %u } "
				"goto limited_%s\n",
				families[f].family, server->name, service->name,
				source_keys[f], limits->source_open,
				server->name);
	}
}

static void put_service_chain(FILE *out, const struct server *server,
			      const struct service *service)
{
	const struct limits *limits = &service->limits;

	put_limit_sets(out, server, service);
	fprintf(out, "\tchain svc_%s/%s {\n", server->name, service->name);
	put_source_limits(out, server, service);
	if (limits->total_per_minute)
		fprintf(out,
			"\t\tlimit rate over %u/minute burst %u packets goto "
			"limited_%s\n",
			limits->total_per_minute, limits->total_burst,
			server->name);
	if (limits->total_open)
		fprintf(out, "\t\tct count over %u goto limited_%s\n",
			limits->total_open, server->name);
	fputs("\t}\n", out);
}

/* A chain that counts, logs and drops; its name says what was wrong. */
static void put_drop_chain(FILE *out, const struct config *config,
			   const char *kind, const char *name)
{
	fprintf(out,
		"\tcounter %s%s { }\n\tchain %s%s {\n"
		"\t\tcounter name %s%s\n"
		"\t\tlimit rate 500/second burst 1000 packets"
		" log group %u prefix \"postern %s%s \"\n"
		"\t\tdrop\n\t}\n",
		kind, name, kind, name, kind, name, config->log_group, kind,
		name);
}

static void put_state_rules(FILE *out, const char *way,
			    const struct server *server)
{
	fprintf(out,
		"\t\tct state established,related return\n"
		"\t\tct state invalid goto refused_%s_%s\n"
		"\t\tmeta l4proto tcp tcp flags & (fin | syn | rst | ack) != "
		"syn goto refused_%s_%s\n",
		way, server->name, way, server->name);
	if (server->zone == CONFIG_ZONE_HOST)
		fputs("\t\ticmpv6 type { nd-router-solicit, nd-router-advert, "
		      "nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit "
		      "255 return\n",
		      out);
	/* RFC 4890 section 4.3: what must not be dropped; ICMP alike. */
	fputs("\t\ticmp type { destination-unreachable, time-exceeded, "
	      "parameter-problem } return\n"
	      "\t\ticmpv6 type { destination-unreachable, packet-too-big, "
	      "time-exceeded, parameter-problem } return\n"
	      "\t\ticmp type echo-request limit rate 20/second burst 50 "
	      "packets return\n"
	      "\t\ticmpv6 type echo-request limit rate 20/second burst 50 "
	      "packets return\n",
	      out);
}

static void put_in_chain(FILE *out, const struct config *config,
			 const struct server *server)
{
	char verdict[CONFIG_NAME_SIZE * 2 + 16];

	fprintf(out, "\tchain in_%s {\n", server->name);
	for (size_t f = 0; f < FAMILIES; f++)
		fprintf(out, "\t\t%s saddr @admin%u return\n", families[f].ip,
			families[f].family);
	fputs("\t\tjump gate_in\n", out);
	put_state_rules(out, "in", server);
	for (uint8_t i = 0; i < server->service_count; i++) {
		snprintf(verdict, sizeof(verdict), "goto svc_%s/%s",
			 server->name, server->services[i].name);
		put_party_rules(out, config, &server->services[i], true,
				verdict);
	}
	fprintf(out, "\t\tgoto refused_in_%s\n\t}\n", server->name);
}

static void put_out_chain(FILE *out, const struct config *config,
			  const struct server *server)
{
	fprintf(out, "\tchain out_%s {\n", server->name);
	if (server->zone != CONFIG_ZONE_HOST) {
		struct ruletext_list list = {
			.out = out,
			.intro = "\t\tiifname != ",
		};

		ruletext_zone(&list, &config->zones[server->zone]);
		if (ruletext_end(&list))
			fprintf(out, " goto refused_out_%s\n", server->name);
	}
	for (size_t f = 0; f < FAMILIES; f++)
		fprintf(out,
			"\t\t%s daddr @admin%u ct direction reply return\n",
			families[f].ip, families[f].family);
	fputs("\t\tjump gate_out\n", out);
	put_state_rules(out, "out", server);
	for (uint8_t i = 0; i < server->egress_count; i++)
		put_party_rules(out, config, &server->egress[i], false,
				"return");
	fprintf(out, "\t\tgoto refused_out_%s\n\t}\n", server->name);
}

/* Mail to the primary servers and no mail else; other traffic of the host is
 * not mail, and none of postern's business. */
static void put_send_only(FILE *out, const struct config *config,
			  const struct server *server)
{
	char text[PREFIX_TEXT_SIZE];

	fprintf(out,
		"\tchain in_%s {\n\t\ttcp dport " MAIL_IN
		" goto refused_in_%s\n\t}\n\tchain out_%s {\n"
		"\t\tmeta l4proto != tcp return\n"
		"\t\ttcp dport != " MAIL_OUT " return\n\t\tjump gate_out\n",
		server->name, server->name, server->name);
	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *primary = &config->servers[i];

		if (!(server->send_only >> i & 1))
			continue;
		for (uint8_t a = 0; a < primary->address_count; a++) {
			const struct prefix *p = &primary->addresses[a];

			fprintf(out, "\t\t%s daddr %s return\n",
				p->family == PREFIX_IP4 ? "ip" : "ip6",
				prefix_format(p, text));
		}
	}
	fprintf(out, "\t\tgoto refused_out_%s\n\t}\n", server->name);
}

static void put_server(FILE *out, const struct config *config,
		       const struct server *server)
{
	fprintf(out, "\n\t# %s, in zone %s%s\n", server->name,
		config_zone_name(config, server->zone),
		server->send_only ? ": may only send, to its primary servers"
				  : "");
	put_drop_chain(out, config, "refused_in_", server->name);
	put_drop_chain(out, config, "refused_out_", server->name);
	if (server->send_only) {
		put_send_only(out, config, server);
		return;
	}
	put_drop_chain(out, config, "limited_", server->name);
	for (uint8_t i = 0; i < server->service_count; i++)
		put_service_chain(out, server, &server->services[i]);
	put_in_chain(out, config, server);
	put_out_chain(out, config, server);
}

/* Addresses that cannot come from outside: of inner zones and of servers. */
static int collect_inner(struct prefixset *servers, struct prefixset *inner,
			 const struct config *config)
{
	int err = 0;

	for (uint8_t i = 0; i < config->zone_count; i++) {
		const struct zone *zone = &config->zones[i];

		for (size_t n = 0; !zone->outside && n < zone->networks.count;
		     n++)
			err |= prefixset_add(inner, &zone->networks.items[n]);
	}
	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *server = &config->servers[i];

		for (uint8_t a = 0; a < server->address_count; a++) {
			err |= prefixset_add(inner, &server->addresses[a]);
			err |= prefixset_add(servers, &server->addresses[a]);
		}
	}
	prefixset_seal(inner);
	prefixset_seal(servers);
	return err;
}

static int put_address_sets(FILE *out, const struct config *config)
{
	struct prefixset servers, inner;
	int err;

	prefixset_init(&servers);
	prefixset_init(&inner);
	err = collect_inner(&servers, &inner, config);
	if (!err) {
		fputs("\n\t# All servers; and with them the addresses of the "
		      "inner zones, which\n\t# are forged when they come from "
		      "outside.\n",
		      out);
		ruletext_set(out, "server", &servers);
		ruletext_set(out, "inner", &inner);
	}
	prefixset_fini(&servers);
	prefixset_fini(&inner);
	return err;
}

/* Forged sources are dropped where they are aimed at a server, or pretend to
 * be one. */
static void put_forged_chain(FILE *out, const struct config *config)
{
	put_drop_chain(out, config, "forged_source", "");
	fputs("\tchain forged {\n", out);
	for (size_t f = 0; f < FAMILIES; f++)
		fprintf(out,
			"\t\t%s daddr @server%u goto forged_source\n"
			"\t\t%s saddr @server%u goto forged_source\n",
			families[f].ip, families[f].family, families[f].ip,
			families[f].family);
	fputs("\t}\n", out);
}

static bool is_smtp_out_limited(const struct zone *zone)
{
	return zone->outside && zone->smtp_from_servers_only;
}

static bool limits_smtp_out(const struct config *config)
{
	for (uint8_t i = 0; i < config->zone_count; i++) {
		if (is_smtp_out_limited(&config->zones[i]))
			return true;
	}
	return false;
}

static void put_smtp_out(FILE *out, const struct config *config)
{
	if (!limits_smtp_out(config))
		return;
	fputs("\n\t# Port 25 outward is for the servers alone.\n", out);
	put_drop_chain(out, config, "refused_smtp_out", "");
	fputs("\tchain smtp_out {\n", out);
	for (size_t f = 0; f < FAMILIES; f++)
		fprintf(out, "\t\t%s saddr @server%u return\n", families[f].ip,
			families[f].family);
	fputs("\t\tgoto refused_smtp_out\n\t}\n", out);
}

/* "ip daddr vmap { 192.0.2.25 : jump in_mx1, ... }" over the servers of this
 * machine, or over the others. */
static void put_map(FILE *out, const struct config *config,
		    const struct ruletext_family *family, bool inward,
		    bool on_host)
{
	char intro[32], text[PREFIX_TEXT_SIZE];
	struct ruletext_list list = { .out = out, .intro = intro };

	snprintf(intro, sizeof(intro), "\t\t%s %s vmap ", family->ip,
		 inward ? "daddr" : "saddr");
	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *server = &config->servers[i];

		if ((server->zone == CONFIG_ZONE_HOST) != on_host)
			continue;
		for (uint8_t a = 0; a < server->address_count; a++) {
			const struct prefix *p = &server->addresses[a];

			if (p->family == family->family)
				ruletext_item(&list, "%s : jump %s_%s",
					      prefix_format(p, text),
					      inward ? "in" : "out",
					      server->name);
		}
	}
	if (ruletext_end(&list))
		fputc('\n', out);
}

enum way {
	WAY_IN = 1,
	WAY_OUT = 2,
};

static void put_base(FILE *out, const struct config *config, const char *hook,
		     int ways, bool on_host)
{
	fprintf(out,
		"\tchain %s {\n"
		"\t\ttype filter hook %s priority -10; policy accept;\n",
		hook, hook);
	if (on_host)
		fprintf(out, "\t\t%sifname \"lo\" return\n",
			ways & WAY_IN ? "i" : "o");
	for (size_t f = 0; (ways & WAY_IN) && f < FAMILIES; f++) {
		ruletext_interfaces(out, "\t\tiifname ", config,
				    ruletext_is_outside);
		fprintf(out, " %s saddr @inner%u jump forged\n", families[f].ip,
			families[f].family);
	}
	for (size_t f = 0; (ways & WAY_OUT) && f < FAMILIES; f++)
		put_map(out, config, &families[f], false, on_host);
	for (size_t f = 0; (ways & WAY_IN) && f < FAMILIES; f++)
		put_map(out, config, &families[f], true, on_host);
	if ((ways & WAY_OUT) && limits_smtp_out(config)) {
		ruletext_interfaces(out, "\t\toifname ", config,
				    is_smtp_out_limited);
		fputs(" tcp dport 25 jump smtp_out\n", out);
	}
	fputs("\t}\n", out);
}

int serverrules_format(FILE *out, const struct config *config)
{
	int err;

	for (uint8_t i = 0; i < config->server_count; i++)
		put_server(out, config, &config->servers[i]);
	err = put_address_sets(out, config);
	if (err)
		return err;
	put_forged_chain(out, config);
	put_smtp_out(out, config);
	fputs("\n\t# What is neither to nor from a server goes by.\n", out);
	put_base(out, config, "forward", WAY_IN | WAY_OUT, false);
	put_base(out, config, "input", WAY_IN, true);
	put_base(out, config, "output", WAY_OUT, true);
	return 0;
}
