/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_PEN_H
#define POSTERN_RECORDS_PEN_H

/*
 * pen: writes the tokens of a record.
 *
 * Each value has exactly one spelling, so that equal records are equal bytes.
 * The first token that does not fit sticks, and one check at the end tells.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct prefix;

struct pen {
	char *at;
	char *end;
	bool failed;
};

/* Over SIZE bytes at OUT, which the caller keeps. */
struct pen pen_over(char *out, size_t size);

/* LEN bytes to write to, or NULL once something did not fit. */
static inline char *pen_take(struct pen *pen, size_t len)
{
	char *start = pen->at;

	if (pen->failed || len > (size_t)(pen->end - pen->at)) {
		pen->failed = true;
		return NULL;
	}
	pen->at += len;
	return start;
}

/* LEN bytes as they are: punctuation and keys. */
static inline void pen_raw(struct pen *pen, const char *text, size_t len)
{
	char *to = pen_take(pen, len);

	if (to)
		memcpy(to, text, len);
}

/* The first LEN bytes of KEY.  Copying always as many as a key may have costs
 * less than to look how many: what is too much is written over. */
#define PEN_KEY_SIZE 20
static inline void pen_key(struct pen *pen, const char key[PEN_KEY_SIZE],
			   size_t len)
{
	if (pen->failed || (size_t)(pen->end - pen->at) < PEN_KEY_SIZE) {
		pen_raw(pen, key, len);
		return;
	}
	memcpy(pen->at, key, PEN_KEY_SIZE);
	pen->at += len;
}

/* The same, of a string constant. */
#define pen_literal(pen, text) pen_raw(pen, text, sizeof(text) - 1)

void pen_number(struct pen *pen, uint64_t value);
void pen_signed(struct pen *pen, int64_t value);
/* "word": letters, digits and hyphens, which need no escape. */
void pen_word(struct pen *pen, const char *word);
/* "text", escaped (escape.h). */
void pen_text(struct pen *pen, const char *text);
/* "2026-11-21T17:40:12.123456789Z" */
void pen_time(struct pen *pen, uint64_t calendar_ns);
/*
 * "192.0.2.0/24", "2001:db8::1".  IPv6 always in hexadecimal groups, also
 * where RFC 5952 section 5 would mix in an IPv4 address: it comes back as the
 * IPv6 prefix that it was.
 */
void pen_prefix(struct pen *pen, const struct prefix *p);
/* "00ff10": lower case. */
void pen_hex(struct pen *pen, const uint8_t *bytes, size_t len);
/* A number as 16 hexadecimal digits, for what is no quantity. */
void pen_hex64(struct pen *pen, uint64_t value);

#endif
