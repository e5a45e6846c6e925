/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * observe: two kinds of netlink questions, and a short memory of sessions.
 */
#include "nft/observe.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SSH_PORT     22u
#define PORTS_MAX    8u
#define SESSIONS_MAX 256u
#define BUFFER_SIZE  32768u

struct session {
	struct prefix peer;
	uint16_t port;
	uint32_t since_s; /* when it was met first */
	bool seen; /* this time */
};

struct observe {
	struct mnl_socket *route;
	struct mnl_socket *diag;
	uint32_t seq;
	uint16_t ports[PORTS_MAX];
	unsigned int port_count;
	struct session sessions[SESSIONS_MAX];
	unsigned int session_count;
	uint32_t now_s;
	struct prefixset found; /* this time */
	struct prefixset before;
	int error; /* of adding to it */
};

static void add_port(struct observe *o, uint16_t port)
{
	for (unsigned int i = 0; i < o->port_count; i++) {
		if (o->ports[i] == port)
			return;
	}
	if (o->port_count < PORTS_MAX)
		o->ports[o->port_count++] = port;
}

/* 22, and what the configuration calls ssh on this machine. */
static void find_ports(struct observe *o, const struct config *config)
{
	add_port(o, SSH_PORT);
	for (uint8_t i = 0; i < config->server_count; i++) {
		const struct server *server = &config->servers[i];

		for (uint8_t s = 0; s < server->service_count; s++) {
			if (server->zone == CONFIG_ZONE_HOST &&
			    strcmp(server->services[s].name, "ssh") == 0)
				add_port(o, server->services[s].port);
		}
	}
}

static int open_socket(struct mnl_socket **out, int bus)
{
	*out = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!*out)
		return -errno;
	return mnl_socket_bind(*out, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
}

int observe_open(struct observe **out, const struct config *config)
{
	struct observe *o = calloc(1, sizeof(*o));
	int err;

	if (!o)
		return -ENOMEM;
	prefixset_init(&o->found);
	prefixset_init(&o->before);
	find_ports(o, config);
	err = open_socket(&o->route, NETLINK_ROUTE);
	if (!err)
		err = open_socket(&o->diag, NETLINK_SOCK_DIAG);
	if (err) {
		observe_close(o);
		return err;
	}
	*out = o;
	return 0;
}

void observe_close(struct observe *o)
{
	if (!o)
		return;
	if (o->route)
		mnl_socket_close(o->route);
	if (o->diag)
		mnl_socket_close(o->diag);
	prefixset_fini(&o->found);
	prefixset_fini(&o->before);
	free(o);
}

static void add(struct observe *o, uint8_t family, const void *bytes)
{
	struct prefix p;

	if (!prefix_make(&p, family, bytes, prefix_bits(family)) && !o->error)
		o->error = prefixset_add(&o->found, &p);
}

/* Send REQUEST, and give each answer to HEAR. */
static int ask(struct observe *o, struct mnl_socket *socket,
	       struct nlmsghdr *request, mnl_cb_t hear)
{
	char buf[BUFFER_SIZE];
	unsigned int port = mnl_socket_get_portid(socket);
	int got = 1;

	request->nlmsg_seq = ++o->seq;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (got > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(socket, buf, sizeof(buf));

		if (n < 0)
			return -errno;
		got = mnl_cb_run(buf, (size_t)n, o->seq, port, hear, o);
	}
	return got < 0 ? -errno : 0;
}

/* Gateways */

static int take_gateway(const struct nlattr *attr, void *ctx)
{
	uint16_t len = mnl_attr_get_payload_len(attr);
	const uint8_t *bytes = mnl_attr_get_payload(attr);

	if (mnl_attr_get_type(attr) == RTA_VIA && len > 2) {
		/* struct rtvia: a family of two bytes, and its address. */
		bytes += 2;
		len = (uint16_t)(len - 2);
	} else if (mnl_attr_get_type(attr) != RTA_GATEWAY) {
		return MNL_CB_OK;
	}
	if (len == 4)
		add(ctx, PREFIX_IP4, bytes);
	else if (len == 16)
		add(ctx, PREFIX_IP6, bytes);
	return MNL_CB_OK;
}

static void take_hops(struct observe *o, const struct nlattr *attr)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(attr);
	size_t left = mnl_attr_get_payload_len(attr);

	while (left >= sizeof(*hop) && hop->rtnh_len >= sizeof(*hop) &&
	       hop->rtnh_len <= left) {
		size_t step = (hop->rtnh_len + 3u) & ~(size_t)3u;

		if (mnl_attr_parse_payload(hop + 1,
					   hop->rtnh_len - sizeof(*hop),
					   take_gateway, o) < 0 ||
		    step > left)
			break;
		left -= step;
		hop = (const struct rtnexthop *)((const char *)hop + step);
	}
}

static int take_attribute(const struct nlattr *attr, void *ctx)
{
	if (mnl_attr_get_type(attr) == RTA_MULTIPATH)
		take_hops(ctx, attr);
	return take_gateway(attr, ctx);
}

static int hear_route(const struct nlmsghdr *message, void *ctx)
{
	if (message->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	if (mnl_attr_parse(message, sizeof(struct rtmsg), take_attribute, ctx) <
	    0)
		return MNL_CB_ERROR;
	return MNL_CB_STOP;
}

/* The way to ADDRESS, as the whole entry of the table that it meets. */
static int ask_route(struct observe *o, const char *address)
{
	char buf[256];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct rtmsg *route;
	struct prefix p;
	int err;

	if (prefix_parse_address(&p, address, strlen(address)))
		return -EINVAL;
	request->nlmsg_type = RTM_GETROUTE;
	request->nlmsg_flags = NLM_F_REQUEST;
	route = mnl_nlmsg_put_extra_header(request, sizeof(*route));
	route->rtm_family = p.family == PREFIX_IP4 ? AF_INET : AF_INET6;
	route->rtm_dst_len = (unsigned char)prefix_bits(p.family);
	route->rtm_flags = RTM_F_FIB_MATCH;
	mnl_attr_put(request, RTA_DST, prefix_bytes(p.family), p.addr);
	err = ask(o, o->route, request, hear_route);
	/* There may be no way at all: then there is no gateway either. */
	return err == -ENETUNREACH || err == -EHOSTUNREACH || err == -EACCES ||
			       err == -EINVAL || err == -EAFNOSUPPORT
		       ? 0
		       : err;
}

/* Our own addresses */

static int take_address(const struct nlattr *attr, void *ctx)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint16_t len = mnl_attr_get_payload_len(attr);

	/* On a point-to-point link IFA_ADDRESS is the other end: a gateway,
	 * or nearly. */
	if ((type == IFA_LOCAL || type == IFA_ADDRESS) && len == 4)
		add(ctx, PREFIX_IP4, mnl_attr_get_payload(attr));
	else if ((type == IFA_LOCAL || type == IFA_ADDRESS) && len == 16)
		add(ctx, PREFIX_IP6, mnl_attr_get_payload(attr));
	return MNL_CB_OK;
}

static int hear_address(const struct nlmsghdr *message, void *ctx)
{
	if (message->nlmsg_type == RTM_NEWADDR &&
	    mnl_attr_parse(message, sizeof(struct ifaddrmsg), take_address,
			   ctx) < 0)
		return MNL_CB_ERROR;
	return MNL_CB_OK;
}

static int look_for_own_addresses(struct observe *o)
{
	char buf[256];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *address;

	request->nlmsg_type = RTM_GETADDR;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	address = mnl_nlmsg_put_extra_header(request, sizeof(*address));
	address->ifa_family = AF_UNSPEC;
	return ask(o, o->route, request, hear_address);
}

/* Administrators */

static struct session *session_of(struct observe *o, const struct prefix *peer,
				  uint16_t port)
{
	for (unsigned int i = 0; i < o->session_count; i++) {
		if (o->sessions[i].port == port &&
		    prefix_equal(&o->sessions[i].peer, peer))
			return &o->sessions[i];
	}
	if (o->session_count == SESSIONS_MAX)
		return NULL;
	o->sessions[o->session_count] = (struct session){
		.peer = *peer,
		.port = port,
		.since_s = o->now_s,
	};
	return &o->sessions[o->session_count++];
}

static int hear_session(const struct nlmsghdr *message, void *ctx)
{
	const struct inet_diag_msg *diag = mnl_nlmsg_get_payload(message);
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *bytes;
	struct observe *o = ctx;
	struct session *session;
	struct prefix peer;
	uint8_t family = PREFIX_IP4;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*diag))
		return MNL_CB_OK;
	bytes = (const uint8_t *)diag->id.idiag_dst;
	if (diag->idiag_family == AF_INET6)
		family = PREFIX_IP6;
	if (family == PREFIX_IP6 && memcmp(bytes, mapped, 12) == 0) {
		bytes += 12;
		family = PREFIX_IP4;
	}
	if (prefix_make(&peer, family, bytes, prefix_bits(family)))
		return MNL_CB_OK;
	session = session_of(o, &peer, ntohs(diag->id.idiag_dport));
	if (session)
		session->seen = true;
	return MNL_CB_OK;
}

static int ask_sessions(struct observe *o, uint8_t family, uint16_t port)
{
	const struct inet_diag_bc_op only_port[] = {
		{ INET_DIAG_BC_S_EQ, 8, 12 },
		{ 0, 0, port },
	};
	char buf[512];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *diag;

	request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	diag = mnl_nlmsg_put_extra_header(request, sizeof(*diag));
	diag->sdiag_family = family;
	diag->sdiag_protocol = IPPROTO_TCP;
	diag->idiag_states = 1u << TCP_ESTABLISHED;
	mnl_attr_put(request, INET_DIAG_REQ_BYTECODE, sizeof(only_port),
		     only_port);
	return ask(o, o->diag, request, hear_session);
}

static int look_for_sessions(struct observe *o)
{
	int err = 0;

	for (unsigned int i = 0; i < o->session_count; i++)
		o->sessions[i].seen = false;
	for (unsigned int i = 0; i < o->port_count && !err; i++) {
		err = ask_sessions(o, AF_INET, o->ports[i]);
		if (!err)
			err = ask_sessions(o, AF_INET6, o->ports[i]);
	}
	return err;
}

/* Who left is forgotten; who stayed long enough is an administrator. */
static void keep_sessions(struct observe *o)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < o->session_count; i++) {
		const struct session *session = &o->sessions[i];

		if (!session->seen)
			continue;
		if (o->now_s - session->since_s >= OBSERVE_LOGIN_S && !o->error)
			o->error = prefixset_add(&o->found, &session->peer);
		o->sessions[kept++] = *session;
	}
	o->session_count = kept;
}

static int look_for_gateways(struct observe *o)
{
	/* Of different parts of the space: uplinks may share it. */
	static const char *const ways[] = {
		"1.0.0.1",    "80.0.0.1", "150.0.0.1", "200.0.0.1",
		"2001:200::", "2600::",	  "2a00::",    "2c00::",
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && !err; i++)
		err = ask_route(o, ways[i]);
	return err;
}

static bool is_same(const struct prefixset *a, const struct prefixset *b)
{
	return a->count == b->count &&
	       (a->count == 0 ||
		memcmp(a->items, b->items, a->count * sizeof(*a->items)) == 0);
}

int observe_look(struct observe *o, uint32_t now_s, struct prefixset *out)
{
	int err;

	o->now_s = now_s;
	o->error = 0;
	prefixset_fini(&o->found);
	err = look_for_gateways(o);
	if (!err)
		err = look_for_own_addresses(o);
	if (!err)
		err = look_for_sessions(o);
	keep_sessions(o);
	if (err || o->error)
		return err ? err : o->error;
	prefixset_seal(&o->found);
	if (is_same(&o->found, &o->before))
		return 0;
	prefixset_fini(&o->before);
	for (size_t i = 0; i < o->found.count && !err; i++)
		err = prefixset_add(&o->before, &o->found.items[i]);
	if (err)
		return err;
	*out = o->found;
	prefixset_init(&o->found);
	return 1;
}

void observe_forget(struct observe *o)
{
	prefixset_fini(&o->before);
}
