/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_AFTER_H
#define POSTERN_RECORDS_AFTER_H

/*
 * after: what of a banned source got through after its ban.
 *
 * Records are heard in the order of their times.  An event of a source that
 * was banned before it happened got through when a dialogue proves its source:
 * what a sensor in front of the firewall sees of a banned source goes
 * unanswered.  Of bans the newest are remembered.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

/* Bans that are remembered, about: two that share a place displace each
 * other. */
#define AFTER_BANS (1u << 16)

/* What was said before the ban may be told of so long after it. */
#define AFTER_GRACE_NS 10000000000ull

struct after;

struct after *after_new(void); /* NULL: no memory */
void after_free(struct after *a);

/* PREFIX is banned from TIME_NS until UNTIL_NS (0: no end); or no more. */
void after_ban(struct after *a, const struct prefix *prefix, uint64_t time_ns,
	       uint64_t until_ns);
void after_unban(struct after *a, const struct prefix *prefix);

/* An event by SOURCE that happened at TIME_NS.  True: SOURCE was banned. */
bool after_is_banned(const struct after *a, const struct prefix *source,
		     uint64_t time_ns);

#endif
