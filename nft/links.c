/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * links: one RTM_GETLINK by name.
 */
#include "nft/links.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

struct reading_link {
	struct link_state *out;
	uint32_t master;
};

/* IFLA_LINKINFO: what kind of port this is. */
static int hear_info(const struct nlattr *attr, void *data)
{
	struct reading_link *reading = data;

	if (mnl_attr_get_type(attr) == IFLA_INFO_SLAVE_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_STRING) == 0)
		reading->out->is_port =
			strncmp(mnl_attr_get_payload(attr), "bridge",
				mnl_attr_get_payload_len(attr)) == 0;
	return MNL_CB_OK;
}

static int hear_attribute(const struct nlattr *attr, void *data)
{
	struct reading_link *reading = data;

	if (mnl_attr_get_type(attr) == IFLA_MASTER &&
	    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		reading->master = mnl_attr_get_u32(attr);
	if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
		return mnl_attr_parse_nested(attr, hear_info, data);
	return MNL_CB_OK;
}

static int hear_link(const struct nlmsghdr *message, void *data)
{
	struct reading_link *reading = data;

	reading->out->exists = true;
	return mnl_attr_parse(message, sizeof(struct ifinfomsg), hear_attribute,
			      data);
}

static int ask(struct mnl_socket *socket, const char *interface,
	       struct reading_link *reading)
{
	char buf[32768];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *info;
	ssize_t n;

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = 1;
	info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(request, IFLA_IFNAME, interface);
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(socket, buf, sizeof(buf));
		if (n < 0)
			return -errno;
		n = mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(socket),
			       hear_link, reading);
	} while (n > MNL_CB_STOP);
	return n < 0 && errno != ENODEV ? -errno : 0;
}

int links_ask(struct link_state *out, const char *interface)
{
	struct reading_link reading = { .out = out };
	struct mnl_socket *socket;
	int err = 0;

	*out = (struct link_state){ 0 };
	socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!socket)
		return -errno;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		err = -errno;
	if (!err)
		err = ask(socket, interface, &reading);
	mnl_socket_close(socket);
	if (!err && out->is_port &&
	    !if_indextoname(reading.master, out->bridge))
		strcpy(out->bridge, "?");
	return err;
}
