/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SEAL_H
#define POSTERN_RECORDS_SEAL_H

/*
 * seal: a signed record that tells the newest record of every class.
 *
 * Each seal has a key of its own.  It names the public key of the seal after
 * it, and once it is on disk its own secret is gone: whoever breaks in later
 * cannot make it again.  The public key of the first one is the anchor, to be
 * kept elsewhere.
 *
 * Knows how a seal is spelt and proven; knows no file (keys.h, sealer.h).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/records/record.h"
#include "ctl/records/signer.h"

enum seal_reason {
	SEAL_START, /* of a life of postern-records */
	SEAL_HOUR, /* an hour went by */
	SEAL_SEGMENT, /* a segment was closed */
	SEAL_STOP, /* a life ends */
	SEAL_REASON_COUNT
};

/* The newest record of a class. */
struct seal_head {
	uint8_t rclass; /* enum class; never CLASS_SEALS */
	uint64_t seq; /* 0: it has none yet, and HASH is zeros */
	uint8_t hash[RECORD_HASH_SIZE];
};

#define SEAL_HEADS CLASS_SEALS

struct seal {
	uint8_t reason; /* enum seal_reason */
	uint64_t boot; /* clock_boot() */
	uint64_t monotonic_ns;
	/* Seconds that certainly went by since the first seal: what the clock
	 * says, but no more than an hour where nobody saw it run. */
	uint64_t age_s;
	struct seal_head heads[SEAL_HEADS]; /* by class */
	uint8_t key[SIGNER_PUBLIC_SIZE]; /* proves this seal */
	uint8_t next[SIGNER_PUBLIC_SIZE]; /* and the one after it */
	uint8_t sig[SIGNER_SIG_SIZE];
};

/* What of a seal's line the signature covers: all before ,"sig":"..." */
#define SEAL_SIG_LEN (8 + 2 * SIGNER_SIG_SIZE + 1)

struct seal_draft {
	const struct seal *seal;
	const uint8_t *secret; /* of its key */
	int error; /* -EIO: it could not be signed */
};

/* Write a seal, and sign it: a journal_write_fn of a struct seal_draft. */
size_t seal_write(char *out, const struct record *head, const void *draft);

/* Read the seal that R, opened, is.  -EBADMSG. */
__attribute__((warn_unused_result)) int seal_read(struct seal *out,
						  const struct record *r);

/* Its signature is that of its own key.  LINE is its text, PREV the hash of
 * the record before. */
bool seal_is_signed(const struct seal *seal, const char *line,
		    const struct record *r,
		    const uint8_t prev[RECORD_HASH_SIZE]);

const char *seal_reason_name(enum seal_reason reason);

#endif
