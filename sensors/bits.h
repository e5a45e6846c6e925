/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_BITS_H
#define POSTERN_SENSORS_BITS_H

/*
 * bits: one for each byte of a page, 64 at a time.  FROM is before TO, and both
 * are within the page.
 */
#include <stdbool.h>
#include <stdint.h>

#include "sensors/pages.h"

static inline uint64_t bits_from(uint32_t at)
{
	return ~0ull << at % 64;
}

/* Bits up to, not with, AT, which is not the first of its word. */
static inline uint64_t bits_to(uint32_t at)
{
	return ~0ull >> (64 - at % 64);
}

static inline bool has_bit(const uint64_t *bits, uint32_t at)
{
	return bits[at / 64] >> at % 64 & 1;
}

static inline void put_bit(uint64_t *bits, uint32_t at, bool value)
{
	uint64_t bit = 1ull << at % 64;

	bits[at / 64] = value ? bits[at / 64] | bit : bits[at / 64] & ~bit;
}

static inline bool has_any(const uint64_t *bits, uint32_t from, uint32_t to)
{
	uint32_t last = (to - 1) / 64;

	for (uint32_t i = from / 64; i <= last; i++) {
		uint64_t word = bits[i];

		if (i == from / 64)
			word &= bits_from(from);
		if (i == last && to % 64)
			word &= bits_to(to);
		if (word)
			return true;
	}
	return false;
}

static inline void set_all(uint64_t *bits, uint32_t from, uint32_t to)
{
	uint32_t last = (to - 1) / 64;

	for (uint32_t i = from / 64; i <= last; i++) {
		uint64_t word = ~0ull;

		if (i == from / 64)
			word &= bits_from(from);
		if (i == last && to % 64)
			word &= bits_to(to);
		bits[i] |= word;
	}
}

/* The first byte from FROM on whose bit is VALUE; PAGE_SIZE: none. */
static inline uint32_t find_bit(const uint64_t *bits, uint32_t from, bool value)
{
	uint64_t flip = value ? 0 : ~0ull;

	for (uint32_t i = from / 64; i < PAGE_WORDS; i++) {
		uint64_t word = bits[i] ^ flip;

		if (i == from / 64)
			word &= bits_from(from);
		if (word)
			return i * 64 + (uint32_t)__builtin_ctzll(word);
	}
	return PAGE_SIZE;
}

#endif
