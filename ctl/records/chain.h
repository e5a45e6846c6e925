/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_CHAIN_H
#define POSTERN_RECORDS_CHAIN_H

/*
 * chain: each record's hash covers the hash of the record before it, so that
 * no record can be changed, taken out or put in without changing every later
 * one.
 *
 * SHA-256 over the 32 bytes of the hash before, then the line up to where its
 * own hash stands.  The first record of all continues from 32 zeros.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/records/record.h"

struct chain;

/* The caller gives it to chain_free().  -ENOMEM; -ENOSYS: no SHA-256 here. */
__attribute__((warn_unused_result)) int chain_new(struct chain **out);
void chain_free(struct chain *chain);

/* HASH of the record before becomes that of LINE, whose LEN bytes count. */
void chain_link(struct chain *chain, uint8_t hash[RECORD_HASH_SIZE],
		const char *line, size_t len);

#endif
