/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minutes: a page for each dialogue, by its place in the pool; who speaks last
 * has it.
 */
#include "sensors/dialogue/minutes.h"

#include <stdio.h>
#include <string.h>

#include "sensors/dialogue/inside.h"

/* Bytes of a line that are kept. */
#define LINE_KEPT 160

/* Commands of SMTP (RFC 5321, 3207, 3030, 1985) that hold no secret. */
static const char *const plain[] = {
	"EHLO", "HELO", "LHLO", "MAIL FROM:", "RCPT TO:",
	"DATA", "BDAT", "RSET", "NOOP",	      "QUIT",
	"HELP", "VRFY", "EXPN", "STARTTLS",   "ETRN",
};

/* Of these only the word is told, in any tongue. */
static const char *const words[] = {
	"AUTH", "AUTHENTICATE", "LOGIN",   "USER",     "PASS",	 "APOP",
	"CAPA", "CAPABILITY",	"STLS",	   "STARTTLS", "NOOP",	 "LOGOUT",
	"QUIT", "ID",		"XCLIENT", "XFORWARD", "ENABLE",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct minutes_page *page_of(const struct dialogue *d)
{
	return &d->pool->minutes[(size_t)(d - d->pool->all) % MINUTES_PAGES];
}

static struct minutes_page *take_page(struct dialogue *d)
{
	struct minutes_page *page = page_of(d);

	if (page->of == d)
		return page;
	page->of = d;
	page->len = 0;
	page->hides = false;
	page->text[0] = '\0';
	return page;
}

/* Where there is no room the oldest lines go. */
static void add(struct minutes_page *page, const char *text, size_t len)
{
	while (page->len + len + 1 >= MINUTES_SIZE) {
		const char *end = memchr(page->text, '\n', page->len);
		size_t gone = end ? (size_t)(end - page->text) + 1 : page->len;

		memmove(page->text, page->text + gone, page->len - gone);
		page->len = (uint16_t)(page->len - gone);
	}
	memcpy(page->text + page->len, text, len);
	page->len = (uint16_t)(page->len + len);
	page->text[page->len] = '\0';
}

/* "C: ", the first SHOWN bytes of LINE, and how many more it has.  A byte that
 * would end the text, or begin a line, is a question mark. */
static void write_down(struct minutes_page *page, char side,
		       const struct line *line, size_t shown)
{
	char text[LINE_KEPT + 64];
	size_t len = 3;

	if (shown > line->len)
		shown = line->len;
	if (shown > LINE_KEPT)
		shown = LINE_KEPT;
	text[0] = side;
	text[1] = ':';
	text[2] = ' ';
	for (size_t i = 0; i < shown; i++) {
		uint8_t byte = line->text[i];

		text[len++] = byte == '\0' || byte == '\n' ? '?' : (char)byte;
	}
	if (line->whole > shown)
		len += (size_t)snprintf(text + len, 48,
					"%s(%zu bytes left out)",
					shown ? " " : "", line->whole - shown);
	text[len++] = '\n';
	add(page, text, len);
}

static bool ends_word(const struct line *line, size_t at)
{
	return at >= line->len || line->text[at] == ' ';
}

/* A mechanism's name: RFC 4422 section 3.1. */
static size_t mechanism_len(const struct line *line, size_t at)
{
	size_t len = 0;

	while (at + len < line->len && len < 20 &&
	       ((line->text[at + len] >= 'A' && line->text[at + len] <= 'Z') ||
		(line->text[at + len] >= '0' && line->text[at + len] <= '9') ||
		line->text[at + len] == '-' || line->text[at + len] == '_'))
		len++;
	return len > 0 && ends_word(line, at + len) ? len : 0;
}

/* Bytes of the command that hold no secret; 0: nobody knows. */
static size_t harmless(const struct line *line)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t len = strlen(words[i]);
		size_t more;

		if (!line_begins(line, words[i]) || !ends_word(line, len))
			continue;
		more = i < 2 ? mechanism_len(line, len + 1) : 0;
		return more ? len + 1 + more : len;
	}
	return 0;
}

static bool is_plain(const struct line *line)
{
	for (size_t i = 0; i < COUNT(plain); i++) {
		if (line_begins(line, plain[i]))
			return true;
	}
	return false;
}

/* IMAP: what stands behind the tag, which anybody may choose. */
static struct line without_tag(const struct line *line)
{
	const uint8_t *space = memchr(line->text, ' ', line->len);
	size_t tag = space ? (size_t)(space - line->text) + 1 : 0;
	struct line rest = *line;

	rest.text += tag;
	rest.len -= tag;
	rest.whole -= tag;
	return rest;
}

void minutes_client(struct dialogue *d, const struct line *line, bool is_secret)
{
	struct minutes_page *page = take_page(d);
	struct line said = d->tongue == &tongue_imap ? without_tag(line)
						     : *line;
	size_t shown = 0;

	if (!is_secret && d->tongue == &tongue_smtp && is_plain(&said))
		shown = said.len;
	else if (!is_secret)
		shown = harmless(&said);
	page->hides = shown == 0;
	write_down(page, 'C', &said, shown);
}

/* Of a challenge, and of a reply to what was left out, the first word. */
void minutes_server(struct dialogue *d, const struct line *line)
{
	struct minutes_page *page = take_page(d);
	size_t shown = line->len;

	if (page->hides || line_begins(line, "334") ||
	    line_begins(line, "+ ")) {
		const uint8_t *end = memchr(line->text, ' ', line->len);

		shown = end ? (size_t)(end - line->text) : 0;
		if (shown > 4)
			shown = 0;
	}
	write_down(page, 'S', line, shown);
}

void minutes_end(const struct dialogue *d)
{
	struct minutes_page *page = page_of(d);

	if (page->of != d)
		return;
	page->of = NULL;
	page->len = 0;
	page->text[0] = '\0';
}

const char *minutes_of(const struct dialogue *d)
{
	const struct minutes_page *page = page_of(d);

	return page->of == d ? page->text : "";
}
