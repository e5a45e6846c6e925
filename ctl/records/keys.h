/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_KEYS_H
#define POSTERN_RECORDS_KEYS_H

/*
 * keys: the secret of the next seal, and of the one after it, on disk.
 *
 * Two small files beside the seals, for their owner alone.  "key" is that of
 * the next seal; "key.next" is made before a seal that names it, and takes its
 * place once that seal is on disk.  So at every instant one of them belongs to
 * the newest seal.
 *
 * Overwriting a file does not erase it from every disk: a copy-on-write file
 * system, or flash, may keep the old blocks for a while.
 *
 * Every int function returns 0, or a negative errno value.
 */
#include <stdint.h>

#include "ctl/records/signer.h"

struct keys {
	int dir; /* not owned */
	uint8_t secret[SIGNER_SECRET_SIZE]; /* of the next seal */
	uint8_t public[SIGNER_PUBLIC_SIZE];
	uint8_t after[SIGNER_SECRET_SIZE]; /* of the one after it */
	uint8_t after_public[SIGNER_PUBLIC_SIZE];
};

/*
 * Find the secret whose public key is WANTED: what the newest seal names.
 * NULL: there is no seal; a secret is made where none is.
 * -ENOKEY: it is not here.
 */
__attribute__((warn_unused_result)) int keys_open(struct keys *keys, int dir,
						  const uint8_t *wanted);

/* Make the secret after the next one, on disk. */
__attribute__((warn_unused_result)) int keys_prepare(struct keys *keys);
/* The seal is on disk: its secret goes, the one after it takes its place. */
__attribute__((warn_unused_result)) int keys_advance(struct keys *keys);

/* Forget the secrets in memory. */
void keys_fini(struct keys *keys);

#endif
