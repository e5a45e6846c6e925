/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * services: names, ports, and what is usual of each.
 */
#include "ctl/warden/conf/services.h"

#include <string.h>

#define SMTP_PORT 25

static const struct service_name services[] = {
	{ "smtp", SMTP_PORT, .tcp = true, .is_mail = true },
	{ "submission", 587, .tcp = true, .is_mail = true },
	{ "submissions", 465, .tcp = true, .is_mail = true },
	{ "imap", 143, .tcp = true, .is_mail = true },
	{ "imaps", 993, .tcp = true, .is_mail = true },
	{ "pop3", 110, .tcp = true, .is_mail = true },
	{ "pop3s", 995, .tcp = true, .is_mail = true },
	{ "sieve", 4190, .tcp = true, .is_mail = true },
	{ "ssh", 22, .tcp = true },
	{ "dns", 53, .tcp = true, .udp = true },
	{ "ntp", 123, .udp = true },
	{ "dhcp", 67, .udp = true },
	{ "dhcpv6", 547, .udp = true },
	{ "http", 80, .tcp = true },
	{ "https", 443, .tcp = true },
	{ "ldap", 389, .tcp = true },
	{ "ldaps", 636, .tcp = true },
	{ "syslog", 514, .udp = true },
	{ "syslog-tls", 6514, .tcp = true },
};

#define SERVICES (sizeof(services) / sizeof(services[0]))

const struct service_name *services_find(const char *name)
{
	for (size_t i = 0; i < SERVICES; i++) {
		if (strcmp(services[i].name, name) == 0)
			return &services[i];
	}
	return NULL;
}

const struct service_name *services_at(size_t index)
{
	return index < SERVICES ? &services[index] : NULL;
}

bool services_is_mail(uint16_t port)
{
	for (size_t i = 0; i < SERVICES; i++) {
		if (services[i].port == port)
			return services[i].is_mail;
	}
	return false;
}

struct limits services_limits(uint16_t port)
{
	/* A big provider sends from one address over 50 sessions at once. */
	static const struct limits transfer = {
		.source_per_minute = 600,
		.source_burst = 300,
		.source_open = 100,
		.total_per_minute = 12000,
		.total_burst = 6000,
		.total_open = 4000,
	};
	/* An office behind one NAT address: 200 people, 5 sessions each. */
	static const struct limits access = {
		.source_per_minute = 1200,
		.source_burst = 600,
		.source_open = 1000,
		.total_per_minute = 24000,
		.total_burst = 12000,
		.total_open = 20000,
	};

	return port == SMTP_PORT ? transfer : access;
}
