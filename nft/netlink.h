/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_NETLINK_H
#define POSTERN_NFT_NETLINK_H

/*
 * netlink: a NETLINK_NETFILTER socket.
 *
 * Needs CAP_NET_ADMIN in every call: the kernel checks it each time.
 * Every int function returns 0 or a negative errno value.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct netlink;
struct nlattr;
struct nlmsghdr;

/* Room for one message of the kernel's, and for a request. */
#define NETLINK_BUFFER_SIZE 65536

/* GROUPS: bits of the multicast groups to join (1 << (NFNLGRP_x - 1)).
 * -EPERM: the capability is missing. */
__attribute__((warn_unused_result)) int netlink_open(struct netlink **out,
						     uint32_t groups);
void netlink_close(struct netlink *nl);

int netlink_fd(const struct netlink *nl);
/* The address that the kernel knows this socket by. */
uint32_t netlink_port(const struct netlink *nl);
uint32_t netlink_next_seq(struct netlink *nl);

/* A request of SUBSYSTEM in BUF: TYPE, FLAGS (NLM_F_REQUEST is added), FAMILY.
 * Attributes may be put behind it. */
struct nlmsghdr *netlink_request(struct netlink *nl, void *buf,
				 uint8_t subsystem, uint8_t type,
				 uint16_t flags, uint8_t family);

__attribute__((warn_unused_result)) int
netlink_send(struct netlink *nl, const void *data, size_t len);

/* What is there now, without waiting: its length, or -EAGAIN, -ENOBUFS ... */
ssize_t netlink_receive(struct netlink *nl, void *buf, size_t size);

/* Hears each message of an answer.  Not 0 ends the asking with it. */
struct netlink_listener {
	int (*hear)(void *ctx, const struct nlmsghdr *message);
	void *ctx;
};

/*
 * Send REQUEST and read all that comes for it: a dump, or one answer.  The
 * kernel's error becomes the return value: -ENOENT and so on.
 */
__attribute__((warn_unused_result)) int
netlink_ask(struct netlink *nl, struct nlmsghdr *request,
	    const struct netlink_listener *listener);

/* The attribute TYPE of MESSAGE, or in NEST (may be NULL); NULL: not there. */
const struct nlattr *netlink_find(const struct nlmsghdr *message,
				  uint16_t type);
const struct nlattr *netlink_find_nested(const struct nlattr *nest,
					 uint16_t type);

/* What ATTR, which may be NULL, holds in network order; 0, "" where nothing. */
uint32_t netlink_u32(const struct nlattr *attr);
uint64_t netlink_u64(const struct nlattr *attr);
const char *netlink_text(const struct nlattr *attr);

/* The number that every change of the ruleset raises by one. */
__attribute__((warn_unused_result)) int netlink_generation(struct netlink *nl,
							   uint32_t *out);

#endif
