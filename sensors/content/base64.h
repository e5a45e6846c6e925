/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CONTENT_BASE64_H
#define POSTERN_SENSORS_CONTENT_BASE64_H

/*
 * base64: both transfer encodings of RFC 2045 section 6, undone as a stream.
 *
 * As forgiving as the programs that people read mail with: what is not of the
 * alphabet is passed over, and decoding goes on behind padding.
 */
#include <stddef.h>
#include <stdint.h>

struct base64 {
	uint32_t bits;
	uint8_t have; /* sextets in BITS, 0..3 */
};

/* Room that LEN encoded bytes need at most, in either encoding. */
#define BASE64_ROOM(len) ((len) + 4)

/* Decode LEN bytes of IN to OUT.  Returns the bytes written. */
size_t base64_decode(struct base64 *b, uint8_t *out, const uint8_t *in,
		     size_t len);

/*
 * Decodes many digits at once, in whole groups of four, and passes over lines'
 * ends between groups; stops where it can do neither, or where IN is too short
 * for it.  *GOT is the bytes written to OUT, which has BASE64_ROOM(LEN).
 * Returns the bytes of IN used.
 */
typedef size_t (*base64_wide)(uint8_t *out, size_t *got, const uint8_t *in,
			      size_t len);

/* The one that this processor can run, or NULL. */
base64_wide base64_wide_here(void);

/* As base64_decode(), by the help of WIDE, which may be NULL. */
size_t base64_decode_with(base64_wide wide, struct base64 *b, uint8_t *out,
			  const uint8_t *in, size_t len);

/* Decode all of a short text at once, at most SIZE bytes of the result. */
size_t base64_whole(uint8_t *out, size_t size, const uint8_t *in, size_t len);

/* Quoted-printable (RFC 2045 section 6.7). */
struct quoted {
	uint8_t have; /* bytes of an escape in KEPT, 0..2 */
	uint8_t kept[2];
};

size_t quoted_decode(struct quoted *q, uint8_t *out, const uint8_t *in,
		     size_t len);

/* The value of a hexadecimal digit, or -1. */
int hex_digit(uint8_t c);

#endif
