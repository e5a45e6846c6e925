/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: one function per question, one table of questions.
 */
#include "nft/probe.h"

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "ctl/core/act.h"
#include "nft/links.h"
#include "nft/netlink.h"

/* Debian 12's; the least kernel that was tested. */
#define KERNEL_MAJOR 6
#define KERNEL_MINOR 1

struct asking {
	const struct config *config;
	struct netlink *nl;
	const struct kernel_state *state;
	const struct probe_listener *listener;
};

__attribute__((format(printf, 4, 5))) static void
say(const struct asking *asking, enum probe_verdict verdict, const char *name,
    const char *format, ...)
{
	struct probe probe = { .verdict = (uint8_t)verdict };
	va_list args;

	snprintf(probe.name, sizeof(probe.name), "%s", name);
	va_start(args, format);
	vsnprintf(probe.detail, sizeof(probe.detail), format, args);
	va_end(args);
	asking->listener->hear(asking->listener->ctx, &probe);
}

static void ask_kernel(const struct asking *asking)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	if (uname(&name) < 0 ||
	    sscanf(name.release, "%u.%u", &major, &minor) != 2) {
		say(asking, PROBE_WARN, "kernel", "its version is not known");
		return;
	}
	if (major < KERNEL_MAJOR ||
	    (major == KERNEL_MAJOR && minor < KERNEL_MINOR))
		say(asking, PROBE_BAD, "kernel",
		    "Linux %u.%u is too old; %u.%u is the least", major, minor,
		    KERNEL_MAJOR, KERNEL_MINOR);
	else
		say(asking, PROBE_GOOD, "kernel", "Linux %u.%u", major, minor);
}

static void ask_ruleset(const struct asking *asking)
{
	const struct kernel_state *state = asking->state;

	if (!state->loaded)
		say(asking, PROBE_BAD, "ruleset",
		    "not loaded: %s; see the journal of postern-nft",
		    strerror(state->error));
	else if (state->gate != GATE_OPEN)
		say(asking, PROBE_WARN, "ruleset",
		    "loaded; the gate is %s; `postern resume` opens it",
		    gate_name((enum gate)state->gate));
	else
		say(asking, PROBE_GOOD, "ruleset",
		    "loaded, bans of generation %u, gate open",
		    state->generation);
	if (state->repairs)
		say(asking, PROBE_WARN, "drift",
		    "others changed our table %llu times; repaired each time; "
		    "`postern log` or the journal says who",
		    (unsigned long long)state->repairs);
	else
		say(asking, PROBE_GOOD, "drift",
		    "nobody else has changed our table");
}

static int hear_flowtable(void *ctx, const struct nlmsghdr *message)
{
	char *name = ctx;

	snprintf(name, ACT_NAME_SIZE, "%s",
		 netlink_text(netlink_find(message, NFTA_FLOWTABLE_NAME)));
	return 0;
}

static void ask_flowtables(const struct asking *asking)
{
	char name[ACT_NAME_SIZE] = "";
	struct netlink_listener listener = { hear_flowtable, name };
	struct nlmsghdr *request;
	char buf[64];

	request = netlink_request(asking->nl, buf, NFNL_SUBSYS_NFTABLES,
				  NFT_MSG_GETFLOWTABLE, NLM_F_DUMP,
				  NFPROTO_UNSPEC);
	if (netlink_ask(asking->nl, request, &listener))
		say(asking, PROBE_WARN, "flowtables", "cannot be listed");
	else if (name[0])
		say(asking, PROBE_WARN, "flowtables",
		    "%s: sessions that it carries go on after a ban; keep "
		    "mail ports out of it",
		    name);
	else
		say(asking, PROBE_GOOD, "flowtables",
		    "none: no session goes around the bans");
}

static bool has_routed_server(const struct config *config, uint8_t family)
{
	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *server = &config->servers[i];

		for (uint8_t a = 0; a < server->address_count; a++) {
			if (server->zone != CONFIG_ZONE_HOST &&
			    server->addresses[a].family == family)
				return true;
		}
	}
	return false;
}

static void ask_forwarding(const struct asking *asking)
{
	static const struct {
		uint8_t family;
		const char *name;
		const char *path;
	} switches[] = {
		{ PREFIX_IP4, "net.ipv4.ip_forward",
		  "/proc/sys/net/ipv4/ip_forward" },
		{ PREFIX_IP6, "net.ipv6.conf.all.forwarding",
		  "/proc/sys/net/ipv6/conf/all/forwarding" },
	};

	for (size_t i = 0; i < 2; i++) {
		FILE *file;
		int value = 1;

		if (!has_routed_server(asking->config, switches[i].family))
			continue;
		file = fopen(switches[i].path, "re");
		if (file && fscanf(file, "%d", &value) != 1)
			value = 1;
		if (file)
			fclose(file);
		say(asking, value ? PROBE_GOOD : PROBE_WARN, "forwarding",
		    value ? "%s is on"
			  : "%s is 0: no packet reaches the servers; "
			    "sysctl -w it to 1",
		    switches[i].name);
	}
}

static void ask_interfaces(const struct asking *asking)
{
	const struct config *config = asking->config;
	unsigned int missing = 0;
	struct probe bridge;

	for (uint8_t z = 0; z < config->zone_count; z++) {
		const struct zone *zone = &config->zones[z];

		for (uint8_t i = 0; i < zone->interface_count; i++) {
			struct link_state link;

			if (links_ask(&link, zone->interfaces[i]) ||
			    link.exists)
				continue;
			missing++;
			say(asking, PROBE_WARN, "interfaces",
			    "%s of zone %s does not exist now; its rules wait "
			    "for it",
			    zone->interfaces[i], zone->name);
		}
	}
	if (probe_bridges(config, &bridge))
		asking->listener->hear(asking->listener->ctx, &bridge);
	else if (!missing)
		say(asking, PROBE_GOOD, "interfaces",
		    "all there, and none is a bridge's port");
}

bool probe_bridges(const struct config *config, struct probe *out)
{
	for (uint8_t z = 0; z < config->zone_count; z++) {
		const struct zone *zone = &config->zones[z];

		for (uint8_t i = 0; i < zone->interface_count; i++) {
			struct link_state link;

			if (links_ask(&link, zone->interfaces[i]) ||
			    !link.is_port)
				continue;
			*out = (struct probe){ .verdict = PROBE_BAD };
			snprintf(out->name, sizeof(out->name), "interfaces");
			snprintf(out->detail, sizeof(out->detail),
				 "zone \"%s\": %s is a port of the bridge %s, "
				 "whose packets no rule sees; name %s itself "
				 "where this machine routes",
				 zone->name, zone->interfaces[i], link.bridge,
				 link.bridge);
			return true;
		}
	}
	return false;
}

void probe_all(const struct config *config, struct netlink *nl,
	       const struct kernel_state *state,
	       const struct probe_listener *listener)
{
	const struct asking asking = { config, nl, state, listener };
	static void (*const questions[])(const struct asking *) = {
		ask_kernel,	ask_ruleset,	ask_flowtables,
		ask_forwarding, ask_interfaces,
	};

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		questions[i](&asking);
}
