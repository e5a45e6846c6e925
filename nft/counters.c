/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counters: one listing of the table's objects.
 */
#include "nft/counters.h"

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

#include "nft/netlink.h"
#include "nft/ruleset.h"

struct reading_counters {
	void (*hear)(void *ctx, const struct counter *counter);
	void *ctx;
};

static int hear_object(void *ctx, const struct nlmsghdr *message)
{
	struct reading_counters *reader = ctx;
	const struct nlattr *data = netlink_find(message, NFTA_OBJ_DATA);
	struct counter counter = { 0 };

	if (netlink_u32(netlink_find(message, NFTA_OBJ_TYPE)) !=
	    NFT_OBJECT_COUNTER)
		return 0;
	snprintf(counter.name, sizeof(counter.name), "%s",
		 netlink_text(netlink_find(message, NFTA_OBJ_NAME)));
	counter.packets =
		netlink_u64(netlink_find_nested(data, NFTA_COUNTER_PACKETS));
	counter.bytes =
		netlink_u64(netlink_find_nested(data, NFTA_COUNTER_BYTES));
	reader->hear(reader->ctx, &counter);
	return 0;
}

int counters_read(struct netlink *nl,
		  void (*hear)(void *ctx, const struct counter *counter),
		  void *ctx)
{
	struct reading_counters reader = { hear, ctx };
	struct netlink_listener listener = { hear_object, &reader };
	struct nlmsghdr *request;
	char buf[256];

	request = netlink_request(nl, buf, NFNL_SUBSYS_NFTABLES, NFT_MSG_GETOBJ,
				  NLM_F_DUMP, NFPROTO_INET);
	mnl_attr_put_strz(request, NFTA_OBJ_TABLE, RULESET_TABLE);
	return netlink_ask(nl, request, &listener);
}
