/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_ATTACKER_H
#define POSTERN_FEEDS_ATTACKER_H

/*
 * attacker: who attacks whom, by an alert and the declared servers.
 *
 * The addresses of an alert are those of one packet: an alert on a server's
 * reply names the server as its source.  So the declared servers say which
 * end is ours; who attacks is told by the rule, or is whoever began the
 * conversation.
 *
 * Pure: no system calls, no clock.
 */
#include <stdbool.h>

#include "ctl/core/config.h"
#include "ctl/core/event.h"
#include "feeds/eve.h"

/* The declared servers, ready to be asked. */
struct attacker {
	const struct config *config; /* not owned */
	struct attacker_entry *entries; /* sorted by address */
	size_t count;
	bool unproven; /* the feed sees no handshakes */
};

/* CONFIG must outlive it; UNPROVEN as in struct feed.  -ENOMEM. */
__attribute__((warn_unused_result)) int
attacker_init(struct attacker *a, const struct config *config, bool unproven);
void attacker_fini(struct attacker *a);

/*
 * Make an event of the alert EVE; where it stands and when it was seen is
 * left to the caller.  False: the alert is not about exactly one declared
 * server and one other end, so there is no event.
 */
bool attacker_judge(const struct attacker *a, const struct eve *eve,
		    struct event *out);

#endif
