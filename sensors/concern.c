/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * concern: a set of ports per server, and a small table of addresses.
 */
#include "sensors/concern.h"

#include <stdlib.h>
#include <string.h>

#include "sensors/hash.h"

/* Twice as many as there can be addresses, so that searches end soon. */
#define PLACES	   (CONFIG_SERVERS_MAX * CONFIG_ADDRESSES_MAX * 4u)
#define PORT_WORDS (65536 / 64)
#define SMTP_PORT  25

struct address {
	uint8_t bytes[16]; /* IPv4 in the first four */
	uint8_t family; /* 0: a free place */
	uint8_t server;
};

struct ports {
	uint64_t bits[PORT_WORDS];
};

struct concern {
	const struct config *config;
	bool has_servers;
	struct address places[PLACES];
	struct ports services[CONFIG_SERVERS_MAX];
	struct ports egress[CONFIG_SERVERS_MAX];
	struct ports mail; /* where no server is declared */
};

/* Nobody outside chooses what is in this table: the key need not be secret. */
static const struct hash_key table_key = { 0x5bd1e9955bd1e995ull,
					   0xc2b2ae3d27d4eb4full };

static const uint16_t mail_ports[] = { 25, 110, 143, 465, 587, 993, 995, 4190 };

static void add_port(struct ports *ports, uint16_t port)
{
	ports->bits[port / 64] |= 1ull << port % 64;
}

static bool has_port(const struct ports *ports, uint16_t port)
{
	return ports->bits[port / 64] >> port % 64 & 1;
}

static size_t place_of(uint8_t family, const uint8_t bytes[16])
{
	uint64_t hash = hash_bytes(&table_key, bytes, 16);

	return (hash ^ family) % PLACES;
}

static const struct address *find(const struct concern *c, uint8_t family,
				  const uint8_t bytes[16])
{
	size_t at = place_of(family, bytes);

	while (c->places[at].family) {
		if (c->places[at].family == family &&
		    memcmp(c->places[at].bytes, bytes, 16) == 0)
			return &c->places[at];
		at = (at + 1) % PLACES;
	}
	return NULL;
}

static void add_addresses(struct concern *c, const struct prefix *list,
			  uint8_t count, uint8_t server)
{
	for (uint8_t i = 0; i < count; i++) {
		size_t at = place_of(list[i].family, list[i].addr);

		while (c->places[at].family)
			at = (at + 1) % PLACES;
		c->places[at].family = list[i].family;
		c->places[at].server = server;
		memcpy(c->places[at].bytes, list[i].addr, 16);
	}
}

static void add_services(struct ports *ports, const struct service *list,
			 uint8_t count)
{
	for (uint8_t i = 0; i < count; i++) {
		if (list[i].tcp)
			add_port(ports, list[i].port);
	}
}

struct concern *concern_new(const struct config *config)
{
	struct concern *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->config = config;
	for (size_t i = 0; i < sizeof(mail_ports) / sizeof(mail_ports[0]); i++)
		add_port(&c->mail, mail_ports[i]);
	for (uint8_t i = 0; config && i < config->server_count; i++) {
		const struct server *server = &config->servers[i];

		c->has_servers = true;
		add_addresses(c, server->addresses, server->address_count, i);
		add_addresses(c, server->publics, server->public_count, i);
		add_services(&c->services[i], server->services,
			     server->service_count);
		add_services(&c->egress[i], server->egress,
			     server->egress_count);
		add_port(&c->egress[i], SMTP_PORT);
	}
	return c;
}

void concern_free(struct concern *c)
{
	free(c);
}

/* The port says who began; where both may be a service's, the lower one. */
static bool find_undeclared(const struct concern *c,
			    const struct segment *segment,
			    struct flow_hint *out)
{
	bool to = has_port(&c->mail, segment->target_port);
	bool from = has_port(&c->mail, segment->source_port);

	*out = (struct flow_hint){
		.server = FLOW_SERVER_NONE,
		.source_is_client =
			to &&
			(!from || segment->target_port < segment->source_port),
	};
	return to || from;
}

static bool is_inside(const struct concern *c, uint8_t family,
		      const uint8_t bytes[16])
{
	struct prefix p;

	if (prefix_make(&p, family, bytes, prefix_bits(family)))
		return false;
	for (uint8_t i = 0; i < c->config->zone_count; i++) {
		const struct zone *zone = &c->config->zones[i];

		if (!zone->outside && prefixset_overlap(&zone->networks, &p))
			return true;
	}
	return false;
}

/* Mail of somebody inside who is no server; one end of it has port 25. */
static bool find_undeclared_sender(const struct concern *c,
				   const struct packet *packet,
				   const struct segment *segment,
				   struct flow_hint *out)
{
	bool leaves = segment->target_port == SMTP_PORT;
	const uint8_t *client = leaves ? packet->source : packet->target;
	const uint8_t *server = leaves ? packet->target : packet->source;

	if (!is_inside(c, packet->family, client) ||
	    is_inside(c, packet->family, server))
		return false;
	*out = (struct flow_hint){
		.server = FLOW_SERVER_NONE,
		.source_is_client = leaves,
	};
	return true;
}

bool concern_find(const struct concern *c, const struct packet *packet,
		  const struct segment *segment, struct flow_hint *out)
{
	const struct address *target, *source;

	if (!c->has_servers)
		return find_undeclared(c, segment, out);
	target = find(c, packet->family, packet->target);
	if (target &&
	    has_port(&c->services[target->server], segment->target_port)) {
		*out = (struct flow_hint){ target->server, false, true };
		return true;
	}
	source = find(c, packet->family, packet->source);
	if (source &&
	    has_port(&c->services[source->server], segment->source_port)) {
		*out = (struct flow_hint){ source->server, true, false };
		return true;
	}
	if (source &&
	    has_port(&c->egress[source->server], segment->target_port)) {
		*out = (struct flow_hint){ source->server, true, true };
		return true;
	}
	if (target &&
	    has_port(&c->egress[target->server], segment->source_port)) {
		*out = (struct flow_hint){ target->server, false, false };
		return true;
	}
	/* A server is nobody else, whatever it does. */
	if (source || target ||
	    (segment->target_port != SMTP_PORT &&
	     segment->source_port != SMTP_PORT))
		return false;
	return find_undeclared_sender(c, packet, segment, out);
}
