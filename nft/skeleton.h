/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_SKELETON_H
#define POSTERN_NFT_SKELETON_H

/*
 * skeleton: our table as it stands in the kernel, without its elements.
 *
 * Reads what is there (names and handles, never a set's elements), and turns
 * one ruleset into another in a single transaction that leaves the bans
 * untouched.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/act.h"
#include "nft/load.h"

struct config;
struct netlink;

struct skeleton {
	bool present; /* the table is there */
	bool gate_has_rules; /* shut, or in panic */
	unsigned int generation; /* of the ban sets in use; 0: none */
	uint64_t digest; /* changes with every chain, set and rule, but those
			    that a rebuild makes anew */
	char **chains; /* names, as all below; owned */
	size_t chain_count;
	char **sets;
	size_t set_count;
	char **counters;
	size_t counter_count;
};

/* See what is there.  The caller gives OUT to skeleton_fini(). */
__attribute__((warn_unused_result)) int skeleton_read(struct skeleton *out,
						      struct netlink *nl);
void skeleton_fini(struct skeleton *s);

/*
 * Make the table what CONFIG says, with the ban sets of GENERATION, which
 * stay as they are or begin empty, and the gate in state GATE.  All else of
 * the table, AS_IT_IS, goes in the same transaction.  -EINVAL: see ERROR.
 */
__attribute__((warn_unused_result)) int
skeleton_load(const struct skeleton *as_it_is, const struct config *config,
	      unsigned int generation, enum gate gate,
	      char error[LOAD_ERROR_SIZE]);

/* The same where AS_IT_IS cannot be changed piece by piece: the table goes,
 * with its bans, and comes anew with a shut gate, in one transaction. */
__attribute__((warn_unused_result)) int
skeleton_replace(const struct config *config, unsigned int generation,
		 char error[LOAD_ERROR_SIZE]);

/* Put the gate into state GATE. */
__attribute__((warn_unused_result)) int
skeleton_set_gate(enum gate gate, char error[LOAD_ERROR_SIZE]);

/* Count what bans drop of P, and of nobody else; family 0: of nobody. */
__attribute__((warn_unused_result)) int
skeleton_trace(const struct prefix *p, char error[LOAD_ERROR_SIZE]);

/* Make the empty ban sets of GENERATION. */
__attribute__((warn_unused_result)) int
skeleton_make_sets(unsigned int generation, char error[LOAD_ERROR_SIZE]);

/* Let the ladder look into the sets of generation TO, and delete those of
 * FROM, in one transaction. */
__attribute__((warn_unused_result)) int
skeleton_swap_sets(unsigned int from, unsigned int to,
		   char error[LOAD_ERROR_SIZE]);

#endif
