/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_FINDER_H
#define POSTERN_DAEMON_FINDER_H

/*
 * finder: the numbers of entries, by a hash of what they are about.
 *
 * The entries are the owner's; what is found here may be another entry of
 * nearly the same hash, and is to be compared.  One that is not there costs one
 * line of the processor's cache, nearly always: a slot holds a few bits of its
 * entry's hash, so that the entry itself is not looked at.
 */
#include <stdbool.h>
#include <stdint.h>

struct finder {
	uint32_t *slots; /* owned; 0: empty */
	uint32_t mask;
	uint32_t number_mask; /* these bits: a number, plus one; others: hash */
	uint64_t (*hash_of)(const void *owner, uint32_t number);
	const void *owner;
};

/* For numbers below CAPACITY, as many entries at most.  HASH_OF and OWNER are
 * set by the caller, before.  -ENOMEM. */
__attribute__((warn_unused_result)) int finder_init(struct finder *f,
						    uint32_t capacity);
void finder_fini(struct finder *f);

/* HASH is asked for, or added, soon: let the memory for it come. */
void finder_expect(const struct finder *f, uint64_t hash);

/* The next entry that may be HASH's, as *NUMBER; *AT begins at 0. */
bool finder_next(const struct finder *f, uint64_t hash, uint32_t *at,
		 uint32_t *number);

/* NUMBER, which is not in it, is HASH's. */
void finder_add(struct finder *f, uint64_t hash, uint32_t number);

/* NUMBER, which is in it, is HASH's no more; the owner still knows it. */
void finder_remove(struct finder *f, uint64_t hash, uint32_t number);

#endif
