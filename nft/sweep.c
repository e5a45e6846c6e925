/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep: a listing on one socket, deletions on another.
 */
#include "nft/sweep.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/prefixset.h"
#include "nft/netlink.h"

#define PREFIXES_MAX 65536u

struct sweep {
	struct netlink *listing;
	struct netlink *deleting;
	struct prefixset waiting; /* for the next sweep */
	struct prefixset swept; /* by this one */
	bool running;
	uint64_t deleted;
};

int sweep_open(struct sweep **out)
{
	struct sweep *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	err = netlink_open(&s->listing, 0);
	if (!err)
		err = netlink_open(&s->deleting, 0);
	if (err) {
		sweep_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void sweep_close(struct sweep *s)
{
	if (!s)
		return;
	netlink_close(s->listing);
	netlink_close(s->deleting);
	prefixset_fini(&s->waiting);
	prefixset_fini(&s->swept);
	free(s);
}

int sweep_fd(const struct sweep *s)
{
	return netlink_fd(s->listing);
}

void sweep_add(struct sweep *s, const struct prefix *p)
{
	int ignored = 0;

	if (s->waiting.count < PREFIXES_MAX)
		ignored = prefixset_add(&s->waiting, p);
	(void)ignored; /* out of memory: the entry times out instead */
}

bool sweep_is_due(const struct sweep *s)
{
	return !s->running && s->waiting.count > 0;
}

int sweep_begin(struct sweep *s)
{
	struct nlmsghdr *request;
	char buf[64];
	int err;

	request = netlink_request(s->listing, buf, NFNL_SUBSYS_CTNETLINK,
				  IPCTNL_MSG_CT_GET, NLM_F_DUMP, AF_UNSPEC);
	err = netlink_send(s->listing, request, request->nlmsg_len);
	if (err)
		return err;
	prefixset_fini(&s->swept);
	s->swept = s->waiting;
	prefixset_init(&s->waiting);
	prefixset_seal(&s->swept);
	s->running = true;
	return 0;
}

/* The source of a tuple, as an address.  False: it has none. */
static bool tuple_source(const struct nlattr *tuple, struct prefix *out)
{
	const struct nlattr *ip = netlink_find_nested(tuple, CTA_TUPLE_IP);
	const struct nlattr *address;

	address = netlink_find_nested(ip, CTA_IP_V4_SRC);
	if (address && mnl_attr_get_payload_len(address) == 4)
		return prefix_make(out, PREFIX_IP4,
				   mnl_attr_get_payload(address), 32) == 0;
	address = netlink_find_nested(ip, CTA_IP_V6_SRC);
	if (address && mnl_attr_get_payload_len(address) == 16)
		return prefix_make(out, PREFIX_IP6,
				   mnl_attr_get_payload(address), 128) == 0;
	return false;
}

static bool is_banned(const struct sweep *s, const struct nlattr *tuple)
{
	struct prefix source;

	return tuple_source(tuple, &source) &&
	       prefixset_overlap(&s->swept, &source);
}

static void delete_entry(struct sweep *s, const struct nlmsghdr *message)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(message);
	static const uint16_t kept[] = { CTA_TUPLE_ORIG, CTA_ZONE, CTA_ID };
	struct nlmsghdr *request;
	char buf[1024];

	request = netlink_request(s->deleting, buf, NFNL_SUBSYS_CTNETLINK,
				  IPCTNL_MSG_CT_DELETE, 0, nfg->nfgen_family);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const struct nlattr *attr = netlink_find(message, kept[i]);

		if (!attr ||
		    request->nlmsg_len + attr->nla_len + 8 > sizeof(buf))
			continue;
		mnl_attr_put(request, attr->nla_type,
			     mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
	}
	if (netlink_send(s->deleting, request, request->nlmsg_len) == 0)
		s->deleted++;
}

/* Refusals (the entry went by itself meanwhile) are of no interest. */
static void drain_answers(struct sweep *s)
{
	char buf[NETLINK_BUFFER_SIZE];

	while (netlink_receive(s->deleting, buf, sizeof(buf)) > 0)
		continue;
}

/* The peer of a session is the source of its first packet, or, where our
 * server began it, of the answers. */
static void look_at(struct sweep *s, const struct nlmsghdr *message)
{
	if (NFNL_SUBSYS_ID(message->nlmsg_type) != NFNL_SUBSYS_CTNETLINK)
		return;
	if (is_banned(s, netlink_find(message, CTA_TUPLE_ORIG)) ||
	    is_banned(s, netlink_find(message, CTA_TUPLE_REPLY)))
		delete_entry(s, message);
}

bool sweep_work(struct sweep *s)
{
	char buf[NETLINK_BUFFER_SIZE];
	const struct nlmsghdr *message = (const void *)buf;
	ssize_t n = netlink_receive(s->listing, buf, sizeof(buf));
	int left = (int)n;

	if (n == -EAGAIN)
		return s->running;
	if (n < 0)
		s->running = false;
	for (; n > 0 && mnl_nlmsg_ok(message, left);
	     message = mnl_nlmsg_next(message, &left)) {
		if (message->nlmsg_type == NLMSG_DONE ||
		    message->nlmsg_type == NLMSG_ERROR)
			s->running = false;
		else
			look_at(s, message);
	}
	drain_answers(s);
	return s->running;
}

uint64_t sweep_deleted(const struct sweep *s)
{
	return s->deleted;
}
