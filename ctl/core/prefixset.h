/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_PREFIXSET_H
#define POSTERN_CORE_PREFIXSET_H

/*
 * prefixset: a list of prefixes that is asked for overlaps.
 *
 * Made for the protected addresses (never-ban, admin, own servers): filled
 * once, asked often.  It may hold prefixes that contain each other.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ctl/core/prefix.h"

struct prefixset {
	struct prefix *items; /* owned; sorted once prefixset_seal() ran */
	size_t count;
	size_t room;
};

void prefixset_init(struct prefixset *set);
void prefixset_fini(struct prefixset *set);

/* Add P.  -ENOMEM. */
__attribute__((warn_unused_result)) int prefixset_add(struct prefixset *set,
						      const struct prefix *p);

/* Make OUT, which is empty, a copy of FROM.  -ENOMEM: it is still empty. */
__attribute__((warn_unused_result)) int
prefixset_copy(struct prefixset *out, const struct prefixset *from);

/* Sort, and drop what another member contains.  Due before any question. */
void prefixset_seal(struct prefixset *set);

/*
 * A member that shares an address with P, or NULL.  The answer is the set's
 * own and stays until the set changes.
 */
const struct prefix *prefixset_overlap(const struct prefixset *set,
				       const struct prefix *p);

/* Is each address of P in a member?  Several may cover it together. */
bool prefixset_covers(const struct prefixset *set, const struct prefix *p);

#endif
