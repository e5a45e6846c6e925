/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlink: requests and answers.  Knows framing; knows no table.
 */
#include "nft/netlink.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* A batch of thousands of elements, and its answers, in one piece. */
#define SOCKET_BUFFER (16 << 20)

struct netlink {
	struct mnl_socket *socket;
	uint32_t port;
	uint32_t seq;
};

int netlink_open(struct netlink **out, uint32_t groups)
{
	struct netlink *nl = calloc(1, sizeof(*nl));
	int size = SOCKET_BUFFER;
	int fd, err;

	if (!nl)
		return -ENOMEM;
	nl->socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!nl->socket)
		goto fail;
	if (mnl_socket_bind(nl->socket, groups, MNL_SOCKET_AUTOPID) < 0)
		goto fail;
	fd = mnl_socket_get_fd(nl->socket);
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		goto fail;
	nl->port = mnl_socket_get_portid(nl->socket);
	nl->seq = (uint32_t)time(NULL);
	*out = nl;
	return 0;
fail:
	err = -errno;
	netlink_close(nl);
	return err;
}

void netlink_close(struct netlink *nl)
{
	if (!nl)
		return;
	if (nl->socket)
		mnl_socket_close(nl->socket);
	free(nl);
}

int netlink_fd(const struct netlink *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

uint32_t netlink_port(const struct netlink *nl)
{
	return nl->port;
}

uint32_t netlink_next_seq(struct netlink *nl)
{
	return ++nl->seq;
}

struct nlmsghdr *netlink_request(struct netlink *nl, void *buf,
				 uint8_t subsystem, uint8_t type,
				 uint16_t flags, uint8_t family)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	message->nlmsg_type = (uint16_t)(subsystem << 8 | type);
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = netlink_next_seq(nl);
	nfg = mnl_nlmsg_put_extra_header(message, sizeof(*nfg));
	nfg->nfgen_family = family;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = 0;
	return message;
}

int netlink_send(struct netlink *nl, const void *data, size_t len)
{
	return mnl_socket_sendto(nl->socket, data, len) < 0 ? -errno : 0;
}

ssize_t netlink_receive(struct netlink *nl, void *buf, size_t size)
{
	ssize_t n;

	do
		n = recv(netlink_fd(nl), buf, size, MSG_DONTWAIT | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n > size ? -EMSGSIZE : n;
}

/* 1: go on.  0: the answer is complete.  Else the error. */
static int hear_message(const struct nlmsghdr *message,
			const struct netlink_listener *listener)
{
	const struct nlmsgerr *error;
	int err;

	switch (message->nlmsg_type) {
	case NLMSG_NOOP:
		return 1;
	case NLMSG_DONE:
		return 0;
	case NLMSG_ERROR:
		if (mnl_nlmsg_get_payload_len(message) < sizeof(*error))
			return -EBADMSG;
		error = mnl_nlmsg_get_payload(message);
		return error->error;
	}
	/* The set changed while it was listed: the list is not whole. */
	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		return -EINTR;
	err = listener->hear(listener->ctx, message);
	if (err)
		return err;
	return message->nlmsg_flags & NLM_F_MULTI ? 1 : 0;
}

int netlink_ask(struct netlink *nl, struct nlmsghdr *request,
		const struct netlink_listener *listener)
{
	char buf[NETLINK_BUFFER_SIZE];
	uint32_t seq = request->nlmsg_seq;
	int result;

	result = netlink_send(nl, request, request->nlmsg_len);
	if (result)
		return result;
	for (;;) {
		const struct nlmsghdr *message = (const void *)buf;
		ssize_t n = mnl_socket_recvfrom(nl->socket, buf, sizeof(buf));
		int left = (int)n;

		if (n < 0)
			return -errno;
		for (; mnl_nlmsg_ok(message, left);
		     message = mnl_nlmsg_next(message, &left)) {
			if (message->nlmsg_seq != seq)
				continue;
			result = hear_message(message, listener);
			if (result <= 0)
				return result;
		}
	}
}

/* Attributes and headers begin at multiples of four. */
static size_t align(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

static const struct nlattr *find(const char *at, size_t len, uint16_t type)
{
	while (len >= sizeof(struct nlattr)) {
		const struct nlattr *attr = (const void *)at;
		size_t used = align(attr->nla_len);

		if (attr->nla_len < sizeof(*attr) || attr->nla_len > len)
			return NULL;
		if (mnl_attr_get_type(attr) == type)
			return attr;
		if (used > len)
			return NULL;
		at += used;
		len -= used;
	}
	return NULL;
}

const struct nlattr *netlink_find(const struct nlmsghdr *message, uint16_t type)
{
	size_t head = align(sizeof(struct nfgenmsg));
	size_t len = mnl_nlmsg_get_payload_len(message);

	if (len < head)
		return NULL;
	return find(mnl_nlmsg_get_payload_offset(message, head), len - head,
		    type);
}

const struct nlattr *netlink_find_nested(const struct nlattr *nest,
					 uint16_t type)
{
	if (!nest)
		return NULL;
	return find(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest),
		    type);
}

uint32_t netlink_u32(const struct nlattr *attr)
{
	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(uint32_t))
		return 0;
	return ntohl(mnl_attr_get_u32(attr));
}

uint64_t netlink_u64(const struct nlattr *attr)
{
	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(uint64_t))
		return 0;
	return be64toh(mnl_attr_get_u64(attr));
}

const char *netlink_text(const struct nlattr *attr)
{
	const char *text;
	size_t len;

	if (!attr)
		return "";
	text = mnl_attr_get_payload(attr);
	len = mnl_attr_get_payload_len(attr);
	return len > 0 && text[len - 1] == '\0' ? text : "";
}

static int hear_generation(void *ctx, const struct nlmsghdr *message)
{
	*(uint32_t *)ctx = netlink_u32(netlink_find(message, NFTA_GEN_ID));
	return 0;
}

int netlink_generation(struct netlink *nl, uint32_t *out)
{
	struct netlink_listener listener = { hear_generation, out };
	char buf[64];

	return netlink_ask(nl,
			   netlink_request(nl, buf, NFNL_SUBSYS_NFTABLES,
					   NFT_MSG_GETGEN, 0, AF_UNSPEC),
			   &listener);
}
