/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_ESCAPE_H
#define POSTERN_CORE_ESCAPE_H

/*
 * escape: remote bytes made harmless for a terminal, a log and a JSON string.
 */
#include <stddef.h>

/*
 * Write LEN bytes of TEXT into OUT of SIZE bytes (at least 1), ended by NUL:
 * printable ASCII stays, all else (control, escape, above 126) and the
 * backslash become \xNN.  What does not fit is cut between two characters.
 * Returns OUT.
 */
const char *escape_text(char *out, size_t size, const char *text, size_t len);

/*
 * The inside of a JSON string (RFC 8259 section 7) for TEXT, pure ASCII: a
 * byte above 126 is written as the code point of its number, so that any
 * bytes come back exactly from any reader.  Returns the length, without NUL,
 * or 0 and an empty string when SIZE is too small; 6 * LEN + 1 always is enough.
 */
size_t escape_json(char *out, size_t size, const char *text, size_t len);

#endif
