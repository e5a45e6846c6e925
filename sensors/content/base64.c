/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base64: see the header.  Knows nothing of lines or parts.
 */
#include "sensors/content/base64.h"

#include <stdbool.h>
#include <string.h>

#define STRANGE 0x80u
/* Bytes that are decoded in one go, after the lines' ends were taken out. */
#define STAGE 1024u

/* clang-format off */
static const uint8_t sextets[256] = {
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x3e, 0x80, 0x80, 0x80, 0x3f,
	0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
	0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12,
	0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24,
	0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30,
	0x31, 0x32, 0x33, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
	0x80, 0x80, 0x80, 0x80,
};
/* clang-format on */

/* One byte of the slow way.  Returns the bytes written, 0..2. */
static size_t take(struct base64 *b, uint8_t *out, uint8_t c)
{
	uint8_t value = sextets[c];

	if (c == '=') {
		b->have = 0;
		b->bits = 0;
		return 0;
	}
	if (value & STRANGE)
		return 0;
	b->bits = (b->bits << 6 | value) & 0xffffffu;
	if (++b->have == 1)
		return 0;
	/* Two sextets make a byte; the third and fourth one more each. */
	*out = (uint8_t)(b->bits >> (2 * (4 - b->have)) & 0xffu);
	if (b->have == 4)
		b->have = 0;
	return 1;
}

#if defined(__x86_64__)

#define ALL32(x)                                                               \
	{                                                                      \
		x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, \
			x, x, x, x, x, x, x, x, x, x, x                        \
	}

typedef int8_t wide_digits __attribute__((vector_size(32)));
typedef uint32_t wide_lanes __attribute__((vector_size(32)));

/*
 * By 32, where the processor has AVX2: each range of the alphabet gives its
 * distance to the values, which are then packed as lanes of four.  Stops at
 * whatever is no digit.  Returns the bytes of IN used.
 */
__attribute__((target("avx2"))) static size_t
decode_wide(uint8_t *out, const uint8_t *in, size_t len)
{
	static const wide_digits A = ALL32('A'), Z = ALL32('Z'), a = ALL32('a'),
				 z = ALL32('z'), zero = ALL32('0'),
				 nine = ALL32('9'), plus = ALL32('+'),
				 slash = ALL32('/');
	static const wide_digits upper = ALL32(-65), lower = ALL32(-71),
				 digit = ALL32(4), sixty_two = ALL32(19),
				 sixty_three = ALL32(16);
	size_t used = 0;

	/* 32 bytes are written of which 24 count. */
	for (; len - used >= 48; used += 32, out += 24) {
		wide_digits c, is_upper, is_lower, is_digit, is_plus, is_slash;
		wide_digits all;
		uint64_t good[4];
		wide_lanes x;

		memcpy(&c, in + used, sizeof(c));
		is_upper = (c >= A) & (c <= Z);
		is_lower = (c >= a) & (c <= z);
		is_digit = (c >= zero) & (c <= nine);
		is_plus = c == plus;
		is_slash = c == slash;
		all = is_upper | is_lower | is_digit | is_plus | is_slash;
		memcpy(good, &all, sizeof(good));
		if ((good[0] & good[1] & good[2] & good[3]) != UINT64_MAX)
			break;
		c += (is_upper & upper) | (is_lower & lower) |
		     (is_digit & digit) | (is_plus & sixty_two) |
		     (is_slash & sixty_three);
		x = (wide_lanes)c;
		x = (x & 0xff) << 18 | (x & 0xff00) << 4 | (x >> 10 & 0xfc0) |
		    x >> 24;
		c = (wide_digits)x;
		c = __builtin_shufflevector(c, c, 2, 1, 0, 6, 5, 4, 10, 9, 8,
					    14, 13, 12, 18, 17, 16, 22, 21, 20,
					    26, 25, 24, 30, 29, 28, 3, 3, 3, 3,
					    3, 3, 3, 3);
		memcpy(out, &c, sizeof(c));
	}
	return used;
}

static bool has_wide(void)
{
	return __builtin_cpu_supports("avx2");
}

#else

static size_t decode_wide(uint8_t *out, const uint8_t *in, size_t len)
{
	(void)out;
	(void)in;
	(void)len;
	return 0;
}

static bool has_wide(void)
{
	return false;
}

#endif

/* Digits, for the most part: lines' ends are gone. */
static size_t decode_digits(struct base64 *b, uint8_t *out, const uint8_t *in,
			    size_t len)
{
	const uint8_t *end = in + len;
	bool wide = has_wide();
	uint8_t *at = out;

	while (in < end) {
		if (wide && b->have == 0) {
			size_t n = decode_wide(at, in, (size_t)(end - in));

			at += n / 4 * 3;
			in += n;
		}
		while (b->have == 0 && end - in >= 4) {
			uint32_t a = sextets[in[0]], c = sextets[in[1]];
			uint32_t d = sextets[in[2]], e = sextets[in[3]];
			uint32_t bits = a << 18 | c << 12 | d << 6 | e;

			if ((a | c | d | e) & STRANGE)
				break;
			at[0] = (uint8_t)(bits >> 16);
			at[1] = (uint8_t)(bits >> 8);
			at[2] = (uint8_t)bits;
			at += 3;
			in += 4;
		}
		if (in < end)
			at += take(b, at, *in++);
	}
	return (size_t)(at - out);
}

/* The lines of IN joined, as far as they fit.  Returns the bytes of IN used. */
static size_t join_lines(uint8_t *joined, size_t *len, const uint8_t *in,
			 size_t in_len)
{
	size_t used = 0;

	*len = 0;
	while (used < in_len && *len < STAGE) {
		size_t room = STAGE - *len, left = in_len - used;
		size_t n = left < room ? left : room;
		const uint8_t *end = memchr(in + used, '\n', n);

		if (end)
			n = (size_t)(end - in) - used;
		memcpy(joined + *len, in + used, n);
		*len += n;
		used += n + (end != NULL);
		if (end && *len > 0 && joined[*len - 1] == '\r')
			--*len;
	}
	return used;
}

size_t base64_decode(struct base64 *b, uint8_t *out, const uint8_t *in,
		     size_t len)
{
	uint8_t joined[STAGE];
	size_t got = 0;

	while (len > 0) {
		size_t n, digits;

		n = join_lines(joined, &digits, in, len);
		got += decode_digits(b, out + got, joined, digits);
		in += n;
		len -= n;
	}
	return got;
}

size_t base64_whole(uint8_t *out, size_t size, const uint8_t *in, size_t len)
{
	struct base64 b = { 0 };
	uint8_t piece[BASE64_ROOM(64)];
	size_t used = 0;

	while (len > 0 && used < size) {
		size_t n = len < 64 ? len : 64;
		size_t got = base64_decode(&b, piece, in, n);

		if (got > size - used)
			got = size - used;
		memcpy(out + used, piece, got);
		used += got;
		in += n;
		len -= n;
	}
	return used;
}

int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* An escape's next byte.  Returns the bytes written, 0..3. */
static size_t escape(struct quoted *q, uint8_t *out, uint8_t c)
{
	size_t n = 0;

	if (q->have == 1 && (c == '\r' || c == ' ' || c == '\t'))
		return 0;
	if (q->have == 1 && c == '\n') {
		q->have = 0;
		return 0;
	}
	if (hex_digit(c) >= 0) {
		if (q->have == 1) {
			q->kept[q->have++] = c;
			return 0;
		}
		*out = (uint8_t)(hex_digit(q->kept[1]) << 4 | hex_digit(c));
		q->have = 0;
		return 1;
	}
	/* No escape at all: the bytes stand for themselves. */
	for (; n < q->have; n++)
		out[n] = q->kept[n];
	q->have = 0;
	if (c == '=')
		q->kept[q->have++] = c;
	else
		out[n++] = c;
	return n;
}

size_t quoted_decode(struct quoted *q, uint8_t *out, const uint8_t *in,
		     size_t len)
{
	const uint8_t *end = in + len;
	uint8_t *at = out;

	while (in < end) {
		const uint8_t *sign;

		if (q->have) {
			at += escape(q, at, *in++);
			continue;
		}
		sign = memchr(in, '=', (size_t)(end - in));
		if (!sign)
			sign = end;
		memmove(at, in, (size_t)(sign - in));
		at += sign - in;
		in = sign;
		if (in < end)
			q->kept[q->have++] = *in++;
	}
	return (size_t)(at - out);
}
