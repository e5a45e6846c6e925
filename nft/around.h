/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_AROUND_H
#define POSTERN_NFT_AROUND_H

/*
 * around: whom the guard spares for now, beside what is declared: who is
 * observed by postern-nft itself, and the shared senders that postern-ctl
 * tells of.
 */
#include "ctl/core/config.h"

struct around;
struct guard;
struct wire;

/* For GUARD; what is observed is said on CTL.  Both must outlive it.  -ENOMEM,
 * or why the kernel cannot be asked. */
__attribute__((warn_unused_result)) int around_open(struct around **out,
						    const struct config *config,
						    struct guard *guard);
void around_close(struct around *a);

/* Look, and tell CTL and the guard what is new.  ANEW: all of it. */
void around_look(struct around *a, struct wire *ctl, bool anew);

/* A row of the shared senders; family 0 ends the list. */
void around_hear_shared(struct around *a, const struct prefix *p);

#endif
