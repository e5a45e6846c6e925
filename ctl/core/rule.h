/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_RULE_H
#define POSTERN_CORE_RULE_H

/*
 * rule: what can be told of rules without an event.
 */
#include "ctl/core/config.h"

/* A rule that is about every event, and changes nothing. */
struct rule rule_any(void);

/* Is RULE over at NOW_NS, UTC? */
bool rule_is_expired(const struct rule *rule, uint64_t now_ns);

/* Does every event that LATER is about meet EARLIER, too?  Then LATER never
 * matches while EARLIER, which stands before it, is in force. */
bool rule_covers(const struct rule *earlier, const struct rule *later);

/* The same, whatever sources the two rules name. */
bool rule_covers_but_sources(const struct rule *earlier,
			     const struct rule *later);

#endif
