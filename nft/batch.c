/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * batch: netlink messages written attribute by attribute into one buffer:
 * for a million elements libnftnl's objects cost more than the kernel.
 */
#include "nft/batch.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "nft/netlink.h"

/* The longest element: nest, key nest, 16 bytes of key, term. */
#define ELEMENT_SIZE_MAX 48u
/* A nested attribute holds less than 64 KiB. */
#define NEST_SIZE_MAX 65000u
/* A message's head: header, family, table, set, nest. */
#define HEAD_SIZE 160u
/* Alternating sets or steps cost a head each. */
#define BUFFER_SIZE (BATCH_ELEMENTS_MAX * (ELEMENT_SIZE_MAX + HEAD_SIZE) + 4096)

struct batch {
	struct netlink *nl;
	const char *table;
	char *buf;
	char *end; /* where the next message begins */
	struct nlmsghdr *open; /* the message being filled, or NULL */
	struct nlattr *elements; /* its nest */
	enum batch_step step; /* of it */
	const char *set; /* of it */
	uint32_t last_seq; /* of the message that asks for an answer */
	unsigned int count;
	uint64_t commits;
};

int batch_new(struct batch **out, struct netlink *nl, const char *table)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->nl = nl;
	b->table = table;
	b->buf = malloc(BUFFER_SIZE);
	if (!b->buf) {
		free(b);
		return -ENOMEM;
	}
	*out = b;
	return 0;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	free(b->buf);
	free(b);
}

/* The messages that begin and end a batch name the subsystem. */
static void put_frame(struct batch *b, uint16_t type)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(b->end);
	struct nfgenmsg *nfg;

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST;
	message->nlmsg_seq = netlink_next_seq(b->nl);
	nfg = mnl_nlmsg_put_extra_header(message, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(NFNL_SUBSYS_NFTABLES);
	b->end += message->nlmsg_len;
}

void batch_begin(struct batch *b)
{
	b->end = b->buf;
	b->open = NULL;
	b->count = 0;
	put_frame(b, NFNL_MSG_BATCH_BEGIN);
}

static void close_message(struct batch *b)
{
	if (!b->open)
		return;
	mnl_attr_nest_end(b->open, b->elements);
	b->end += b->open->nlmsg_len;
	b->open = NULL;
}

static void open_message(struct batch *b, enum batch_step step, const char *set)
{
	b->open = netlink_request(
		b->nl, b->end, NFNL_SUBSYS_NFTABLES,
		step == BATCH_ADD ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM,
		step == BATCH_ADD ? NLM_F_CREATE : 0, NFPROTO_INET);
	mnl_attr_put_strz(b->open, NFTA_SET_ELEM_LIST_TABLE, b->table);
	mnl_attr_put_strz(b->open, NFTA_SET_ELEM_LIST_SET, set);
	b->elements = mnl_attr_nest_start(b->open, NFTA_SET_ELEM_LIST_ELEMENTS);
	b->step = step;
	b->last_seq = b->open->nlmsg_seq;
	b->set = set;
}

static bool fits_open_message(const struct batch *b, enum batch_step step,
			      const char *set)
{
	return b->open && b->step == step && b->set == set &&
	       b->open->nlmsg_len < NEST_SIZE_MAX;
}

void batch_put(struct batch *b, enum batch_step step, const char *set,
	       const struct prefix *p, uint64_t left_ms)
{
	batch_put_key(b, step, set, p->addr, prefix_bytes(p->family), left_ms);
}

void batch_put_key(struct batch *b, enum batch_step step, const char *set,
		   const uint8_t *value, size_t len, uint64_t left_ms)
{
	struct nlattr *element, *key;

	assert(b->count < BATCH_ELEMENTS_MAX);
	if (!fits_open_message(b, step, set)) {
		close_message(b);
		open_message(b, step, set);
	}
	element = mnl_attr_nest_start(b->open, NFTA_LIST_ELEM);
	key = mnl_attr_nest_start(b->open, NFTA_SET_ELEM_KEY);
	mnl_attr_put(b->open, NFTA_DATA_VALUE, len, value);
	mnl_attr_nest_end(b->open, key);
	if (left_ms && step == BATCH_ADD)
		mnl_attr_put_u64(b->open, NFTA_SET_ELEM_TIMEOUT,
				 htobe64(left_ms));
	mnl_attr_nest_end(b->open, element);
	b->count++;
}

unsigned int batch_count(const struct batch *b)
{
	return b->count;
}

/*
 * The kernel has answered when the send returns: what is to be read is there.
 * The first error counts; the acknowledgement asked for must be among it.
 */
static int read_answers(struct batch *b)
{
	char buf[NETLINK_BUFFER_SIZE];
	bool answered = false;
	int result = 0;
	ssize_t n;

	while ((n = netlink_receive(b->nl, buf, sizeof(buf))) > 0) {
		const struct nlmsghdr *message = (const void *)buf;
		int left = (int)n;

		for (; mnl_nlmsg_ok(message, left);
		     message = mnl_nlmsg_next(message, &left)) {
			const struct nlmsgerr *error;

			if (message->nlmsg_type != NLMSG_ERROR ||
			    mnl_nlmsg_get_payload_len(message) < sizeof(*error))
				continue;
			error = mnl_nlmsg_get_payload(message);
			if (!result)
				result = error->error;
			if (message->nlmsg_seq == b->last_seq)
				answered = true;
		}
	}
	if (n < 0 && n != -EAGAIN)
		return (int)n;
	if (!answered && !result)
		return -EPROTO;
	return result;
}

int batch_commit(struct batch *b)
{
	int err;

	if (!b->open)
		return 0;
	b->open->nlmsg_flags |= NLM_F_ACK;
	close_message(b);
	put_frame(b, NFNL_MSG_BATCH_END);
	err = netlink_send(b->nl, b->buf, (size_t)(b->end - b->buf));
	if (!err)
		err = read_answers(b);
	if (!err)
		b->commits++;
	return err;
}

uint64_t batch_commits(const struct batch *b)
{
	return b->commits;
}
