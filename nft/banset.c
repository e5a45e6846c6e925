/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * banset: orders into elements.
 *
 * An order is carried out as add, delete, add.  A plain add renews the term
 * of an element on newer kernels only, and a delete fails where there is
 * nothing: the three together succeed and mean the same everywhere.
 */
#include "nft/banset.h"

#include <assert.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/ladder.h"
#include "nft/batch.h"
#include "nft/names.h"
#include "nft/netlink.h"
#include "nft/ruleset.h"

_Static_assert(BANSET_ORDERS_MAX * 3 * 2 <= BATCH_ELEMENTS_MAX,
	       "three steps in two generations fit one batch");

/* The names of one generation's sets. */
struct set_names {
	char text[LIST_COUNT][2][LADDER_RUNGS][NAMES_SIZE];
};

/* Two addresses and two ports. */
#define CUT_KEY_MAX 40u

struct banset {
	struct netlink *nl;
	struct batch *batch;
	unsigned int current;
	unsigned int next; /* or 0 */
	struct set_names current_names;
	struct set_names next_names;
	const struct order *sorted[BANSET_ORDERS_MAX];
};

int banset_new(struct banset **out, struct netlink *nl)
{
	struct banset *bs = calloc(1, sizeof(*bs));
	int err;

	if (!bs)
		return -ENOMEM;
	bs->nl = nl;
	err = batch_new(&bs->batch, nl, RULESET_TABLE);
	if (err) {
		free(bs);
		return err;
	}
	*out = bs;
	return 0;
}

void banset_free(struct banset *bs)
{
	if (!bs)
		return;
	batch_free(bs->batch);
	free(bs);
}

static void name_sets(struct set_names *names, unsigned int generation)
{
	for (unsigned int list = 0; list < LIST_COUNT; list++) {
		for (unsigned int rung = 0; rung < LADDER_RUNGS; rung++) {
			names_set(names->text[list][0][rung],
				  (enum ladder_list)list, PREFIX_IP4, rung,
				  generation);
			names_set(names->text[list][1][rung],
				  (enum ladder_list)list, PREFIX_IP6, rung,
				  generation);
		}
	}
}

void banset_use(struct banset *bs, unsigned int current, unsigned int next)
{
	bs->current = current;
	bs->next = next;
	name_sets(&bs->current_names, current);
	name_sets(&bs->next_names, next);
}

/* By list, family and length, so that elements of one set are together; the
 * orders for one element by their number. */
static int compare_orders(const void *a, const void *b)
{
	const struct order *x = *(const struct order *const *)a;
	const struct order *y = *(const struct order *const *)b;
	int order;

	if (x->list != y->list)
		return x->list < y->list ? -1 : 1;
	if (x->prefix.length != y->prefix.length)
		return x->prefix.length < y->prefix.length ? -1 : 1;
	order = prefix_compare(&x->prefix, &y->prefix);
	if (order != 0)
		return order;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static bool is_same_element(const struct order *a, const struct order *b)
{
	return a->list == b->list && prefix_equal(&a->prefix, &b->prefix);
}

/* Sort, and keep the last order of each element.  Returns how many. */
static size_t sort_orders(struct banset *bs, const struct order *orders,
			  size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		bs->sorted[i] = &orders[i];
	qsort(bs->sorted, count, sizeof(bs->sorted[0]), compare_orders);
	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count &&
		    is_same_element(bs->sorted[i], bs->sorted[i + 1]))
			continue;
		bs->sorted[kept++] = bs->sorted[i];
	}
	return kept;
}

static const char *set_of(const struct set_names *names,
			  const struct order *order)
{
	int rung = ladder_rung(&order->prefix);

	assert(rung >= 0); /* the guard saw to it */
	return names
		->text[order->list][order->prefix.family == PREFIX_IP6][rung];
}

static void put_step(struct banset *bs, enum batch_step step, bool last,
		     size_t count, const struct set_names *names)
{
	for (size_t i = 0; i < count; i++) {
		const struct order *order = bs->sorted[i];

		if (last && order->kind == ORDER_REMOVE)
			continue;
		batch_put(bs->batch, step, set_of(names, order), &order->prefix,
			  order->left_ms);
	}
}

static void put_orders(struct banset *bs, size_t count,
		       const struct set_names *names)
{
	put_step(bs, BATCH_ADD, false, count, names);
	put_step(bs, BATCH_DELETE, false, count, names);
	put_step(bs, BATCH_ADD, true, count, names);
}

int banset_apply(struct banset *bs, const struct order *orders, size_t count)
{
	size_t kept;

	assert(count <= BANSET_ORDERS_MAX);
	kept = sort_orders(bs, orders, count);
	batch_begin(bs->batch);
	put_orders(bs, kept, &bs->current_names);
	if (bs->next)
		put_orders(bs, kept, &bs->next_names);
	return batch_commit(bs->batch);
}

/* The kernel does not count a transaction that changes nothing, as where all
 * elements are there already; deleting one of them makes it count. */
static void put_change(struct banset *bs, const struct order *order)
{
	const char *set = set_of(&bs->next_names, order);

	batch_put(bs->batch, BATCH_ADD, set, &order->prefix, order->left_ms);
	batch_put(bs->batch, BATCH_DELETE, set, &order->prefix, 0);
}

int banset_fill(struct banset *bs, const struct order *orders, size_t count)
{
	batch_begin(bs->batch);
	if (count > 0)
		put_change(bs, &orders[0]);
	for (size_t i = 0; i < count; i++)
		batch_put(bs->batch, BATCH_ADD,
			  set_of(&bs->next_names, &orders[i]),
			  &orders[i].prefix, orders[i].left_ms);
	return batch_commit(bs->batch);
}

/* The parts of the key, each padded to four bytes. */
static size_t write_cut(uint8_t key[CUT_KEY_MAX], const struct cut *cut)
{
	size_t bytes = prefix_bytes(cut->source.family);
	uint8_t *to = key;

	memset(key, 0, CUT_KEY_MAX);
	memcpy(to, cut->source.addr, bytes);
	to += bytes;
	to[0] = (uint8_t)(cut->source_port >> 8);
	to[1] = (uint8_t)cut->source_port;
	to += 4;
	memcpy(to, cut->target.addr, bytes);
	to += bytes;
	to[0] = (uint8_t)(cut->target_port >> 8);
	to[1] = (uint8_t)cut->target_port;
	return (size_t)(to + 4 - key);
}

int banset_cut(struct banset *bs, const struct cut *cut)
{
	const char *set = cut->source.family == PREFIX_IP4 ? NAMES_CUT4
							   : NAMES_CUT6;
	uint8_t key[CUT_KEY_MAX];
	size_t len = write_cut(key, cut);

	batch_begin(bs->batch);
	batch_put_key(bs->batch, BATCH_ADD, set, key, len, cut->left_ms);
	batch_put_key(bs->batch, BATCH_DELETE, set, key, len, 0);
	batch_put_key(bs->batch, BATCH_ADD, set, key, len, cut->left_ms);
	return batch_commit(bs->batch);
}

struct reading_back {
	bool present;
	uint64_t left_ms;
};

static int hear_element(void *ctx, const struct nlmsghdr *message)
{
	struct reading_back *back = ctx;
	const struct nlattr *list, *element;

	list = netlink_find(message, NFTA_SET_ELEM_LIST_ELEMENTS);
	element = netlink_find_nested(list, NFTA_LIST_ELEM);
	if (!element)
		return 0;
	back->present = true;
	back->left_ms = netlink_u64(
		netlink_find_nested(element, NFTA_SET_ELEM_EXPIRATION));
	return 0;
}

static int read_back(struct banset *bs, const struct prefix *element,
		     const char *set, struct reading_back *back)
{
	struct netlink_listener listener = { hear_element, back };
	char buf[512];
	struct nlattr *list, *item, *key;
	struct nlmsghdr *request;
	int err;

	request = netlink_request(bs->nl, buf, NFNL_SUBSYS_NFTABLES,
				  NFT_MSG_GETSETELEM, 0, NFPROTO_INET);
	mnl_attr_put_strz(request, NFTA_SET_ELEM_LIST_TABLE, RULESET_TABLE);
	mnl_attr_put_strz(request, NFTA_SET_ELEM_LIST_SET, set);
	list = mnl_attr_nest_start(request, NFTA_SET_ELEM_LIST_ELEMENTS);
	item = mnl_attr_nest_start(request, NFTA_LIST_ELEM);
	key = mnl_attr_nest_start(request, NFTA_SET_ELEM_KEY);
	mnl_attr_put(request, NFTA_DATA_VALUE, prefix_bytes(element->family),
		     element->addr);
	mnl_attr_nest_end(request, key);
	mnl_attr_nest_end(request, item);
	mnl_attr_nest_end(request, list);
	err = netlink_ask(bs->nl, request, &listener);
	return err == -ENOENT ? 0 : err;
}

/* How LIST has ADDRESS on RUNG, added to what *OUT tells of it. */
static int look_into(struct banset *bs, enum ladder_list list,
		     const struct prefix *address, unsigned int rung,
		     struct found *out)
{
	bool is_six = address->family == PREFIX_IP6;
	struct prefix element =
		prefix_truncate(address, ladder_length(address->family, rung));
	struct reading_back back = { 0 };
	int err;

	err = read_back(bs, &element,
			bs->current_names.text[list][is_six][rung], &back);
	if (err || !back.present)
		return err;
	/* 0 is without a term. */
	if (!out->present[rung] || back.left_ms == 0 ||
	    (out->left_ms[rung] && back.left_ms > out->left_ms[rung]))
		out->left_ms[rung] = back.left_ms;
	out->present[rung] = true;
	return 0;
}

int banset_lookup(struct banset *bs, const struct prefix *address,
		  struct found *out)
{
	for (unsigned int rung = 0; rung < LADDER_RUNGS; rung++) {
		int err = look_into(bs, LIST_BAN, address, rung, out);

		if (!err)
			err = look_into(bs, LIST_MAIL, address, rung, out);
		if (err)
			return err;
	}
	return 0;
}

uint64_t banset_commits(const struct banset *bs)
{
	return batch_commits(bs->batch);
}
