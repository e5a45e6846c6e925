/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prefix: arithmetic on blocks of addresses.  Knows bits; knows nothing of
 * bans, zones or the ladder.
 */
#include "ctl/core/prefix.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

unsigned int prefix_bits(uint8_t family)
{
	if (family == PREFIX_IP4)
		return 32;
	return family == PREFIX_IP6 ? 128 : 0;
}

size_t prefix_bytes(uint8_t family)
{
	return prefix_bits(family) / 8;
}

/*
 * An address as a number of 128 bits, the first byte highest; one of IPv4 has
 * zeros below.  What counts of it is then one mask for both families.
 */
struct bits {
	uint64_t high, low;
};

static struct bits bits_of(const uint8_t addr[16])
{
	struct bits bits;

	memcpy(&bits.high, addr, sizeof(bits.high));
	memcpy(&bits.low, addr + 8, sizeof(bits.low));
	bits.high = be64toh(bits.high);
	bits.low = be64toh(bits.low);
	return bits;
}

static void put_bits(uint8_t addr[16], struct bits bits)
{
	bits.high = htobe64(bits.high);
	bits.low = htobe64(bits.low);
	memcpy(addr, &bits.high, sizeof(bits.high));
	memcpy(addr + 8, &bits.low, sizeof(bits.low));
}

/* The first LENGTH bits, 0..64, of a word. */
static uint64_t first_bits(unsigned int length)
{
	return length ? ~0ull << (64 - length) : 0;
}

static struct bits cut(struct bits bits, unsigned int length)
{
	bits.high &= first_bits(length < 64 ? length : 64);
	bits.low &= first_bits(length > 64 ? length - 64 : 0);
	return bits;
}

static bool is_same(struct bits a, struct bits b)
{
	return a.high == b.high && a.low == b.low;
}

int prefix_make(struct prefix *out, uint8_t family, const uint8_t *addr,
		unsigned int length)
{
	struct prefix p = { .family = family, .length = (uint8_t)length };

	if (prefix_bits(family) == 0 || length > prefix_bits(family))
		return -EINVAL;
	memcpy(p.addr, addr, prefix_bytes(family));
	put_bits(p.addr, cut(bits_of(p.addr), length));
	*out = p;
	return 0;
}

/* A length in decimal without sign or leading zero: at most three digits. */
static int parse_length(const char *text, size_t len, unsigned int *out)
{
	unsigned int value = 0;

	if (len == 0 || len > 3 || (len > 1 && text[0] == '0'))
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	*out = value;
	return 0;
}

static int parse_bytes(uint8_t bytes[16], uint8_t *family, const char *text,
		       size_t len)
{
	char copy[INET6_ADDRSTRLEN];

	if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET, copy, bytes) == 1)
		*family = PREFIX_IP4;
	else if (inet_pton(AF_INET6, copy, bytes) == 1)
		*family = PREFIX_IP6;
	else
		return -EINVAL;
	return 0;
}

static bool is_mapped(const uint8_t bytes[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(bytes, mapped, sizeof(mapped)) == 0;
}

int prefix_parse(struct prefix *out, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t addr_len = slash ? (size_t)(slash - text) : len;
	uint8_t bytes[16] = { 0 };
	struct prefix p = { 0 };
	unsigned int length;
	uint8_t family;
	int err;

	err = parse_bytes(bytes, &family, text, addr_len);
	if (err)
		return err;
	length = prefix_bits(family);
	if (slash) {
		err = parse_length(slash + 1, len - addr_len - 1, &length);
		if (err)
			return err;
	}
	if (family == PREFIX_IP6 && is_mapped(bytes) && length >= 96) {
		family = PREFIX_IP4;
		length -= 96;
		memmove(bytes, bytes + 12, 4);
	}
	err = prefix_make(&p, family, bytes, length);
	if (err)
		return err;
	if (memcmp(p.addr, bytes, prefix_bytes(family)) != 0)
		return -EDOM;
	*out = p;
	return 0;
}

int prefix_parse_address(struct prefix *out, const char *text, size_t len)
{
	if (memchr(text, '/', len))
		return -EINVAL;
	return prefix_parse(out, text, len);
}

const char *prefix_format(const struct prefix *p, char buf[PREFIX_TEXT_SIZE])
{
	int af = p->family == PREFIX_IP4 ? AF_INET : AF_INET6;
	size_t used;

	if (!inet_ntop(af, p->addr, buf, PREFIX_TEXT_SIZE))
		buf[0] = '\0';
	used = strlen(buf);
	if (!prefix_is_address(p))
		snprintf(buf + used, PREFIX_TEXT_SIZE - used, "/%u", p->length);
	return buf;
}

bool prefix_is_valid(const struct prefix *p)
{
	struct bits bits = bits_of(p->addr);

	return prefix_bits(p->family) && p->length <= prefix_bits(p->family) &&
	       is_same(bits, cut(bits, p->length));
}

bool prefix_is_address(const struct prefix *p)
{
	return p->length == prefix_bits(p->family);
}

bool prefix_contains(const struct prefix *outer, const struct prefix *inner)
{
	return outer->family == inner->family &&
	       outer->length <= inner->length &&
	       is_same(bits_of(outer->addr),
		       cut(bits_of(inner->addr), outer->length));
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_contains(a, b) || prefix_contains(b, a);
}

int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	struct bits x = bits_of(a->addr), y = bits_of(b->addr);

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (x.high != y.high)
		return x.high < y.high ? -1 : 1;
	if (x.low != y.low)
		return x.low < y.low ? -1 : 1;
	return (a->length > b->length) - (a->length < b->length);
}

bool prefix_next(struct prefix *p)
{
	struct prefix next = *p;
	unsigned int step;

	if (p->length == 0)
		return false;
	step = 1u << (7 - (p->length - 1u) % 8);
	for (size_t i = (p->length - 1u) / 8;; i--) {
		unsigned int sum = next.addr[i] + step;

		next.addr[i] = (uint8_t)sum;
		if (sum <= 0xff)
			break;
		if (i == 0)
			return false;
		step = 1;
	}
	*p = next;
	return true;
}

struct prefix prefix_part(const struct prefix *p, unsigned int length,
			  uint32_t number)
{
	struct prefix out = *p;

	out.length = (uint8_t)length;
	for (unsigned int bit = length; bit > p->length && number; bit--) {
		if (number & 1)
			out.addr[(bit - 1) / 8] |=
				(uint8_t)(1u << (7 - (bit - 1) % 8));
		number >>= 1;
	}
	return out;
}
