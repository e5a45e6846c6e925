/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sound: lines that no honest client says, whatever it speaks.
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

void sound_check_length(struct dialogue *d, const struct line *line,
			size_t limit)
{
	if (limit && line->whole > limit && !d->smtp.lost)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 2,
			   "line of more than %zu bytes", limit);
}

static bool is_binary(const uint8_t *text, size_t len)
{
	size_t head = len < 4 ? len : 4;

	if (memchr(text, '\0', len))
		return true;
	for (size_t i = 0; i < head; i++) {
		if (text[i] >= 0x7f ||
		    (text[i] < ' ' && text[i] != '\t' && text[i] != '\r'))
			return true;
	}
	return false;
}

void sound_check(struct dialogue *d, const struct line *line, size_t limit)
{
	uint32_t slow_s = d->pool->config.slow_line_s;

	/* What looks strange may be the rest of what was not seen. */
	if (d->smtp.lost)
		return;
	sound_check_length(d, line, limit);
	if (is_binary(line->text, line->len))
		blame_once(d, SIGN_PROTOCOL_ABUSE, 1,
			   "binary where commands are spoken");
	else if (memchr(line->text, '\r', line->len))
		blame_once(d, SIGN_PROTOCOL_ABUSE, 2, "CR inside a command");
	else if (address_injects(line->text, line->len))
		blame_once(d, SIGN_PROTOCOL_ABUSE, 1,
			   "wants a command to be run: \"%.*s\"",
			   line->len < 48 ? (int)line->len : 48,
			   (const char *)line->text);
	else if (line->bare)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 3,
			   "command that ends with LF alone");
	if (slow_s && d->now_ns - line->start_ns >= slow_s * 1000000000ull)
		blame_once(d, SIGN_SLOW_SESSION, 2,
			   "a command that took more than %u s", slow_s);
}

bool sound_is_foreign(struct dialogue *d, const struct line *line)
{
	static const char *const words[] = {
		"GET ", "POST ",  "HEAD ",	 "PUT ", "OPTIONS ", "CONNECT ",
		"SSH-", "Host: ", "USER-AGENT:", "JRMI", "{\"",	     "<?xml"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!line_begins(line, words[i]) || d->smtp.lost)
			continue;
		blame_once(d, SIGN_PROTOCOL_ABUSE, 1,
			   "another protocol: \"%.*s\"",
			   line->len < 40 ? (int)line->len : 40,
			   (const char *)line->text);
		return true;
	}
	return false;
}

void sound_trim(struct line *line)
{
	if (line->len > 0 && line->len == line->whole &&
	    line->text[line->len - 1] == '\r')
		line->len--;
}
