/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_BASIS_H
#define POSTERN_DAEMON_BASIS_H

/*
 * basis: what decisions stand on beside the events: the policy, and who was
 * learned to be protected, who is in no configuration file: name servers,
 * gateways, present administrators, networks of shared senders.
 *
 * postern-ctl tells the records of it, at the begin of each life and with each
 * change, so that a replay of them knows at each event what it knew.  A life
 * begins with ACT_BASIS, whose CONFIG_ID is part_policy(); then the lists are
 * empty, and each ACT_PROTECT adds a prefix, each ACT_UNPROTECT takes one off
 * again.  Their COUNT is how many prefixes the list NAME has once the change is
 * whole.  Reads no clock.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/core/config.h"
#include "ctl/core/protect.h"

/* Acts about one change of one list; what is more is not told, and the count
 * shows it: no machine has so many, no domain names so many networks. */
#define BASIS_ACTS_MAX 2000u

enum basis_list {
	BASIS_RESOLVERS, /* of this machine */
	BASIS_OBSERVED, /* by postern-nft */
	BASIS_SHARED, /* by postern-resolve */
	BASIS_LISTS
};

struct basis {
	bool begun; /* ACT_BASIS was told */
	struct prefixset told[BASIS_LISTS]; /* what the records know */
	uint64_t wanted[BASIS_LISTS]; /* how many they should know */
	bool is_new; /* some changed since basis_apply() */
};

void basis_fini(struct basis *b);

typedef void basis_tell_fn(void *ctx, struct act *act);

/* Tell how what PROTECT knows now, over CONFIG, differs from what was told. */
void basis_tell(struct basis *b, const struct config *config,
		const struct protect *protect, basis_tell_fn *tell, void *ctx);

/* The other side: take ACT, of whatever kind.  -ENOMEM. */
__attribute__((warn_unused_result)) int basis_hear(struct basis *b,
						   const struct act *act);

/* Let PROTECT, over CONFIG, know what was heard, where it is new.  -ENOMEM. */
__attribute__((warn_unused_result)) int
basis_apply(struct basis *b, struct config *config, struct protect *protect);

/* How many prefixes are missing in what was heard. */
uint64_t basis_missing(const struct basis *b);

#endif
