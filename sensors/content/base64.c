/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base64: see the header.  Knows nothing of lines or parts.
 */
#include "sensors/content/base64.h"

#include <string.h>

#define STRANGE 0x80u

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

/* Whole groups, until something is no digit.  Returns the bytes of IN used. */
static size_t take_groups(uint8_t *out, const uint8_t *in, size_t len)
{
	size_t used = 0;

	for (; len - used >= 4; used += 4, out += 3) {
		uint32_t a = sextets[in[used]], b = sextets[in[used + 1]];
		uint32_t c = sextets[in[used + 2]], d = sextets[in[used + 3]];
		uint32_t bits = a << 18 | b << 12 | c << 6 | d;

		if ((a | b | c | d) & STRANGE)
			break;
		out[0] = (uint8_t)(bits >> 16);
		out[1] = (uint8_t)(bits >> 8);
		out[2] = (uint8_t)bits;
	}
	return used;
}

size_t base64_decode_with(base64_wide wide, struct base64 *b, uint8_t *out,
			  const uint8_t *in, size_t len)
{
	const uint8_t *end = in + len;
	uint8_t *at = out;

	while (in < end) {
		if (b->have == 0) {
			size_t used = 0, got = 0;

			if (wide)
				used = wide(at, &got, in, (size_t)(end - in));
			at += got;
			in += used;
			used = take_groups(at, in, (size_t)(end - in));
			at += used / 4 * 3;
			in += used;
		}
		/* A line's end, padding, or the rest of a group. */
		while (in < end) {
			at += take(b, at, *in++);
			if (b->have == 0 && in < end &&
			    !(sextets[*in] & STRANGE))
				break;
		}
	}
	return (size_t)(at - out);
}

size_t base64_decode(struct base64 *b, uint8_t *out, const uint8_t *in,
		     size_t len)
{
	return base64_decode_with(base64_wide_here(), b, out, in, len);
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
