/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_DIALOGUE_TALLY_H
#define POSTERN_SENSORS_DIALOGUE_TALLY_H

/*
 * tally: what was done before, by source, subnet, account, server.
 *
 * A table of fixed size, in sets of eight; where a set is full, who was quiet
 * the longest is forgotten.  Counts halve as time goes by.  A key's hash has
 * a seed: nobody outside can choose whom to push out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

enum tally_count {
	TALLY_REFUSED, /* recipients */
	TALLY_ACCEPTED,
	TALLY_PROBES,
	TALLY_RELAYS,
	TALLY_BOUNCES, /* mails with a null sender */
	TALLY_FAILURES, /* logins */
	TALLY_OTHER,
	TALLY_COUNTS
};

/* Within a minute. */
enum tally_rate {
	TALLY_CONNECTIONS,
	TALLY_MAILS,
	TALLY_RECIPIENTS,
	TALLY_KILOBYTES,
	TALLY_SHORT, /* short encrypted sessions */
	TALLY_RATES
};

#define TALLY_SOURCES 6u

struct tally_entry {
	uint64_t key; /* 0: free */
	uint32_t since_s;
	uint32_t last_s;
	uint32_t minute_s; /* when the rates began anew */
	uint16_t counts[TALLY_COUNTS];
	uint16_t source_count;
	uint16_t told; /* bit: enum tally_count that was told */
	bool may_be_early; /* of a source: PIPECONNECT was offered to it */
	uint32_t rates[TALLY_RATES];
	uint32_t sources[TALLY_SOURCES]; /* of an account: hashes, all apart */
};

struct tally {
	struct tally_entry *entries;
	size_t sets; /* a power of two */
	uint64_t seed;
	uint32_t memory_s;
	uint64_t forgotten;
};

/* -ENOMEM.  The caller gives it to tally_fini(). */
__attribute__((warn_unused_result)) int
tally_init(struct tally *t, size_t size, uint64_t seed, uint32_t memory_s);
void tally_fini(struct tally *t);

/* The key of a prefix, of a pair of numbers; KIND parts one use from another. */
uint64_t tally_key_prefix(const struct tally *t, const struct prefix *p,
			  unsigned int kind);
uint64_t tally_key(const struct tally *t, uint64_t a, uint64_t b,
		   unsigned int kind);

/* The entry of KEY, made where there is none; never NULL. */
struct tally_entry *tally_entry(struct tally *t, uint64_t key, uint32_t now_s);

/* One more; never wraps. */
uint16_t tally_add(struct tally_entry *e, enum tally_count count);
/* N more in this minute.  Returns the sum. */
uint32_t tally_rate(struct tally_entry *e, enum tally_rate rate, uint32_t n,
		    uint32_t now_s);
/* Remember a source; returns how many different ones there are, at most
 * TALLY_SOURCES. */
unsigned int tally_source(struct tally_entry *e, uint32_t hash);

#endif
