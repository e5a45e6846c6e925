/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_HOST_H
#define POSTERN_WARDEN_HOST_H

/*
 * host: what check asks about the machine, so that its tests need none.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

/* Where the system's name servers are. */
#define HOST_RESOLVERS "/etc/resolv.conf"

enum host_interface {
	HOST_INTERFACE_NONE, /* not now: it may come */
	HOST_INTERFACE_ROUTED,
	HOST_INTERFACE_BRIDGED, /* a port of a bridge: no packet is routed */
};

struct host {
	enum host_interface (*interface)(const char *name);
	/* The number of the group NAME.  -ENOENT: there is none. */
	int (*group)(const char *name, uint32_t *gid);
	/* Is there a folder PATH? */
	bool (*folder)(const char *path);
	/* Call HEAR with each name server of the system, as text; NULL: not
	 * asked. */
	void (*resolvers)(void (*hear)(void *ctx, const char *address),
			  void *ctx);
	/* Its own addresses, but those that nobody reaches from elsewhere:
	 * loopback, link-local.  How many there are; the first SIZE in OUT. */
	size_t (*addresses)(struct prefix *out, size_t size);
};

/* This machine. */
extern const struct host host_here;

#endif
