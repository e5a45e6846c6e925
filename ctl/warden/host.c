/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: answers from sysfs, the group database and the interfaces.
 */
#include "ctl/warden/host.h"

#include <errno.h>
#include <grp.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum host_interface find_interface(const char *name)
{
	char path[64];

	if (if_nametoindex(name) == 0)
		return HOST_INTERFACE_NONE;
	snprintf(path, sizeof(path), "/sys/class/net/%s/brport", name);
	return access(path, F_OK) == 0 ? HOST_INTERFACE_BRIDGED
				       : HOST_INTERFACE_ROUTED;
}

static int find_group(const char *name, uint32_t *gid)
{
	const struct group *group = getgrnam(name);

	if (!group)
		return -ENOENT;
	*gid = group->gr_gid;
	return 0;
}

static bool find_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* resolv.conf(5): what the administrator, or the network, wrote there. */
static void find_resolvers(void (*hear)(void *ctx, const char *address),
			   void *ctx)
{
	FILE *file = fopen(HOST_RESOLVERS, "re");
	char line[256], address[64];

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " nameserver %63s", address) == 1)
			hear(ctx, address);
	}
	fclose(file);
}

/* An address that others reach this machine at. */
static bool take_address(const struct ifaddrs *entry, struct prefix *out)
{
	if (!entry->ifa_addr || (entry->ifa_flags & IFF_LOOPBACK))
		return false;
	*out = (struct prefix){ 0 };
	if (entry->ifa_addr->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)entry->ifa_addr;

		out->family = PREFIX_IP4;
		out->length = 32;
		memcpy(out->addr, &in->sin_addr, 4);
		return true;
	}
	if (entry->ifa_addr->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const void *)entry->ifa_addr;

		out->family = PREFIX_IP6;
		out->length = 128;
		memcpy(out->addr, &in->sin6_addr, 16);
		return !IN6_IS_ADDR_LINKLOCAL(&in->sin6_addr);
	}
	return false;
}

static size_t list_addresses(struct prefix *out, size_t size)
{
	struct ifaddrs *list = NULL;
	struct prefix address;
	size_t count = 0;

	if (getifaddrs(&list) < 0)
		return 0;
	for (const struct ifaddrs *entry = list; entry; entry = entry->ifa_next)
		if (take_address(entry, &address)) {
			if (count < size)
				out[count] = address;
			count++;
		}
	freeifaddrs(list);
	return count;
}

const struct host host_here = {
	.resolvers = find_resolvers,
	.interface = find_interface,
	.group = find_group,
	.folder = find_folder,
	.addresses = list_addresses,
};
