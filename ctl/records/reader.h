/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_READER_H
#define POSTERN_RECORDS_READER_H

/*
 * reader: reads the tokens of a record, as pen writes them and in no other
 * spelling.
 *
 * The first error sticks: later reads return nothing, and one check at the
 * end tells.  The bytes need not end in NUL.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct prefix;

struct reader {
	const char *at;
	const char *end;
	bool failed;
};

/* Over LEN bytes at TEXT, which the caller keeps. */
struct reader reader_over(const char *text, size_t len);

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->at);
}

/*
 * Step over TEXT if it comes next.  False: something else does.
 * Inline, for the compiler to compare a constant in one instruction.
 */
static inline bool reader_skip(struct reader *r, const char *text, size_t len)
{
	if (r->failed || len > reader_left(r) || memcmp(r->at, text, len) != 0)
		return false;
	r->at += len;
	return true;
}

/* Step over TEXT, which must come next. */
static inline void reader_expect(struct reader *r, const char *text, size_t len)
{
	if (!reader_skip(r, text, len))
		r->failed = true;
}

/* The same two, with a string constant. */
#define reader_skip_literal(r, text)   reader_skip(r, text, sizeof(text) - 1)
#define reader_expect_literal(r, text) reader_expect(r, text, sizeof(text) - 1)

/* A number of at most MAX. */
uint64_t reader_number(struct reader *r, uint64_t max);
int32_t reader_signed(struct reader *r);
/* A word's letters, between its quotes: in the bytes that are read.  LEN is 0
 * where there is none. */
const char *reader_word(struct reader *r, size_t *len);
/* A text into the SIZE bytes at OUT, filled up with NUL. */
void reader_text(struct reader *r, char *out, size_t size);
uint64_t reader_time(struct reader *r);
void reader_prefix(struct reader *r, struct prefix *out);
/* LEN, a multiple of 4, bytes from twice as many lower-case digits. */
void reader_hex(struct reader *r, uint8_t *out, size_t len);
uint64_t reader_hex64(struct reader *r);

/* Everything was read, without error. */
bool reader_done(const struct reader *r);

#endif
