/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_PROTECT_H
#define POSTERN_CORE_PROTECT_H

/*
 * protect: who is never banned, by overlap.
 *
 * Asked twice: by the decider before it decides, and by the guard of
 * postern-nft before anything reaches the kernel.
 */
#include "ctl/core/config.h"

enum protection {
	PROTECTION_NONE,
	PROTECTION_SPECIAL, /* loopback, link-local, multicast, unspecified */
	PROTECTION_ADMIN,
	PROTECTION_SERVER,
	PROTECTION_NEVER_BAN,
	PROTECTION_ZONE, /* a network that a zone of ours declares */
	PROTECTION_OBSERVED, /* ourselves, a gateway, resolver, administrator */
	PROTECTION_SHARED, /* many people behind it: sessions are cut */
	PROTECTION_COUNT
};

/* Blocks of addresses by their first bits: 65536 of each family. */
#define PROTECT_BLOCK_BITS 16u

struct protect {
	struct prefixset special;
	struct prefixset servers;
	struct prefixset zones; /* networks of zones that are not outside */
	struct prefixset observed; /* see protect_observe() */
	struct prefixset shared; /* see protect_share(), beside the declared */
	struct prefixset all; /* the members of all lists */
	bool all_is_whole; /* there was memory for it */
	/* A bit for each block that has an address of ALL in it. */
	uint64_t blocks[2][(1u << PROTECT_BLOCK_BITS) / 64];
	const struct config *config;
};

/* Over CONFIG, which must outlive it.  -ENOMEM. */
__attribute__((warn_unused_result)) int
protect_init(struct protect *protect, const struct config *config);
void protect_fini(struct protect *protect);

/* Why P must not be banned; then *BY is the protected prefix. */
enum protection protect_ask(const struct protect *protect,
			    const struct prefix *p, struct prefix *by);

/* Take over LIST, sealed, in place of what was observed, or shared, before. */
void protect_observe(struct protect *protect, struct prefixset *list);
void protect_share(struct protect *protect, struct prefixset *list);

/* "an administrator's network": for a sentence. */
const char *protection_name(enum protection protection);

#endif
