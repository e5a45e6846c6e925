/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_PREFIX_H
#define POSTERN_CORE_PREFIX_H

/*
 * prefix: a block of addresses, IPv4 or IPv6, in CIDR form (RFC 4632,
 * RFC 4291 section 2.3).  An address is a prefix of full length.
 *
 * Every struct prefix made by this module has its host bits and its unused
 * bytes at zero, so that equal prefixes are equal bytes.
 *
 * Functions that return int return 0, or a negative errno value and leave
 * their result untouched.
 */
#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum prefix_family {
	PREFIX_IP4 = 4,
	PREFIX_IP6 = 6,
};

struct prefix {
	uint8_t family; /* enum prefix_family, or 0: no prefix at all */
	uint8_t length; /* bits that count: 0..32, 0..128 */
	uint8_t addr[16]; /* network byte order; IPv4 in the first four */
};

/* Every byte counts: there is no padding, and stray bits are not valid. */
static inline bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->addr, sizeof(x));
	memcpy(y, b->addr, sizeof(y));
	return a->family == b->family && a->length == b->length &&
	       x[0] == y[0] && x[1] == y[1];
}

/* Room for the longest text of a prefix, and its NUL. */
#define PREFIX_TEXT_SIZE 50

/* Bits, bytes in an address of FAMILY. */
unsigned int prefix_bits(uint8_t family);
size_t prefix_bytes(uint8_t family);

/*
 * Make a prefix of the address at ADDR, 4 or 16 bytes, and clear the bits
 * behind LENGTH.  -EINVAL: no such family, or LENGTH is above its bits.
 */
int prefix_make(struct prefix *out, uint8_t family, const uint8_t *addr,
		unsigned int length);

/*
 * Read "192.0.2.1", "192.0.2.0/24", "2001:db8::/32".  TEXT need not end in
 * NUL: LEN bytes count.  An IPv4-mapped address (::ffff:192.0.2.1) is read
 * as the IPv4 address that it means.
 * -EINVAL: no such thing.  -EDOM: bits are set behind the length.
 */
int prefix_parse(struct prefix *out, const char *text, size_t len);

/* As prefix_parse(), for one address without a length. */
int prefix_parse_address(struct prefix *out, const char *text, size_t len);

/* Write P as text: a full length is left out.  Returns BUF. */
const char *prefix_format(const struct prefix *p, char buf[PREFIX_TEXT_SIZE]);

/* Right family, length within it, no stray bits: what a peer may send. */
bool prefix_is_valid(const struct prefix *p);
bool prefix_is_address(const struct prefix *p);
/* Every address of INNER is one of OUTER. */
bool prefix_contains(const struct prefix *outer, const struct prefix *inner);
/* They share an address: one contains the other. */
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);
/* Order by family, address, length: a block comes before its parts. */
int prefix_compare(const struct prefix *a, const struct prefix *b);

/* The first LENGTH bits, 0..64, of half an address, in its byte order. */
static inline uint64_t prefix_mask(unsigned int length)
{
	return length ? htobe64(~0ull << (64 - length)) : 0;
}

/* The block of LENGTH bits around P; LENGTH is at most P's own. */
static inline struct prefix prefix_truncate(const struct prefix *p,
					    unsigned int length)
{
	struct prefix out = { p->family, (uint8_t)length, { 0 } };
	uint64_t half;

	memcpy(&half, p->addr, sizeof(half));
	half &= prefix_mask(length < 64 ? length : 64);
	memcpy(out.addr, &half, sizeof(half));
	if (length <= 64)
		return out;
	memcpy(&half, p->addr + 8, sizeof(half));
	half &= prefix_mask(length - 64);
	memcpy(out.addr + 8, &half, sizeof(half));
	return out;
}

/*
 * Go to the next block of the same length.
 * False: P was the last one, and is unchanged.
 */
bool prefix_next(struct prefix *p);
/* Part NUMBER of the blocks of LENGTH bits in P, counted from 0. */
struct prefix prefix_part(const struct prefix *p, unsigned int length,
			  uint32_t number);

/* A full-avalanche mix of 64 bits (a multiply-xorshift permutation). */
static inline uint64_t prefix_mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	x ^= x >> 32;
	return x;
}

/* A hash that an attacker without SEED cannot aim. */
static inline uint64_t prefix_hash(const struct prefix *p, uint64_t seed)
{
	uint64_t high, low;

	memcpy(&high, p->addr, sizeof(high));
	memcpy(&low, p->addr + 8, sizeof(low));
	high = prefix_mix(high ^ seed);
	return prefix_mix(low ^ high ^ ((uint64_t)p->family << 8 | p->length));
}

#endif
