/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_RULESET_H
#define POSTERN_NFT_RULESET_H

/*
 * ruleset: the configuration as nft text that an administrator can read.
 *
 * One table, inet postern, which only ever drops: the bans in prerouting, the
 * mail policy in forward, and in input and output where a server is this
 * machine itself.  The text is a pure function of the configuration.
 */
#include "ctl/core/act.h"
#include "ctl/core/config.h"

#define RULESET_TABLE "postern"

/*
 * The whole table.  Its ban sets are those of GENERATION; its gate is open.
 * *OUT is the caller's, for free().  -ENOMEM.
 */
__attribute__((warn_unused_result)) int
ruleset_format(char **out, const struct config *config,
	       unsigned int generation);

/* What counts the packets of a traced source that a ban drops. */
#define RULESET_TRACED "traced"

/* The rules that put the gate into state GATE, for chains that are empty. */
const char *ruleset_gate(enum gate gate);

/* Text that empties the chains which look into ban sets, and fills them with
 * rules over those of GENERATION.  As ruleset_format(). */
__attribute__((warn_unused_result)) int ruleset_ladder(char **out,
						       unsigned int generation);

#endif
