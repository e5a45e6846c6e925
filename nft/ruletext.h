/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_RULETEXT_H
#define POSTERN_NFT_RULETEXT_H

/*
 * ruletext: pieces of nft text that several parts of the ruleset need.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl/core/config.h"

#define RULETEXT_FAMILIES 2

struct ruletext_family {
	uint8_t family; /* PREFIX_IP4, PREFIX_IP6; also the set's suffix */
	const char *ip; /* the protocol's word in a rule */
	const char *type; /* of a set */
};

extern const struct ruletext_family ruletext_families[RULETEXT_FAMILIES];

/* A list "{ a, b }" in the making; INTRO stands before its brace. */
struct ruletext_list {
	FILE *out;
	const char *intro;
	unsigned int count;
};

__attribute__((format(printf, 2, 3))) void
ruletext_item(struct ruletext_list *list, const char *format, ...);
void ruletext_zone(struct ruletext_list *list, const struct zone *zone);
/* Close it.  False: it had no item, and nothing was written. */
bool ruletext_end(struct ruletext_list *list);

/* Two interval sets, NAME4 and NAME6, of the members of either family. */
void ruletext_set(FILE *out, const char *name, const struct prefixset *members);

/* { "eth0", "eth1" }: the interfaces of the zones that IS_WANTED. */
void ruletext_interfaces(FILE *out, const char *intro,
			 const struct config *config,
			 bool (*is_wanted)(const struct zone *zone));

/* Attackers come from there. */
bool ruletext_is_outside(const struct zone *zone);

#endif
