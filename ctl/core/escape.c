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

/* How many bytes of TEXT stand for themselves. */
static size_t count_plain(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && is_plain((unsigned char)text[i]) && text[i] != '"' &&
	       text[i] != '\\')
		i++;
	return i;
}

size_t escape_json(char *out, size_t size, const char *text, size_t len)
{
	size_t used = 0;
	size_t i = 0;

	for (;;) {
		size_t plain = count_plain(text + i, len - i);
		unsigned char c;

		/* With the longest escape behind it, where one comes. */
		if (size - used < plain + (i + plain < len ? 7 : 1))
			goto too_long;
		memcpy(out + used, text + i, plain);
		used += plain;
		i += plain;
		if (i == len)
			break;
		c = (unsigned char)text[i++];
		if (c == '"' || c == '\\') {
			out[used++] = '\\';
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
