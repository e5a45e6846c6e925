/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_SERVICES_H
#define POSTERN_WARDEN_SERVICES_H

/*
 * services: the services that have a name in the configuration.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/config.h"

struct service_name {
	const char *name; /* IANA's, where it has one */
	uint16_t port;
	bool tcp;
	bool udp;
	bool is_mail;
};

/* The service called NAME, or NULL. */
const struct service_name *services_find(const char *name);

/* Number INDEX of all that have a name, or NULL behind the last. */
const struct service_name *services_at(size_t index);

/* Is PORT, of TCP, one that mail is read or sent by? */
bool services_is_mail(uint16_t port);

/*
 * The limits of a service that sets none: beyond what any one correspondent
 * needs, and below what ties up a server.
 */
struct limits services_limits(uint16_t port);

#endif
