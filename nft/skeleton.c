/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * skeleton: the table's names and handles by netlink, its changes by text.
 */
#include "nft/skeleton.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/fnv.h"
#include "ctl/core/ladder.h"
#include "nft/names.h"
#include "nft/netlink.h"
#include "nft/ruleset.h"

/* Tells one skeleton from another; no attacker chooses the input. */
static void digest_add(uint64_t *digest, const void *data, size_t len)
{
	*digest = fnv_add(*digest, data, len);
}

static void digest_message(struct skeleton *s, const struct nlmsghdr *message,
			   uint16_t handle_type)
{
	uint64_t handle = netlink_u64(netlink_find(message, handle_type));

	digest_add(&s->digest, &message->nlmsg_type,
		   sizeof(message->nlmsg_type));
	digest_add(&s->digest, &handle, sizeof(handle));
}

static bool is_ours(const struct nlmsghdr *message)
{
	/* The table's name has the same number in every kind of message. */
	const char *table =
		netlink_text(netlink_find(message, NFTA_CHAIN_TABLE));

	return strcmp(table, RULESET_TABLE) == 0;
}

static int add_name(char ***list, size_t *count, const char *name)
{
	char **grown = reallocarray(*list, *count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	*list = grown;
	grown[*count] = strdup(name);
	if (!grown[*count])
		return -ENOMEM;
	(*count)++;
	return 0;
}

static int hear_table(void *ctx, const struct nlmsghdr *message)
{
	struct skeleton *s = ctx;
	uint32_t flags = netlink_u32(netlink_find(message, NFTA_TABLE_FLAGS));

	s->present = true;
	digest_message(s, message, NFTA_TABLE_HANDLE);
	/* A dormant table guards nothing. */
	digest_add(&s->digest, &flags, sizeof(flags));
	return 0;
}

static int hear_chain(void *ctx, const struct nlmsghdr *message)
{
	struct skeleton *s = ctx;

	if (!is_ours(message))
		return 0;
	digest_message(s, message, NFTA_CHAIN_HANDLE);
	return add_name(&s->chains, &s->chain_count,
			netlink_text(netlink_find(message, NFTA_CHAIN_NAME)));
}

static int hear_rule(void *ctx, const struct nlmsghdr *message)
{
	struct skeleton *s = ctx;
	const char *chain;

	if (!is_ours(message))
		return 0;
	chain = netlink_text(netlink_find(message, NFTA_RULE_CHAIN));
	if (strncmp(chain, "gate_", 5) == 0)
		s->gate_has_rules = true;
	if (strncmp(chain, "ladder", 6) != 0 &&
	    strncmp(chain, "banned", 6) != 0)
		digest_message(s, message, NFTA_RULE_HANDLE);
	return 0;
}

static int hear_set(void *ctx, const struct nlmsghdr *message)
{
	struct skeleton *s = ctx;
	const char *name;
	uint32_t flags;
	unsigned int generation;

	if (!is_ours(message))
		return 0;
	name = netlink_text(netlink_find(message, NFTA_SET_NAME));
	flags = netlink_u32(netlink_find(message, NFTA_SET_FLAGS));
	if (!names_is_set(name, &generation))
		digest_message(s, message, NFTA_SET_HANDLE);
	else if (s->generation == 0 || generation < s->generation)
		/* A swap deletes the older in the transaction that uses the
		 * newer: where there are two, the older one is in use. */
		s->generation = generation;
	if (flags & NFT_SET_ANONYMOUS)
		return 0;
	return add_name(&s->sets, &s->set_count, name);
}

static int hear_counter(void *ctx, const struct nlmsghdr *message)
{
	struct skeleton *s = ctx;

	if (!is_ours(message))
		return 0;
	return add_name(&s->counters, &s->counter_count,
			netlink_text(netlink_find(message, NFTA_OBJ_NAME)));
}

static int list_all(struct skeleton *s, struct netlink *nl, uint8_t type,
		    int (*hear)(void *, const struct nlmsghdr *))
{
	struct netlink_listener listener = { hear, s };
	char buf[256];
	struct nlmsghdr *request;

	request = netlink_request(nl, buf, NFNL_SUBSYS_NFTABLES, type,
				  NLM_F_DUMP, NFPROTO_INET);
	/* The kernel filters rules and sets by it, chains we do. */
	mnl_attr_put_strz(request, NFTA_RULE_TABLE, RULESET_TABLE);
	return netlink_ask(nl, request, &listener);
}

static int find_table(struct skeleton *s, struct netlink *nl)
{
	struct netlink_listener listener = { hear_table, s };
	char buf[256];
	struct nlmsghdr *request;
	int err;

	request = netlink_request(nl, buf, NFNL_SUBSYS_NFTABLES,
				  NFT_MSG_GETTABLE, 0, NFPROTO_INET);
	mnl_attr_put_strz(request, NFTA_TABLE_NAME, RULESET_TABLE);
	err = netlink_ask(nl, request, &listener);
	return err == -ENOENT ? 0 : err;
}

static int read_once(struct skeleton *s, struct netlink *nl)
{
	int err = find_table(s, nl);

	if (err || !s->present)
		return err;
	err = list_all(s, nl, NFT_MSG_GETCHAIN, hear_chain);
	if (!err)
		err = list_all(s, nl, NFT_MSG_GETSET, hear_set);
	if (!err)
		err = list_all(s, nl, NFT_MSG_GETOBJ, hear_counter);
	if (!err)
		err = list_all(s, nl, NFT_MSG_GETRULE, hear_rule);
	return err;
}

int skeleton_read(struct skeleton *out, struct netlink *nl)
{
	struct skeleton s;
	int err = -EINTR;

	/* Someone else's change in the middle of a list spoils it. */
	for (int tries = 0; err == -EINTR && tries < 20; tries++) {
		s = (struct skeleton){ .digest = FNV_BEGIN };
		err = read_once(&s, nl);
		if (err)
			skeleton_fini(&s);
	}
	if (!err)
		*out = s;
	return err;
}

static void free_names(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void skeleton_fini(struct skeleton *s)
{
	free_names(s->chains, s->chain_count);
	free_names(s->sets, s->set_count);
	free_names(s->counters, s->counter_count);
	*s = (struct skeleton){ 0 };
}

/* Does the ruleset RULES declare the counter NAME? */
static bool declares_counter(const char *rules, const char *name)
{
	char wanted[NFT_NAME_MAXLEN + 16];

	snprintf(wanted, sizeof(wanted), "counter %s {", name);
	return strstr(rules, wanted) != NULL;
}

/* All that is there goes, but the ban sets in use and counters that go on. */
static void put_deletions(FILE *out, const struct skeleton *s,
			  unsigned int keep, const char *rules)
{
	unsigned int generation;

	/* Rules first: what is still referred to cannot go. */
	for (size_t i = 0; i < s->chain_count; i++)
		fprintf(out, "flush chain inet " RULESET_TABLE " %s\n",
			s->chains[i]);
	for (size_t i = 0; i < s->chain_count; i++)
		fprintf(out, "delete chain inet " RULESET_TABLE " %s\n",
			s->chains[i]);
	for (size_t i = 0; i < s->set_count; i++) {
		if (!names_is_set(s->sets[i], &generation) ||
		    generation != keep)
			fprintf(out, "delete set inet " RULESET_TABLE " %s\n",
				s->sets[i]);
	}
	for (size_t i = 0; i < s->counter_count; i++) {
		if (!declares_counter(rules, s->counters[i]))
			fprintf(out,
				"delete counter inet " RULESET_TABLE " %s\n",
				s->counters[i]);
	}
}

/* A text in the making, and its way into the kernel. */
struct writing {
	char *text;
	size_t size;
	FILE *out;
};

static int writing_begin(struct writing *w)
{
	w->out = open_memstream(&w->text, &w->size);
	return w->out ? 0 : -ENOMEM;
}

static int writing_load(struct writing *w, char error[LOAD_ERROR_SIZE])
{
	int err = fclose(w->out) == 0 ? 0 : -ENOMEM;

	if (!err)
		err = load_text(w->text, error);
	free(w->text);
	return err;
}

/* Away with AS_IT_IS (NULL: the table, whatever it holds), and the whole
 * table anew, in one transaction. */
static int load_whole(const struct skeleton *as_it_is,
		      const struct config *config, unsigned int generation,
		      enum gate gate, char error[LOAD_ERROR_SIZE])
{
	struct writing w;
	char *rules;
	int err;

	err = ruleset_format(&rules, config, generation);
	if (err)
		return err;
	err = writing_begin(&w);
	if (!err) {
		if (as_it_is)
			put_deletions(w.out, as_it_is, generation, rules);
		else
			fputs("delete table inet " RULESET_TABLE "\n", w.out);
		fputs(rules, w.out);
		fputs(ruleset_gate(gate), w.out);
		err = writing_load(&w, error);
	}
	free(rules);
	return err;
}

int skeleton_load(const struct skeleton *as_it_is, const struct config *config,
		  unsigned int generation, enum gate gate,
		  char error[LOAD_ERROR_SIZE])
{
	return load_whole(as_it_is, config, generation, gate, error);
}

int skeleton_replace(const struct config *config, unsigned int generation,
		     char error[LOAD_ERROR_SIZE])
{
	return load_whole(NULL, config, generation, GATE_SHUT, error);
}

int skeleton_set_gate(enum gate gate, char error[LOAD_ERROR_SIZE])
{
	struct writing w;
	int err = writing_begin(&w);

	if (err)
		return err;
	fputs("flush chain inet " RULESET_TABLE " gate_in\n"
	      "flush chain inet " RULESET_TABLE " gate_out\n",
	      w.out);
	fputs(ruleset_gate(gate), w.out);
	return writing_load(&w, error);
}

int skeleton_trace(const struct prefix *p, char error[LOAD_ERROR_SIZE])
{
	char text[PREFIX_TEXT_SIZE];
	struct writing w;
	int err = writing_begin(&w);

	if (err)
		return err;
	fputs("flush chain inet " RULESET_TABLE " banned_traced4\n"
	      "flush chain inet " RULESET_TABLE " banned_traced6\n",
	      w.out);
	if (p->family)
		fprintf(w.out,
			"add rule inet " RULESET_TABLE " banned_traced%u"
			" %s saddr %s counter name " RULESET_TRACED "\n",
			p->family, p->family == PREFIX_IP6 ? "ip6" : "ip",
			prefix_format(p, text));
	return writing_load(&w, error);
}

/* Make, or delete, each ban and pardon set of GENERATION. */
static void put_sets(FILE *out, bool make, unsigned int generation)
{
	for (unsigned int i = 0; i < LIST_COUNT * 2 * LADDER_RUNGS; i++) {
		uint8_t family = i & 1 ? PREFIX_IP6 : PREFIX_IP4;
		char name[NAMES_SIZE];

		names_set(name, (enum ladder_list)(i / (2 * LADDER_RUNGS)),
			  family, i / 2 % LADDER_RUNGS, generation);
		if (make)
			fprintf(out,
				"add set inet " RULESET_TABLE
				" %s { type ipv%u_addr; flags timeout; }\n",
				name, family);
		else
			fprintf(out, "delete set inet " RULESET_TABLE " %s\n",
				name);
	}
}

int skeleton_make_sets(unsigned int generation, char error[LOAD_ERROR_SIZE])
{
	struct writing w;
	int err = writing_begin(&w);

	if (err)
		return err;
	put_sets(w.out, true, generation);
	return writing_load(&w, error);
}

int skeleton_swap_sets(unsigned int from, unsigned int to,
		       char error[LOAD_ERROR_SIZE])
{
	struct writing w;
	char *rules;
	int err;

	err = ruleset_ladder(&rules, to);
	if (err)
		return err;
	err = writing_begin(&w);
	if (!err) {
		fputs(rules, w.out);
		put_sets(w.out, false, from);
		err = writing_load(&w, error);
	}
	free(rules);
	return err;
}
