/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lex: knows the grammar of JSON; knows no field of any record.
 *
 * Places are passed and returned in registers: kept in a struct they would
 * go through memory at each token, which takes half of the time.
 */
#include "feeds/lex.h"

#include <endian.h>
#include <string.h>

#define DEPTH_MAX  32
#define DIGITS_MAX 18 /* so many always fit an int64_t */

typedef int8_t vector __attribute__((vector_size(16), aligned(1), may_alias));

static const char *take_word(const char *at, const char *end, const char *word,
			     size_t len)
{
	if ((size_t)(end - at) < len || memcmp(at, word, len) != 0)
		return NULL;
	return at + len;
}

const char *lex_null(const char *at, const char *end)
{
	return take_word(at, end, "null", 4);
}

const char *lex_integer(const char *at, const char *end, int64_t *out)
{
	bool negative = at < end && *at == '-';
	const char *first = at + negative;
	int64_t value = 0;

	for (at = first; at < end && *at >= '0' && *at <= '9'; at++) {
		if (at - first == DIGITS_MAX)
			return NULL;
		value = value * 10 + (*at - '0');
	}
	if (at == first || (*first == '0' && at - first > 1))
		return NULL;
	if (at < end && (*at == '.' || *at == 'e' || *at == 'E'))
		return NULL;
	*out = negative ? -value : value;
	return at;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Four digits that are neither a NUL nor, perhaps, half of a pair. */
static const char *skip_code(const char *at, const char *end)
{
	if (end - at < 4 || !is_hex(at[0]) || !is_hex(at[1]) ||
	    !is_hex(at[2]) || !is_hex(at[3]))
		return NULL;
	if (memcmp(at, "0000", 4) == 0 || at[0] == 'd' || at[0] == 'D')
		return NULL;
	return at + 4;
}

/* What the escape of LETTER means; 0: it is none of the simple ones. */
static char escape_value(char letter)
{
	switch (letter) {
	case '"':
	case '\\':
	case '/':
		return letter;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return '\0';
	}
}

static const char *skip_escape(const char *at, const char *end)
{
	if (end - at < 2)
		return NULL;
	if (at[1] == 'u')
		return skip_code(at + 2, end);
	return escape_value(at[1]) ? at + 2 : NULL;
}

/* One character of UTF-8 (RFC 3629 section 4), not ASCII. */
static const char *skip_utf8(const char *text, const char *end)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t len = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	uint8_t low = 0x80, high = 0xbf;

	if (at[0] < 0xc2 || at[0] > 0xf4 || (size_t)(end - text) < len)
		return NULL;
	/* Overlong forms, surrogates, and what lies above U+10FFFF. */
	if (at[0] == 0xe0)
		low = 0xa0;
	else if (at[0] == 0xed)
		high = 0x9f;
	else if (at[0] == 0xf0)
		low = 0x90;
	else if (at[0] == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return NULL;
	for (size_t i = 2; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return NULL;
	}
	return text + len;
}

/* Go to the next byte of a string that is not just a printable of ASCII;
 * as signed numbers, those above ASCII are below the blank. */
static const char *skip_printable(const char *at, const char *end)
{
	while (end - at >= (ptrdiff_t)sizeof(vector)) {
		vector v = *(const vector *)at;
		vector special = (v < ' ') | (v == '"') | (v == '\\');
		uint64_t words[2];

		memcpy(words, &special, sizeof(words));
		if (words[0])
			return at + __builtin_ctzll(le64toh(words[0])) / 8;
		if (words[1])
			return at + 8 + __builtin_ctzll(le64toh(words[1])) / 8;
		at += sizeof(vector);
	}
	while (at < end && (signed char)*at >= ' ' && *at != '"' && *at != '\\')
		at++;
	return at;
}

/* The rest of a string, from the first byte that is not simple. */
static const char *skip_rest(const char *at, const char *end, bool *escaped)
{
	while (at && at < end && *at != '"') {
		if (*at == '\\') {
			*escaped = true;
			at = skip_escape(at, end);
		} else {
			at = skip_utf8(at, end);
		}
		if (at)
			at = skip_printable(at, end);
	}
	return at && at < end ? at : NULL;
}

const char *lex_string(const char *at, const char *end, struct slice *out,
		       bool *escaped)
{
	const char *inside = at + 1;

	*escaped = false;
	if (at == end || *at != '"')
		return NULL;
	at = skip_printable(inside, end);
	if (at == end || *at != '"')
		at = skip_rest(at, end, escaped);
	if (!at)
		return NULL;
	*out = (struct slice){ inside, (size_t)(at - inside) };
	return at + 1;
}

const char *lex_plain(const char *at, const char *end, struct slice *out)
{
	bool escaped;

	at = lex_string(at, end, out, &escaped);
	return escaped ? NULL : at;
}

static bool unescape(struct slice text, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\\')
			c = escape_value(text.at[++i]);
		if (c == '\0')
			return false;
		if (used < size - 1)
			out[used++] = c;
	}
	out[used] = '\0';
	return true;
}

const char *lex_text(const char *at, const char *end, char *out, size_t size)
{
	struct slice text;
	bool escaped;

	at = lex_string(at, end, &text, &escaped);
	if (!at)
		return NULL;
	if (escaped)
		return unescape(text, out, size) ? at : NULL;
	if (text.len > size - 1)
		text.len = size - 1;
	memcpy(out, text.at, text.len);
	out[text.len] = '\0';
	return at;
}

static const char *skip_value(const char *at, const char *end,
			      unsigned int depth);

static const char *skip_member(const char *at, const char *end,
			       unsigned int depth)
{
	struct slice ignored;
	bool escaped;

	at = lex_string(at, end, &ignored, &escaped);
	if (at)
		at = lex_byte(at, end, ':');
	return at ? skip_value(at, end, depth) : NULL;
}

/* An object or an array, at its first bracket. */
static const char *skip_inside(const char *at, const char *end,
			       unsigned int depth)
{
	bool is_object = *at == '{';
	char close = is_object ? '}' : ']';
	const char *next;

	at = lex_space(at + 1, end);
	if (at < end && *at == close)
		return at + 1;
	for (;;) {
		at = is_object ? skip_member(at, end, depth)
			       : skip_value(at, end, depth);
		if (!at)
			return NULL;
		next = lex_byte(at, end, ',');
		if (!next)
			break;
		at = next;
	}
	at = lex_space(at, end);
	return at < end && *at == close ? at + 1 : NULL;
}

static const char *skip_value(const char *at, const char *end,
			      unsigned int depth)
{
	struct slice ignored;
	int64_t number;
	bool escaped;

	switch (at < end ? *at : '\0') {
	case '"':
		return lex_string(at, end, &ignored, &escaped);
	case '{':
	case '[':
		return depth < DEPTH_MAX ? skip_inside(at, end, depth + 1)
					 : NULL;
	case 't':
		return take_word(at, end, "true", 4);
	case 'f':
		return take_word(at, end, "false", 5);
	case 'n':
		return lex_null(at, end);
	default:
		return lex_integer(at, end, &number);
	}
}

const char *lex_skip(const char *at, const char *end)
{
	return skip_value(at, end, 0);
}
