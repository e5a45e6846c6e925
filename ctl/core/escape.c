/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * escape: two spellings of hostile bytes.  Knows no meaning of any of them.
 */
#include "ctl/core/escape.h"

#include <stdio.h>
#include <string.h>

static int is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

const char *escape_text(char *out, size_t size, const char *text, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		size_t need = is_plain(c) && c != '\\' ? 1 : 4;

		if (need > size - 1 - used)
			break;
		if (need == 1)
			out[used] = (char)c;
		else
			snprintf(out + used, size - used, "\\x%02x", c);
		used += need;
	}
	out[used] = '\0';
	return out;
}

size_t escape_json(char *out, size_t size, const char *text, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (size - used < 7)
			goto too_long;
		if (c == '"' || c == '\\') {
			out[used++] = '\\';
			out[used++] = (char)c;
		} else if (is_plain(c)) {
			out[used++] = (char)c;
		} else {
			used += (size_t)snprintf(out + used, size - used,
						 "\\u%04x", c);
		}
	}
	out[used] = '\0';
	return used;
too_long:
	out[0] = '\0';
	return 0;
}
