/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct prefix prefix(const char *text)
{
	struct prefix p;

	if (prefix_parse(&p, text, strlen(text)))
		abort();
	return p;
}

static void add(struct prefixset *set, const char *text)
{
	struct prefix p = prefix(text);

	if (prefixset_add(set, &p))
		abort();
	prefixset_seal(set);
}

static void add_zones(struct config *config)
{
	static const char *const names[] = { "outside", "dmz", "inside" };

	for (uint8_t i = 0; i < 3; i++) {
		struct zone *zone = &config->zones[i];

		strcpy(zone->name, names[i]);
		snprintf(zone->interfaces[0], IFNAMSIZ, "eth%u", i);
		zone->interface_count = 1;
	}
	config->zone_count = 3;
	config->zones[0].outside = true;
	config->zones[0].smtp_from_servers_only = true;
	add(&config->zones[2].networks, "10.0.0.0/8");
	add(&config->zones[2].networks, "fd00::/8");
}

static void add_service(struct service *service, const char *name,
			uint16_t port, uint8_t zone, uint8_t other)
{
	strcpy(service->name, name);
	service->port = port;
	service->tcp = true;
	service->parties[0].zone = zone;
	service->parties[1].zone = other;
	service->party_count = zone == other ? 1 : 2;
}

static void add_server(struct config *config)
{
	struct server *mx1 = &config->servers[0];

	strcpy(mx1->name, "mx1");
	mx1->addresses[0] = prefix("192.0.2.25");
	mx1->addresses[1] = prefix("2001:db8::25");
	mx1->address_count = 2;
	mx1->zone = 1;
	add_service(&mx1->services[0], "smtp", 25, 0, 2);
	add_service(&mx1->services[1], "submissions", 465, 0, 2);
	add_service(&mx1->services[2], "imaps", 993, 2, 2);
	mx1->service_count = 3;
	mx1->services[0].limits = (struct limits){
		.source_per_minute = 600,
		.source_burst = 100,
		.source_open = 50,
		.total_per_minute = 60000,
		.total_burst = 1000,
		.total_open = 1000,
	};
	add_service(&mx1->egress[0], "smtp", 25, 0, 0);
	add_service(&mx1->egress[1], "dns", 53, 0, 0);
	mx1->egress[1].udp = true;
	mx1->egress[1].parties[0].prefix = prefix("198.51.100.53");
	mx1->egress_count = 2;
	config->server_count = 1;
}

struct config *sample_config(void)
{
	struct config *config = config_new();

	if (!config)
		abort();
	add_zones(config);
	add_server(config);
	add(&config->admin, "10.0.9.0/24");
	add(&config->never_ban, "198.51.100.0/24");
	add(&config->never_ban, "2001:db8:ff::/48");
	return config;
}
