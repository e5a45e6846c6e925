/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CHECKREACH_H
#define POSTERN_WARDEN_CHECKREACH_H

/*
 * checkreach: rules that no event can reach, and rules whose bans the guard
 * refuses each time.
 *
 * Only what holds for every event is said: rules, zones, servers and protected
 * networks are compared as sets, and where two are not provably disjoint, or
 * one not provably covered, nothing is said.
 */
#include "ctl/core/config.h"
#include "ctl/core/protect.h"
#include "ctl/warden/conf/findings.h"

struct checkreach {
	const struct config *config;
	uint64_t now_ns;
	struct protect protect;
	struct prefixset saved; /* whom the guard saves, whatever happens */
};

/* Over CONFIG, which must outlive it, at NOW_NS, UTC.  -ENOMEM. */
__attribute__((warn_unused_result)) int
checkreach_init(struct checkreach *reach, const struct config *config,
		uint64_t now_ns);
void checkreach_fini(struct checkreach *reach);

/* Warn of rule NUMBER where it can never match, or never ban.  FINDINGS knows
 * the file that the rule is in. */
void checkreach_rule(const struct checkreach *reach, uint16_t number,
		     struct findings *findings);

#endif
