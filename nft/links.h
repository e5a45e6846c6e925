/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_LINKS_H
#define POSTERN_NFT_LINKS_H

/*
 * links: what an interface is, by rtnetlink.
 */
#include <net/if.h>
#include <stdbool.h>

struct link_state {
	bool exists;
	bool is_port; /* of a bridge: its packets are switched, not routed */
	char bridge[IFNAMSIZ]; /* the bridge's name */
};

/* -errno of the asking; an interface that is not there is no error. */
__attribute__((warn_unused_result)) int links_ask(struct link_state *out,
						  const char *interface);

#endif
