/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_HASH_H
#define POSTERN_SENSORS_HASH_H

/*
 * hash: where something is kept, so that nobody without the key can choose it.
 *
 * Two words of the input at a time are mixed with the key and multiplied; both
 * halves of the 128-bit product are folded together.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct hash_key {
	uint64_t a;
	uint64_t b;
};

static inline uint64_t hash_fold(uint64_t x, uint64_t y)
{
	unsigned __int128 product = (unsigned __int128)x * y;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* LEN is a multiple of 8. */
static inline uint64_t hash_bytes(const struct hash_key *key, const void *data,
				  size_t len)
{
	const uint8_t *at = data;
	uint64_t hash = key->a ^ len;

	for (; len >= 8; at += 8, len -= 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		hash = hash_fold(hash ^ word, key->b ^ (hash >> 32) ^ len) +
		       word;
	}
	return hash_fold(hash ^ key->b, key->a | 1);
}

#endif
