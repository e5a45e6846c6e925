/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_BANSET_H
#define POSTERN_NFT_BANSET_H

/*
 * banset: the banned and the pardoned prefixes, as the kernel holds them.
 *
 * The sets of the ladder, one per list, family and prefix length, are one set
 * here.  The kernel counts each term down by itself: a ban outlives this
 * process and never outlives its term.  Whom to ban was decided before.
 *
 * Every int function returns 0, or a negative errno value and no change.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/msg.h"

struct banset;
struct netlink;

/* Orders that one call takes: each is up to three elements, twice. */
#define BANSET_ORDERS_MAX 1024u

/* Over NL, which must outlive it.  -ENOMEM. */
__attribute__((warn_unused_result)) int banset_new(struct banset **out,
						   struct netlink *nl);
void banset_free(struct banset *bs);

/* Work on the sets of generation CURRENT, and, while it is not 0, also on
 * those of NEXT, which a rebuild is filling. */
void banset_use(struct banset *bs, unsigned int current, unsigned int next);

/*
 * Carry out COUNT orders (at most BANSET_ORDERS_MAX) in one transaction; of
 * several for one element the last counts.  An element is renewed whether it
 * was there or not, and removed whether it was there or not.
 * -ENOENT: our sets are gone.  -ENFILE: a set is full.
 */
__attribute__((warn_unused_result)) int
banset_apply(struct banset *bs, const struct order *orders, size_t count);

/* Put COUNT elements (at most BATCH_ELEMENTS_MAX) into the generation that
 * is being filled.  As banset_apply(). */
__attribute__((warn_unused_result)) int
banset_fill(struct banset *bs, const struct order *orders, size_t count);

/* Cut one session, which was looked at by the guard.  As banset_apply(). */
__attribute__((warn_unused_result)) int banset_cut(struct banset *bs,
						   const struct cut *cut);

/* Is ADDRESS banned now?  Reads the element of each rung back by its key. */
__attribute__((warn_unused_result)) int
banset_lookup(struct banset *bs, const struct prefix *address,
	      struct found *out);

/* Transactions that the kernel took. */
uint64_t banset_commits(const struct banset *bs);

#endif
