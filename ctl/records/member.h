/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_MEMBER_H
#define POSTERN_RECORDS_MEMBER_H

/*
 * member: the members of any record, one after the other, whatever its kind.
 *
 * For those who show, filter and convert records, also of kinds and with
 * members that a later version writes.  Understands JSON as far as records are
 * written in it, no more; every line is bounded by its length.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prefix;

struct member {
	const char *key; /* without quotes */
	size_t key_len;
	const char *value; /* as it stands there, a text with its quotes */
	size_t value_len;
};

struct members {
	const char *at;
	const char *end;
	bool is_begun;
};

/* Over the LEN bytes of LINE, an object. */
struct members members_of(const char *line, size_t len);
/* False: there is no more, or what comes is not understood. */
bool members_next(struct members *m, struct member *out);
/* The first member with this KEY. */
bool members_find(const char *line, size_t len, const char *key,
		  struct member *out);

/* The length of the text that begins at AT with a quotation mark, with both
 * of them; END bounds it: all up to there, where it has no end. */
size_t member_text_len(const char *at, const char *end);

/* What stands between the quotation marks, escaped, or the value as it is. */
const char *member_raw(const struct member *m, size_t *len);
bool member_is(const struct member *m, const char *key);
/* Its text's bytes into OUT of SIZE bytes, ended by NUL; false: it is no text,
 * or too long. */
bool member_text(const struct member *m, char *out, size_t size, size_t *len);
/* Its text is WORD. */
bool member_has(const struct member *m, const char *word);
bool member_prefix(const struct member *m, struct prefix *out);
/* 0: it is no time. */
uint64_t member_time(const struct member *m);
/* 0: it is no number. */
uint64_t member_number(const struct member *m);

#endif
