/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_PROBE_H
#define POSTERN_NFT_PROBE_H

/*
 * probe: what `postern doctor` wants to know of the kernel.
 */
#include "ctl/core/config.h"
#include "ctl/core/msg.h"

struct netlink;

struct probe_listener {
	void (*hear)(void *ctx, const struct probe *probe);
	void *ctx;
};

/* Look at everything, and tell what was found and what to do about it. */
void probe_all(const struct config *config, struct netlink *nl,
	       const struct kernel_state *state,
	       const struct probe_listener *listener);

/*
 * A zone's interface is a port of a bridge: its packets are switched, and no
 * rule of ours would ever see them.  True: OUT says so.
 */
bool probe_bridges(const struct config *config, struct probe *out);

#endif
