/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checkserver: addresses, families, ports, and send-only hosts.
 */
#include "ctl/warden/checkserver.h"

#include <stdio.h>

#include "ctl/warden/conf/services.h"

#define SSH_PORT	  22
#define OWN_ADDRESSES_MAX 64

static const char *family_name(uint8_t family)
{
	return family == PREFIX_IP4 ? "IPv4" : "IPv6";
}

/* Number INDEX of a server's addresses and, behind them, its public ones. */
static const struct prefix *address_at(const struct server *server,
				       unsigned int index)
{
	if (index < server->address_count)
		return &server->addresses[index];
	index -= server->address_count;
	return index < server->public_count ? &server->publics[index] : NULL;
}

/* SERVER's address number INDEX, against those before it. */
static void check_own_address(struct findings *f, const struct server *server,
			      unsigned int index)
{
	const struct prefix *p = address_at(server, index);
	char text[PREFIX_TEXT_SIZE];

	for (unsigned int i = 0; i < index; i++) {
		if (!prefix_equal(address_at(server, i), p))
			continue;
		findings_error(f, server->line,
			       "server \"%s\": the address %s stands twice%s",
			       server->name, prefix_format(p, text),
			       i < server->address_count &&
					       index >= server->address_count
				       ? "; public takes those outside a NAT"
					 " alone"
				       : "; keep one of the two");
		return;
	}
}

/*
 * SERVER's address P, against those of OTHER, declared before it.  Several
 * servers may be reached at one public address, by port.
 */
static void check_other_address(struct findings *f, const struct server *server,
				const struct prefix *p, bool is_public,
				const struct server *other)
{
	const struct prefix *q;
	char text[PREFIX_TEXT_SIZE];

	for (unsigned int i = 0; (q = address_at(other, i)); i++) {
		bool both_public = is_public && i >= other->address_count;

		if (both_public || !prefix_equal(p, q))
			continue;
		findings_error(f, server->line,
			       "server \"%s\": the address %s is one of server"
			       " \"%s\" (line %d) too; an address has one"
			       " server",
			       server->name, prefix_format(p, text),
			       other->name, other->line);
	}
}

static void check_addresses(const struct config *config, uint8_t number,
			    struct findings *f)
{
	const struct server *server = &config->servers[number];
	const struct prefix *p;

	for (unsigned int i = 0; (p = address_at(server, i)); i++) {
		check_own_address(f, server, i);
		for (uint8_t k = 0; k < number; k++)
			check_other_address(f, server, p,
					    i >= server->address_count,
					    &config->servers[k]);
	}
}

static bool has_family(const struct prefixset *set, uint8_t family)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].family == family)
			return true;
	}
	return false;
}

/* Its own zone declares networks of P's family, and P is in none of them. */
static bool is_stray(const struct zone *zone, const struct prefix *p)
{
	return has_family(&zone->networks, p->family) &&
	       !prefixset_overlap(&zone->networks, p);
}

static void check_zone(const struct config *config, const struct server *server,
		       const struct prefix *p, struct findings *f)
{
	const struct zone *own = &config->zones[server->zone];
	const struct prefix *network;
	char text[PREFIX_TEXT_SIZE], network_text[PREFIX_TEXT_SIZE];

	prefix_format(p, text);
	if (is_stray(own, p))
		findings_warning(f, server->line,
				 "server \"%s\": %s is in none of the networks"
				 " of its zone \"%s\"",
				 server->name, text, own->name);
	for (uint8_t i = 0; i < config->zone_count; i++) {
		const struct zone *zone = &config->zones[i];

		network = prefixset_overlap(&zone->networks, p);
		if (zone == own || !network)
			continue;
		findings_error(f, server->line,
			       "server \"%s\": %s is in %s of zone \"%s\", but"
			       " its own zone is \"%s\"",
			       server->name, text,
			       prefix_format(network, network_text), zone->name,
			       own->name);
	}
}

static bool server_has_family(const struct server *server, uint8_t family)
{
	for (uint8_t i = 0; i < server->address_count; i++) {
		if (server->addresses[i].family == family)
			return true;
	}
	return false;
}

/* Can SERVER and PARTY meet in an address family? */
static bool can_meet(const struct config *config, const struct server *server,
		     const struct party *party)
{
	const struct prefixset *networks;

	if (party->prefix.family)
		return server_has_family(server, party->prefix.family);
	networks = &config->zones[party->zone].networks;
	/* A zone that declares no networks has addresses of both. */
	if (networks->count == 0)
		return true;
	return (server_has_family(server, PREFIX_IP4) &&
		has_family(networks, PREFIX_IP4)) ||
	       (server_has_family(server, PREFIX_IP6) &&
		has_family(networks, PREFIX_IP6));
}

/* PARTY has addresses of a family that SERVER lacks, and no other. */
static void refuse_party(const struct config *config,
			 const struct server *server,
			 const struct service *service, const char *kind,
			 const struct party *party, struct findings *f)
{
	char party_text[PREFIX_TEXT_SIZE];
	uint8_t family = party->prefix.family;
	const char *zone = "";

	if (family) {
		prefix_format(&party->prefix, party_text);
	} else {
		zone = "zone ";
		snprintf(party_text, sizeof(party_text), "\"%s\"",
			 config_zone_name(config, party->zone));
		family = server_has_family(server, PREFIX_IP4) ? PREFIX_IP6
							       : PREFIX_IP4;
	}
	findings_error(f, service->line,
		       "server \"%s\": %s \"%s\": %s%s is %s only, and the"
		       " server has no such address; give it one, or take"
		       " this out",
		       server->name, kind, service->name, zone, party_text,
		       family_name(family));
}

static void check_parties(const struct config *config,
			  const struct server *server,
			  const struct service *service, const char *kind,
			  struct findings *f)
{
	for (uint8_t i = 0; i < service->party_count; i++) {
		const struct party *party = &service->parties[i];

		if (!party->prefix.family && party->zone == CONFIG_ZONE_HOST)
			findings_error(f, service->line,
				       "server \"%s\": %s \"%s\": what passes"
				       " between it and this machine itself is"
				       " not filtered; take \"host\" out",
				       server->name, kind, service->name);
		else if (!can_meet(config, server, party))
			refuse_party(config, server, service, kind, party, f);
	}
}

static bool shares_port(const struct service *a, const struct service *b)
{
	return a->port == b->port && ((a->tcp && b->tcp) || (a->udp && b->udp));
}

static void check_services(const struct config *config,
			   const struct server *server, struct findings *f)
{
	for (uint8_t i = 0; i < server->service_count; i++) {
		const struct service *service = &server->services[i];

		check_parties(config, server, service, "service", f);
		for (uint8_t k = 0; k < i; k++) {
			if (!shares_port(service, &server->services[k]))
				continue;
			findings_error(f, service->line,
				       "server \"%s\": service \"%s\": its port"
				       " %u is that of service \"%s\" too; make"
				       " one of the two",
				       server->name, service->name,
				       service->port, server->services[k].name);
		}
	}
	for (uint8_t i = 0; i < server->egress_count; i++)
		check_parties(config, server, &server->egress[i], "egress", f);
}

static bool takes_mail(const struct service *service)
{
	return service->tcp && (service->port == 25 || service->port == 465 ||
				service->port == 587);
}

static bool lets_in(const struct service *service, const struct server *host)
{
	for (uint8_t i = 0; i < service->party_count; i++) {
		const struct party *party = &service->parties[i];

		if (!party->prefix.family) {
			if (party->zone == host->zone)
				return true;
			continue;
		}
		for (uint8_t a = 0; a < host->address_count; a++) {
			if (prefix_overlaps(&party->prefix,
					    &host->addresses[a]))
				return true;
		}
	}
	return false;
}

/* Would PRIMARY take mail of the send-only HOST? */
static bool is_open_to(const struct server *primary, const struct server *host)
{
	/* Within a zone, nothing passes the firewall. */
	if (primary->zone == host->zone)
		return true;
	for (uint8_t i = 0; i < primary->service_count; i++) {
		if (takes_mail(&primary->services[i]) &&
		    lets_in(&primary->services[i], host))
			return true;
	}
	return false;
}

static void check_primary(const struct server *host,
			  const struct server *primary, struct findings *f)
{
	if (primary == host)
		findings_error(f, host->line,
			       "server \"%s\": send_only names the host itself;"
			       " name the primary mail servers",
			       host->name);
	else if (primary->send_only)
		findings_error(f, host->line,
			       "server \"%s\": send_only names \"%s\", which"
			       " may only send itself; name the primary mail"
			       " servers",
			       host->name, primary->name);
	else if (!is_open_to(primary, host))
		findings_warning(f, host->line,
				 "server \"%s\": \"%s\" offers it neither smtp"
				 " nor submission; name it, or its zone, in"
				 " the from of such a service",
				 host->name, primary->name);
}

static void check_send_only(const struct config *config,
			    const struct server *host, struct findings *f)
{
	if (host->service_count || host->egress_count)
		findings_error(f, host->line,
			       "server \"%s\": a send-only host has neither"
			       " service nor egress; take them out, or"
			       " send_only",
			       host->name);
	for (uint8_t i = 0; i < config->server_count; i++) {
		if (host->send_only >> i & 1)
			check_primary(host, &config->servers[i], f);
	}
}

static void check_server(const struct config *config, uint8_t number,
			 struct findings *f)
{
	const struct server *server = &config->servers[number];

	check_addresses(config, number, f);
	/* This machine has addresses in the zones around it. */
	for (uint8_t i = 0;
	     server->zone != CONFIG_ZONE_HOST && i < server->address_count; i++)
		check_zone(config, server, &server->addresses[i], f);
	check_services(config, server, f);
	if (server->send_only)
		check_send_only(config, server, f);
	else if (!server->service_count && !server->egress_count)
		findings_warning(f, server->line,
				 "server \"%s\": it has neither service nor"
				 " egress: all its traffic will be dropped",
				 server->name);
}

/* A way for an administrator: a service that is not mail's. */
static bool has_way_in(const struct server *server)
{
	for (uint8_t i = 0; i < server->service_count; i++) {
		if (server->services[i].tcp &&
		    !services_is_mail(server->services[i].port))
			return true;
	}
	return false;
}

/* The machine that postern runs on, shut to whoever looks after it. */
static void check_lock_out(const struct config *config, struct findings *f)
{
	const struct server *here = NULL;

	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *server = &config->servers[i];

		if (server->zone != CONFIG_ZONE_HOST || server->send_only)
			continue;
		if (has_way_in(server))
			return;
		if (!here)
			here = server;
	}
	if (here && config->admin.count == 0)
		findings_warning(f, here->line,
				 "server \"%s\": this machine could be reached"
				 " at the console alone; write admin ="
				 " {\"your network\"} or a service \"ssh\"",
				 here->name);
}

static bool is_declared(const struct config *config, const struct prefix *p)
{
	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct prefix *q;

		for (unsigned int a = 0;
		     (q = address_at(&config->servers[i], a)); a++) {
			if (prefix_equal(p, q))
				return true;
		}
	}
	return false;
}

/* A server on this machine listens on all its addresses, as a rule. */
static void check_own_addresses(const struct config *config,
				const struct host *host, struct findings *f)
{
	struct prefix own[OWN_ADDRESSES_MAX];
	size_t count = host->addresses(own, OWN_ADDRESSES_MAX);
	const struct server *here = NULL;
	char text[PREFIX_TEXT_SIZE];

	for (uint8_t i = 0; i < config->server_count && !here; i++) {
		if (config->servers[i].zone == CONFIG_ZONE_HOST)
			here = &config->servers[i];
	}
	for (size_t i = 0; here && i < count && i < OWN_ADDRESSES_MAX; i++) {
		if (is_declared(config, &own[i]))
			continue;
		findings_warning(f, here->line,
				 "server \"%s\": this machine has the address"
				 " %s too, which no server declares: what"
				 " listens there is not guarded",
				 here->name, prefix_format(&own[i], text));
	}
}

/* Who is an administrator passes every rule, in both directions. */
static void check_admin(const struct config *config, struct findings *f)
{
	char admin[PREFIX_TEXT_SIZE], address[PREFIX_TEXT_SIZE];

	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *server = &config->servers[i];
		const struct prefix *p, *covers;

		for (unsigned int a = 0; (p = address_at(server, a)); a++) {
			covers = prefixset_overlap(&config->admin, p);
			if (!covers)
				continue;
			findings_warning(
				f, server->line,
				"server \"%s\": admin's %s contains its"
				" address %s: other servers let it in"
				" everywhere; name the administrators'"
				" own addresses",
				server->name, prefix_format(covers, admin),
				prefix_format(p, address));
		}
	}
}

void checkserver_all(const struct config *config, const struct host *host,
		     struct findings *findings)
{
	if (config->server_count == 0)
		findings_warning(findings, 0,
				 "no server is declared: no mail is guarded");
	for (uint8_t i = 0; i < config->server_count; i++)
		check_server(config, i, findings);
	check_lock_out(config, findings);
	check_own_addresses(config, host, findings);
	check_admin(config, findings);
}
