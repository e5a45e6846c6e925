/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: answers from sysfs and the group database.
 */
#include "ctl/warden/host.h"

#include <errno.h>
#include <grp.h>
#include <net/if.h>
#include <stdio.h>
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

/* resolv.conf(5): what the administrator, or the network, wrote there. */
static void find_resolvers(void (*hear)(void *ctx, const char *address),
			   void *ctx)
{
	FILE *file = fopen("/etc/resolv.conf", "re");
	char line[256], address[64];

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " nameserver %63s", address) == 1)
			hear(ctx, address);
	}
	fclose(file);
}

const struct host host_here = {
	.resolvers = find_resolvers,
	.interface = find_interface,
	.group = find_group,
};
