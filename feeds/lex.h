/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_LEX_H
#define POSTERN_FEEDS_LEX_H

/*
 * lex: the words of JSON (RFC 8259), strictly, and only the simple ones.
 *
 * Each function takes one thing from the text at AT, which ends at END, and
 * returns where it ended.  NULL: the text is wrong, or is something that this
 * module leaves to a full parser: deep nesting, fractions, numbers beyond 18
 * digits, NULs and surrogates in \u form.  Nothing is taken that jansson
 * would refuse.
 *
 * Pure: no system calls, no clock.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/slice.h"

static inline bool lex_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind the white space, if there is any.  Never NULL. */
static inline const char *lex_space(const char *at, const char *end)
{
	while (at < end && lex_is_space(*at))
		at++;
	return at;
}

/* BYTE, with white space around it. */
static inline const char *lex_byte(const char *at, const char *end, char byte)
{
	at = lex_space(at, end);
	return at < end && *at == byte ? lex_space(at + 1, end) : NULL;
}

/* These begin at the thing itself, and end right behind it. */

/* Any value, which is forgotten. */
const char *lex_skip(const char *at, const char *end);
const char *lex_null(const char *at, const char *end);
const char *lex_integer(const char *at, const char *end, int64_t *out);
/* A string; OUT is its inside, and may hold escapes (ESCAPED) and UTF-8. */
const char *lex_string(const char *at, const char *end, struct slice *out,
		       bool *escaped);
/* A string without any escape. */
const char *lex_plain(const char *at, const char *end, struct slice *out);
/*
 * A string of which the first SIZE - 1 bytes, its escapes read, go to OUT,
 * and a NUL behind them.  An escape in \u form is left to others.
 */
const char *lex_text(const char *at, const char *end, char *out, size_t size);

#endif
