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
	PROTECTION_COUNT
};

struct protect {
	struct prefixset special;
	struct prefixset servers;
	const struct config *config;
};

/* Over CONFIG, which must outlive it.  -ENOMEM. */
__attribute__((warn_unused_result)) int
protect_init(struct protect *protect, const struct config *config);
void protect_fini(struct protect *protect);

/* Why P must not be banned; then *BY is the protected prefix. */
enum protection protect_ask(const struct protect *protect,
			    const struct prefix *p, struct prefix *by);

/* "an administrator's network": for a sentence. */
const char *protection_name(enum protection protection);

#endif
