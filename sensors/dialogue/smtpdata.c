/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smtpdata: a message's text, by DATA (RFC 5321 section 4.5.2) or BDAT.
 *
 * Only <CRLF>.<CRLF> ends it.  All that another program might take for that
 * end holds a dot next to a CR or LF, so one search for dots finds the end,
 * the stuffed dots and every way to smuggle: the text between passes by at
 * the speed of memory.
 */
#include <string.h>
#include <strings.h>

#include "sensors/dialogue/inside.h"

/* What stands before this place: smtp.dot holds it between two pieces. */
enum {
	BEFORE_OTHER,
	BEFORE_CR,
	BEFORE_LF, /* without CR */
	BEFORE_CRLF,
	BEFORE_MASK = 3,
	WITH_NUL = 4, /* NULs stand behind it */
	AFTER_DOT = 8,
	AFTER_DOT_CR = 16,
};

void smtp_text_begin(struct dialogue *d)
{
	d->smtp.stage = SMTP_DATA;
	d->smtp.dot = BEFORE_CRLF;
	d->smtp.text_open = true;
	d->smtp.false_end = false;
	d->smtp.pace_ns = d->now_ns;
	d->smtp.pace_bytes = d->bytes[SIDE_CLIENT];
	letterbox_begin(d);
}

void smtp_text_end(struct dialogue *d)
{
	smtp_expect(d, VERB_TEXT, WHOSE_OWN);
	d->smtp.stage = SMTP_COMMAND;
	d->smtp.text_open = false;
	letterbox_end(d, true);
}

/* What stands before BYTES[AT]; BEFORE holds what stood before the first. */
static uint8_t before_place(const uint8_t *bytes, size_t at, uint8_t before)
{
	uint8_t nul = 0;

	while (at > 0 && bytes[at - 1] == '\0') {
		nul = WITH_NUL;
		at--;
	}
	if (at == 0)
		return before == BEFORE_OTHER ? before : before | nul;
	if (bytes[at - 1] == '\r')
		return BEFORE_CR | nul;
	if (bytes[at - 1] != '\n')
		return BEFORE_OTHER;
	if (at > 1)
		return (bytes[at - 2] == '\r' ? BEFORE_CRLF : BEFORE_LF) | nul;
	return ((before & (BEFORE_MASK | WITH_NUL)) == BEFORE_CR ? BEFORE_CRLF
								 : BEFORE_LF) |
	       nul;
}

static void note_smuggling(struct dialogue *d, uint8_t before,
			   const char *after)
{
	static const char *const names[] = { "", "CR", "LF", "CRLF" };

	d->smtp.smuggled = true;
	/* One message is one attempt, however many ends it tries. */
	if (d->smtp.false_end)
		return;
	d->smtp.false_end = true;
	blame(d, SIGN_SMUGGLING, 2, "false end of a message: %s%s . %s",
	      names[before & BEFORE_MASK], before & WITH_NUL ? " NUL" : "",
	      after);
}

/* The place of the next dot behind a line's end, or LEN. */
static size_t find_dot(const uint8_t *bytes, size_t len, uint8_t *before)
{
	size_t from = 0;

	while (from < len) {
		const uint8_t *dot = memchr(bytes + from, '.', len - from);
		uint8_t b;

		if (!dot)
			break;
		from = (size_t)(dot - bytes);
		b = before_place(bytes, from, *before);
		if (b != BEFORE_OTHER) {
			*before = b;
			return from;
		}
		from++;
	}
	*before = before_place(bytes, len, *before);
	return len;
}

/* The byte behind a dot at a line's begin.  Returns the bytes used. */
static size_t after_dot(struct dialogue *d, uint8_t c)
{
	struct smtp *smtp = &d->smtp;
	uint8_t before = smtp->dot & (BEFORE_MASK | WITH_NUL);

	if (c == '\r') {
		smtp->dot = before | AFTER_DOT_CR;
		return 1;
	}
	if (c == '\n') {
		note_smuggling(d, before, "LF");
		letterbox_data(d, (const uint8_t *)".\n", 2);
		smtp->dot = BEFORE_LF;
		return 1;
	}
	/* A stuffed dot falls away; behind anything but CRLF it stays. */
	if (before != BEFORE_CRLF)
		letterbox_data(d, (const uint8_t *)".", 1);
	smtp->dot = BEFORE_OTHER;
	return 0;
}

static size_t after_dot_cr(struct dialogue *d, uint8_t c)
{
	struct smtp *smtp = &d->smtp;
	uint8_t before = smtp->dot & (BEFORE_MASK | WITH_NUL);

	if (c == '\n' && before == BEFORE_CRLF) {
		smtp_text_end(d);
		return 1;
	}
	note_smuggling(d, before, c == '\n' ? "CRLF" : "CR");
	letterbox_data(d, (const uint8_t *)".\r\n", c == '\n' ? 3 : 2);
	smtp->dot = c == '\n' ? BEFORE_CRLF : BEFORE_CR;
	return c == '\n';
}

size_t smtp_text(struct dialogue *d, const uint8_t *bytes, size_t len)
{
	struct smtp *smtp = &d->smtp;
	size_t used = 0;

	while (used < len && smtp->stage == SMTP_DATA) {
		uint8_t before = smtp->dot;
		size_t n;

		if (smtp->dot & AFTER_DOT) {
			used += after_dot(d, bytes[used]);
			continue;
		}
		if (smtp->dot & AFTER_DOT_CR) {
			used += after_dot_cr(d, bytes[used]);
			continue;
		}
		n = find_dot(bytes + used, len - used, &before);
		letterbox_data(d, bytes + used, n);
		used += n;
		smtp->dot = before;
		if (used < len) {
			smtp->dot |= AFTER_DOT;
			used++;
		}
	}
	return used;
}

size_t smtp_chunk(struct dialogue *d, const uint8_t *bytes, size_t len)
{
	struct smtp *smtp = &d->smtp;
	size_t n = len < smtp->bdat_left ? len : (size_t)smtp->bdat_left;

	if (n > 0)
		letterbox_data(d, bytes, n);
	smtp->bdat_left -= n;
	if (smtp->bdat_left > 0)
		return n;
	if (smtp->bdat_last) {
		smtp_text_end(d);
	} else {
		smtp_expect(d, VERB_BDAT, WHOSE_OWN);
		smtp->stage = SMTP_COMMAND;
	}
	return n;
}

/* A chunk's size, RFC 3030 section 2: digits, and perhaps LAST. */
static bool read_size(const struct line *line, uint64_t *size, bool *last)
{
	size_t i = 5, digits = 0;

	*size = 0;
	for (; i < line->len && line->text[i] >= '0' && line->text[i] <= '9';
	     i++, digits++)
		*size = *size * 10 + (line->text[i] - (unsigned)'0');
	if (digits == 0 || digits > 15)
		return false;
	while (i < line->len && line->text[i] == ' ')
		i++;
	*last = i < line->len;
	return i == line->len ||
	       (line->len - i >= 4 &&
		strncasecmp((const char *)line->text + i, "LAST", 4) == 0);
}

void smtp_bdat(struct dialogue *d, const struct line *line)
{
	struct smtp *smtp = &d->smtp;
	uint64_t size;
	bool last;

	if (!read_size(line, &size, &last)) {
		blame_once(d, SIGN_PROTOCOL_ABUSE, 2, "BDAT with a false size");
		smtp_expect(d, VERB_OTHER, WHOSE_OWN);
		return;
	}
	/* To a server that knows no chunks what follows is commands. */
	if (smtp->extended && !smtp->chunking && !d->gap[SIDE_SERVER]) {
		smtp_expect(d, VERB_OTHER, WHOSE_OWN);
		return;
	}
	if (!smtp->text_open)
		smtp_text_begin(d);
	smtp->bdat_left = size;
	smtp->bdat_last = last;
	smtp->stage = SMTP_BDAT;
	if (size == 0)
		(void)smtp_chunk(d, NULL, 0);
}
