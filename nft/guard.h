/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_GUARD_H
#define POSTERN_NFT_GUARD_H

/*
 * guard: the last look at an order before it reaches the kernel.
 *
 * Whoever asks: nothing that overlaps the administrators, the never-ban list,
 * the declared servers or an address range with a purpose of its own is ever
 * banned.  The decider checked before; this does not trust it.
 */
#include "ctl/core/config.h"
#include "ctl/core/msg.h"

struct guard;

/* Over CONFIG, which must outlive it.  -ENOMEM. */
__attribute__((warn_unused_result)) int guard_new(struct guard **out,
						  const struct config *config);
void guard_free(struct guard *guard);

/* May CUT be carried out?  One session with a declared server, of nobody whom
 * the configuration trusts, and for a while.  As guard_check(). */
__attribute__((warn_unused_result)) int
guard_check_cut(const struct guard *guard, const struct cut *cut);

/* Take over LIST, sealed, in place of what was observed before. */
void guard_observe(struct guard *guard, struct prefixset *list);

/* The same of the shared senders that were found out. */
void guard_share(struct guard *guard, struct prefixset *list);

/*
 * May ORDER be carried out?  0, or
 * -EACCES: *BECAUSE, a protected prefix, overlaps it.
 * -EINVAL: not of a rung's length, or no such order.
 * -ERANGE: the element is wider, or its term longer, than ever allowed.
 * Removals pass: they ban nobody.
 */
__attribute__((warn_unused_result)) int guard_check(const struct guard *guard,
						    const struct order *order,
						    struct prefix *because);

#endif
