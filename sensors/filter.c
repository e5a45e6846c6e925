/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter: words put together.
 */
#include "sensors/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/cover.h"

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

/* What a filter is made of. */
struct making {
	FILE *out;
	const struct config *config;
	const char *interface;
	size_t most; /* prefixes in a list */
	struct prefix *list; /* room for the longest one */
};

/* The addresses of the servers that lie that way, or, *IS_WIDE, prefixes around
 * them. */
static size_t list_servers(struct making *m, enum way way, bool *is_wide)
{
	size_t count = 0;

	for (uint8_t i = 0; i < m->config->server_count; i++) {
		const struct server *s = &m->config->servers[i];

		if (way_to(m->config, s, m->interface) != way)
			continue;
		for (uint8_t j = 0; j < s->address_count; j++)
			m->list[count++] = s->addresses[j];
		for (uint8_t j = 0; j < s->public_count; j++)
			m->list[count++] = s->publics[j];
	}
	*is_wide = count > m->most;
	return cover_few(m->list, count, m->most);
}

/* The networks of all zones that are not outside. */
static size_t list_networks(struct making *m)
{
	size_t count = 0;

	for (uint8_t i = 0; i < m->config->zone_count; i++) {
		const struct zone *zone = &m->config->zones[i];

		for (size_t j = 0; !zone->outside && j < zone->networks.count;
		     j++)
			m->list[count++] = zone->networks.items[j];
	}
	return cover_few(m->list, count, m->most);
}

/* "src host A or src net B": COUNT prefixes of the list. */
static void write_list(struct making *m, size_t count, const char *direction)
{
	char text[PREFIX_TEXT_SIZE];

	for (size_t i = 0; i < count; i++)
		fprintf(m->out, "%s%s%s %s", i ? " or " : "", direction,
			prefix_is_address(&m->list[i]) ? "host" : "net",
			prefix_format(&m->list[i], text));
}

/*
 * The servers that lie one way: what they send has to come from there.  Prefixes
 * around them hold strangers as well, and a server's packet to one of these
 * would pass from the wrong side, so that nothing from within is taken there.
 */
static bool write_way(struct making *m, enum way way, bool first)
{
	const char *from = way == WAY_HERE ? "inbound" : "outbound";
	const char *to = way == WAY_HERE ? "outbound" : "inbound";
	bool is_wide = false;
	size_t count = list_servers(m, way, &is_wide);

	if (count == 0)
		return false;
	fputs(first ? "(" : " or (", m->out);
	if (way == WAY_UNKNOWN) {
		write_list(m, count, "");
	} else {
		fprintf(m->out, "%s and (", from);
		write_list(m, count, "src ");
		fprintf(m->out, ")) or (%s and (", to);
		write_list(m, count, "dst ");
		fputs(")", m->out);
		if (is_wide) {
			fputs(" and not (", m->out);
			write_list(m, count, "src ");
			fputs(")", m->out);
		}
	}
	fputs(")", m->out);
	return true;
}

static void write_servers(struct making *m)
{
	bool any = write_way(m, WAY_UNKNOWN, true);

	any |= write_way(m, WAY_HERE, !any);
	write_way(m, WAY_THERE, !any);
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

/* Whoever is inside and sends mail himself is seen at port 25. */
static void write_plain(struct making *m)
{
	size_t count;

	if (m->config->server_count == 0) {
		write_ports(m->out, m->config);
		return;
	}
	fputs("((", m->out);
	write_servers(m);
	fputs(") and (", m->out);
	write_ports(m->out, m->config);
	fputs("))", m->out);
	count = list_networks(m);
	if (count == 0)
		return;
	fputs(" or (tcp port 25 and (", m->out);
	write_list(m, count, "");
	fputs("))", m->out);
}

/* Room for any list that list_servers() or list_networks() makes. */
static size_t longest_list(const struct config *config)
{
	size_t servers =
		(size_t)config->server_count * CONFIG_ADDRESSES_MAX * 2;
	size_t networks = 0;

	for (uint8_t i = 0; i < config->zone_count; i++)
		networks += config->zones[i].networks.count;
	return (servers > networks ? servers : networks) + 1;
}

char *filter_make(const struct config *config, const char *interface,
		  size_t most)
{
	struct making m = { NULL, config, interface, most, NULL };
	char *text = NULL;
	size_t size;

	m.list = calloc(longest_list(config), sizeof(m.list[0]));
	m.out = open_memstream(&text, &size);
	if (!m.list || !m.out) {
		free(m.list);
		if (m.out)
			fclose(m.out);
		free(text);
		return NULL;
	}
	/* The kernel logs what its rules chose: there is nothing to choose. */
	if (strncmp(interface, "nflog:", 6) != 0) {
		/* Each "vlan" looks one tag deeper for all that follows. */
		for (int tags = 0; tags < 3; tags++) {
			fputs(tags ? " or (vlan and (" : "((", m.out);
			write_plain(&m);
			fputs("))", m.out);
		}
	}
	free(m.list);
	if (fclose(m.out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
