/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CONTENT_NAME_H
#define POSTERN_SENSORS_CONTENT_NAME_H

/*
 * name: the parameters of a header field, as written or as encoded
 * (RFC 2045 section 5.1, RFC 2231, RFC 2047), and endings of file names.
 *
 * Read as the programs that people open mail with read them: a name without
 * quotes may contain blanks, encoded words stand inside quotes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The end of a file name counts; longer ones lose their beginning. */
#define NAME_SIZE   160
#define NAME_PIECES 24 /* of one parameter, RFC 2231 section 3 */

struct piece {
	const uint8_t *at;
	size_t len;
	uint16_t number;
	bool encoded; /* percent-encoded */
	bool quoted;
};

/* One parameter: pieces of it, in the order of their numbers. */
struct param {
	struct piece pieces[NAME_PIECES];
	size_t count;
	bool lost; /* it had more pieces */
};

/*
 * Find parameter KEY (lower case) in LEN bytes of a field's VALUE; number
 * SKIP of those of the same name without numbers, counted from 0.
 * False: there is none.
 */
bool param_find(struct param *out, const char *key, unsigned int skip,
		const uint8_t *value, size_t len);

/* Its text, decoded: at most SIZE bytes, of which the last ones are kept.
 * Returns the bytes written. */
size_t param_text(const struct param *param, uint8_t *out, size_t size);

/* Decode encoded words (RFC 2047) in TEXT of LEN bytes, in place.
 * Returns the new length. */
size_t name_words(uint8_t *text, size_t len);

/*
 * The ending of a file name: what is behind the last dot, in lower case,
 * without the dots and blanks that a system takes away at the end.
 * Returns its length, 0 where there is none; OUT of SIZE ends in NUL.
 */
size_t name_ending(char *out, size_t size, const char *name);

/* It holds the mark that turns the direction of writing (U+202E). */
bool name_is_turned(const char *name);

#endif
