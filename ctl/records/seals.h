/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SEALS_H
#define POSTERN_RECORDS_SEALS_H

/*
 * seals: the seals of a folder, read from the first one on: is each signed by
 * the key that the one before it names, and what do they prove of the classes?
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/records/check.h"
#include "ctl/records/seal.h"

/* What is wrong with a seal, beside what may be wrong with any record. */
enum seals_flaw {
	SEALS_FLAW_NONE,
	SEALS_FLAW_ANCHOR, /* the first one is not by the anchor's key */
	SEALS_FLAW_KEY, /* by another key than the one before it names */
	SEALS_FLAW_SIG, /* not signed by its key */
	SEALS_FLAW_HEAD, /* it tells less than the one before it */
	SEALS_FLAW_SPELLING,
	SEALS_FLAW_WITNESS, /* somebody else holds another one */
	SEALS_FLAW_COUNT
};

/* A seal that somebody else holds. */
struct witness {
	uint64_t seq;
	uint8_t hash[RECORD_HASH_SIZE];
	bool is_found; /* ours is the same */
};

/* A time without seals, or a clock that went back. */
struct seals_note {
	uint64_t seal;
	uint64_t from_ns;
	uint64_t to_ns;
	bool is_start; /* a life of postern-records began then */
};

#define SEALS_NOTES_MAX 32

struct seals {
	/* Set before: */
	const uint8_t *anchor; /* NULL: not known */
	struct witness *witnesses;
	size_t witness_count;

	/* Found: */
	struct points points[SEAL_HEADS];
	struct seal last;
	uint64_t count; /* of good ones */
	uint64_t last_seq;
	uint64_t last_ns;
	uint8_t first_key[SIGNER_PUBLIC_SIZE];
	uint64_t first_seq;
	enum seals_flaw flaw; /* of the first bad one */
	uint64_t flaw_seq;
	struct seals_note notes[SEALS_NOTES_MAX];
	size_t note_count; /* ever; the first ones are kept */
	uint64_t witnessed_ns; /* the newest that somebody else holds; 0 */

	/* Its own. */
	uint8_t hash[RECORD_HASH_SIZE]; /* of the newest */
	int error;
};

/* Hear one good record of the seals' chain: a check_hear_fn. */
void seals_hear(void *seals, const struct record *record, const char *line);
/* All were heard: witnesses that were not met are missing. */
void seals_end(struct seals *seals);
void seals_fini(struct seals *seals);

const char *seals_flaw_words(enum seals_flaw flaw);

#endif
