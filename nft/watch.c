/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch: notifications of NFNLGRP_NFTABLES.
 */
#include "nft/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ctl/core/escape.h"
#include "nft/netlink.h"
#include "nft/ruleset.h"

/* Text transactions whose notifications may still be under way. */
#define OWN_MAX 16

struct watch {
	struct netlink *nl;
	bool touched; /* by the transaction whose end is to come */
	bool table_gone;
	uint32_t own[OWN_MAX];
	unsigned int own_next;
	char buf[NETLINK_BUFFER_SIZE];
	const struct nlmsghdr *at; /* what is still to be looked at */
	int left;
};

/* Messages whose sender is PORT are dropped by the socket itself. */
static int attach_filter(int fd, uint32_t port)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct nlmsghdr, nlmsg_pid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(port), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)) < 0)
		return -errno;
	return 0;
}

int watch_open(struct watch **out, uint32_t own_port)
{
	struct watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	err = netlink_open(&w->nl, 1u << (NFNLGRP_NFTABLES - 1));
	if (!err)
		err = attach_filter(netlink_fd(w->nl), own_port);
	if (err) {
		watch_close(w);
		return err;
	}
	*out = w;
	return 0;
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	netlink_close(w->nl);
	free(w);
}

int watch_fd(const struct watch *w)
{
	return netlink_fd(w->nl);
}

void watch_pause(struct watch *w, bool paused)
{
	static const int group = NFNLGRP_NFTABLES;
	int what = paused ? NETLINK_DROP_MEMBERSHIP : NETLINK_ADD_MEMBERSHIP;

	/* Neither can fail for a member of a group that exists. */
	setsockopt(netlink_fd(w->nl), SOL_NETLINK, what, &group, sizeof(group));
	if (!paused)
		return;
	while (netlink_receive(w->nl, w->buf, sizeof(w->buf)) > 0)
		continue;
	w->left = 0;
	w->touched = false;
	w->table_gone = false;
}

void watch_own(struct watch *w, uint32_t generation)
{
	w->own[w->own_next++ % OWN_MAX] = generation;
}

static bool is_own(const struct watch *w, uint32_t generation)
{
	for (size_t i = 0; i < OWN_MAX; i++) {
		if (w->own[i] == generation)
			return true;
	}
	return false;
}

static void note_change(struct watch *w, const struct nlmsghdr *message)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(message);
	const char *table;

	if (nfg->nfgen_family != NFPROTO_INET)
		return;
	/* The table's name has the same number in every kind of message. */
	table = netlink_text(netlink_find(message, NFTA_TABLE_NAME));
	if (strcmp(table, RULESET_TABLE) != 0)
		return;
	w->touched = true;
	switch (NFNL_MSG_TYPE(message->nlmsg_type)) {
	case NFT_MSG_DELTABLE:
		w->table_gone = true;
		break;
	case NFT_MSG_NEWTABLE:
		w->table_gone = false;
		break;
	}
}

/* The end of a transaction.  True: a foreign one that touched our table. */
static bool note_generation(struct watch *w, const struct nlmsghdr *message,
			    struct drift *out)
{
	uint32_t id = netlink_u32(netlink_find(message, NFTA_GEN_ID));
	const char *name;
	bool drifted = w->touched && !is_own(w, id);

	if (drifted) {
		name = netlink_text(netlink_find(message, NFTA_GEN_PROC_NAME));
		*out = (struct drift){
			.pid = netlink_u32(
				netlink_find(message, NFTA_GEN_PROC_PID)),
			.table_gone = w->table_gone,
		};
		escape_text(out->name, sizeof(out->name), name, strlen(name));
	}
	w->touched = false;
	w->table_gone = false;
	return drifted;
}

/* 1: there are messages to look at. */
static int refill(struct watch *w)
{
	ssize_t n = netlink_receive(w->nl, w->buf, sizeof(w->buf));

	if (n < 0)
		return n == -EAGAIN ? 0 : (int)n;
	w->at = (const void *)w->buf;
	w->left = (int)n;
	return 1;
}

int watch_read(struct watch *w, struct drift *out)
{
	for (;;) {
		const struct nlmsghdr *message;
		int more;

		if (!mnl_nlmsg_ok(w->at, w->left)) {
			more = refill(w);
			if (more <= 0)
				return more;
			continue;
		}
		message = w->at;
		w->at = mnl_nlmsg_next(message, &w->left);
		if (NFNL_SUBSYS_ID(message->nlmsg_type) !=
			    NFNL_SUBSYS_NFTABLES ||
		    mnl_nlmsg_get_payload_len(message) <
			    sizeof(struct nfgenmsg))
			continue;
		if (NFNL_MSG_TYPE(message->nlmsg_type) != NFT_MSG_NEWGEN)
			note_change(w, message);
		else if (note_generation(w, message, out))
			return 1;
	}
}
