/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter: words put together.
 */
#include "sensors/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a server is, seen from the interface. */
enum way {
	WAY_UNKNOWN, /* a mirror of somebody else's traffic */
	WAY_HERE, /* behind it: its packets come in */
	WAY_THERE, /* elsewhere: its packets go out */
};

static bool has_interface(const struct zone *zone, const char *interface)
{
	for (uint8_t i = 0; i < zone->interface_count; i++) {
		if (strcmp(zone->interfaces[i], interface) == 0)
			return true;
	}
	return false;
}

static enum way way_to(const struct config *config, const struct server *server,
		       const char *interface)
{
	for (uint8_t i = 0; i < config->zone_count; i++) {
		if (has_interface(&config->zones[i], interface))
			return i == server->zone ? WAY_HERE : WAY_THERE;
	}
	return WAY_UNKNOWN;
}

/* "host A or host B": the addresses of the servers that lie that way. */
static size_t write_hosts(FILE *out, const struct config *config,
			  const char *interface, const char *direction,
			  enum way way)
{
	char text[PREFIX_TEXT_SIZE];
	size_t count = 0;

	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *s = &config->servers[i];

		if (way_to(config, s, interface) != way)
			continue;
		for (uint8_t j = 0; j < s->address_count; j++)
			fprintf(out, "%s%s %s", count++ ? " or " : "",
				direction,
				prefix_format(&s->addresses[j], text));
		for (uint8_t j = 0; j < s->public_count; j++)
			fprintf(out, "%s%s %s", count++ ? " or " : "",
				direction, prefix_format(&s->publics[j], text));
	}
	return count;
}

/* The servers that lie one way: what they send has to come from there. */
static size_t write_way(FILE *out, const struct config *config,
			const char *interface, enum way way, bool first)
{
	const char *from = way == WAY_HERE ? "inbound" : "outbound";
	const char *to = way == WAY_HERE ? "outbound" : "inbound";
	char *hosts = NULL;
	size_t size, count;
	FILE *text = open_memstream(&hosts, &size);

	if (!text)
		return 0;
	count = write_hosts(text, config, interface,
			    way == WAY_UNKNOWN ? "host" : "src host", way);
	fclose(text);
	if (count > 0 && way == WAY_UNKNOWN) {
		fprintf(out, "%s(%s)", first ? "" : " or ", hosts);
	} else if (count > 0) {
		fprintf(out, "%s(%s and (%s)) or (%s and (",
			first ? "" : " or ", from, hosts, to);
		write_hosts(out, config, interface, "dst host", way);
		fputs("))", out);
	}
	free(hosts);
	return count;
}

static void write_servers(FILE *out, const struct config *config,
			  const char *interface)
{
	size_t count;

	count = write_way(out, config, interface, WAY_UNKNOWN, true);
	count += write_way(out, config, interface, WAY_HERE, count == 0);
	write_way(out, config, interface, WAY_THERE, count == 0);
}

static void add_ports(const struct service *list, uint8_t count,
		      bool seen[65536])
{
	for (uint8_t i = 0; i < count; i++)
		seen[list[i].port] |= list[i].tcp;
}

/*
 * The ports of all servers; fragments, whose later ones have none; and IPv6
 * with other headers before TCP's, which the filter cannot look behind.
 */
static void write_ports(FILE *out, const struct config *config)
{
	static bool seen[65536];

	memset(seen, 0, sizeof(seen));
	seen[25] = true;
	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *s = &config->servers[i];

		add_ports(s->services, s->service_count, seen);
		add_ports(s->egress, s->egress_count, seen);
	}
	fputs("ip[6:2] & 0x1fff != 0 or (ip6 and not ip6 proto 6 and not ip6 "
	      "proto 17 and not ip6 proto 58) or tcp port (",
	      out);
	for (unsigned int port = 0, count = 0; port < 65536; port++) {
		if (seen[port])
			fprintf(out, "%s%u", count++ ? " or " : "", port);
	}
	fputs(")", out);
}

static void write_plain(FILE *out, const struct config *config,
			const char *interface)
{
	if (config->server_count > 0) {
		fputs("(", out);
		write_servers(out, config, interface);
		fputs(") and ", out);
	}
	fputs("(", out);
	write_ports(out, config);
	fputs(")", out);
}

char *filter_make(const struct config *config, const char *interface)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	/* The kernel logs what its rules chose: there is nothing to choose. */
	if (strncmp(interface, "nflog:", 6) != 0) {
		/* Each "vlan" looks one tag deeper for all that follows. */
		for (int tags = 0; tags < 3; tags++) {
			fputs(tags ? " or (vlan and (" : "((", out);
			write_plain(out, config, interface);
			fputs("))", out);
		}
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
