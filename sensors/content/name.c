/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name: see the header.  Every pass goes forward once; a field that is read
 * for several parameters is short (content.h says how short).
 */
#include "sensors/content/name.h"

#include <string.h>
#include <strings.h>

#include "sensors/content/base64.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct reader {
	const uint8_t *at;
	const uint8_t *end;
};

static void pass_blanks(struct reader *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

/* To behind the next semicolon that is not inside quotes. */
static bool next_param(struct reader *r)
{
	bool quoted = false;

	for (; r->at < r->end; r->at++) {
		if (quoted && *r->at == '\\' && r->at + 1 < r->end)
			r->at++;
		else if (*r->at == '"')
			quoted = !quoted;
		else if (*r->at == ';' && !quoted) {
			r->at++;
			pass_blanks(r);
			return true;
		}
	}
	return false;
}

/* "*12*", as far as it is there. */
static void read_number(struct reader *r, struct piece *p, bool *numbered)
{
	unsigned int number = 0;

	if (r->at == r->end || *r->at != '*')
		return;
	r->at++;
	while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
		*numbered = true;
		number = number > 9999 ? 9999
				       : number * 10 + (*r->at - (unsigned)'0');
		r->at++;
	}
	p->number = (uint16_t)number;
	if (!*numbered) {
		p->encoded = true;
	} else if (r->at < r->end && *r->at == '*') {
		p->encoded = true;
		r->at++;
	}
}

static void read_value(struct reader *r, struct piece *p)
{
	if (r->at < r->end && *r->at == '"') {
		p->quoted = true;
		p->at = ++r->at;
		while (r->at < r->end && *r->at != '"')
			r->at += *r->at == '\\' && r->at + 1 < r->end ? 2 : 1;
		p->len = (size_t)(r->at - p->at);
		if (r->at < r->end)
			r->at++;
		return;
	}
	p->at = r->at;
	while (r->at < r->end && *r->at != ';')
		r->at++;
	p->len = (size_t)(r->at - p->at);
	while (p->len > 0 && is_blank(p->at[p->len - 1]))
		p->len--;
}

/* At a parameter's begin: is it KEY?  Then it is read. */
static bool read_param(struct reader *r, const char *key, struct piece *p,
		       bool *numbered)
{
	size_t len = strlen(key);

	*p = (struct piece){ 0 };
	*numbered = false;
	if ((size_t)(r->end - r->at) <= len ||
	    strncasecmp((const char *)r->at, key, len) != 0)
		return false;
	r->at += len;
	read_number(r, p, numbered);
	pass_blanks(r);
	if (r->at == r->end || *r->at != '=')
		return false;
	r->at++;
	pass_blanks(r);
	read_value(r, p);
	return true;
}

/* In the order of the numbers; few, so that sorting in is cheap. */
static void put_piece(struct param *out, const struct piece *p)
{
	size_t i = out->count;

	if (i == NAME_PIECES) {
		out->lost = true;
		return;
	}
	for (; i > 0 && out->pieces[i - 1].number > p->number; i--)
		out->pieces[i] = out->pieces[i - 1];
	out->pieces[i] = *p;
	out->count++;
}

bool param_find(struct param *out, const char *key, unsigned int skip,
		const uint8_t *value, size_t len)
{
	struct reader r = { value, value + len };
	bool numbered;
	struct piece p;

	*out = (struct param){ 0 };
	while (next_param(&r)) {
		if (!read_param(&r, key, &p, &numbered))
			continue;
		if (numbered) {
			if (skip == 0)
				put_piece(out, &p);
		} else if (skip > 0) {
			skip--;
		} else if (out->count == 0) {
			put_piece(out, &p);
			return true;
		}
	}
	return out->count > 0;
}

struct writer {
	uint8_t *out;
	size_t size;
	size_t used;
	uint8_t escape[2]; /* '%' and a digit, as far as they are there */
	uint8_t escape_len;
};

/* A full writer loses its first half: ends of names are what counts. */
static void put_byte(struct writer *w, uint8_t c)
{
	if (w->used == w->size) {
		size_t keep = w->size / 2;

		memmove(w->out, w->out + w->used - keep, keep);
		w->used = keep;
	}
	w->out[w->used++] = c;
}

/* Behind "charset'language'", where that is there. */
static struct reader without_charset(const struct piece *p)
{
	struct reader r = { p->at, p->at + p->len };
	const uint8_t *first = memchr(p->at, '\'', p->len);
	const uint8_t *second;

	if (!first)
		return r;
	first++;
	second = memchr(first, '\'', (size_t)(r.end - first));
	if (second)
		r.at = second + 1;
	return r;
}

/* An escape that was none. */
static void drop_escape(struct writer *w)
{
	uint8_t len = w->escape_len;

	w->escape_len = 0;
	for (uint8_t i = 0; i < len; i++)
		put_byte(w, w->escape[i]);
}

/* Pieces are joined, then decoded: an escape may go on in the next one. */
static void put_encoded(struct writer *w, uint8_t c)
{
	if (w->escape_len > 0 && hex_digit(c) < 0)
		drop_escape(w);
	if (w->escape_len == 2) {
		w->escape_len = 0;
		put_byte(w, (uint8_t)(hex_digit(w->escape[1]) << 4 |
				      hex_digit(c)));
	} else if (w->escape_len == 1 || c == '%') {
		w->escape[w->escape_len++] = c;
	} else {
		put_byte(w, c);
	}
}

static void put_piece_text(struct writer *w, struct reader r,
			   const struct piece *p)
{
	if (!p->encoded)
		drop_escape(w);
	while (r.at < r.end) {
		uint8_t c = *r.at++;

		if (p->quoted && c == '\\' && r.at < r.end)
			c = *r.at++;
		else if (c == '\r' || c == '\n')
			continue;
		if (p->encoded)
			put_encoded(w, c);
		else
			put_byte(w, c);
	}
}

size_t param_text(const struct param *param, uint8_t *out, size_t size)
{
	struct writer w = { .out = out, .size = size };

	for (size_t i = 0; i < param->count; i++) {
		const struct piece *p = &param->pieces[i];
		struct reader r = { p->at, p->at + p->len };

		if (p->encoded && i == 0)
			r = without_charset(p);
		put_piece_text(&w, r, p);
	}
	drop_escape(&w);
	return name_words(out, w.used);
}

/* "=?charset?B?...?=" at AT: its encoding and text.  NULL: it is none. */
static const uint8_t *word_at(const uint8_t *at, const uint8_t *end, char *how,
			      struct reader *text)
{
	const uint8_t *mark;

	if (end - at < 8 || at[0] != '=' || at[1] != '?')
		return NULL;
	mark = memchr(at + 2, '?', (size_t)(end - at - 2));
	if (!mark || end - mark < 5 || mark[2] != '?')
		return NULL;
	*how = (char)(mark[1] | 0x20);
	if (*how != 'b' && *how != 'q')
		return NULL;
	text->at = mark + 3;
	text->end = memchr(text->at, '?', (size_t)(end - text->at));
	if (!text->end || text->end + 1 == end || text->end[1] != '=')
		return NULL;
	return text->end + 2;
}

/* Both are never longer decoded than encoded: in place is safe. */
static size_t decode_word(uint8_t *out, char how, struct reader text)
{
	uint8_t copy[512];
	size_t len = (size_t)(text.end - text.at);
	struct quoted q = { 0 };
	size_t n;

	if (how == 'b') {
		n = base64_whole(copy, sizeof(copy), text.at, len);
		memcpy(out, copy, n);
		return n;
	}
	n = quoted_decode(&q, out, text.at, len);
	for (size_t i = 0; i < n; i++) {
		if (out[i] == '_')
			out[i] = ' ';
	}
	return n;
}

size_t name_words(uint8_t *text, size_t len)
{
	const uint8_t *at = text, *end = text + len;
	const uint8_t *behind_word = NULL;
	struct reader word;
	uint8_t *out = text;
	uint8_t *gap = NULL;
	char how;

	while (at < end) {
		const uint8_t *next = word_at(at, end, &how, &word);

		if (next) {
			/* Blanks between two words do not count. */
			if (gap && behind_word)
				out = gap;
			out += decode_word(out, how, word);
			at = behind_word = next;
			gap = out;
			continue;
		}
		if (!is_blank(*at))
			gap = NULL;
		*out++ = *at++;
	}
	return (size_t)(out - text);
}

/* What a file system takes away at the end of a name. */
static bool falls_off(char c)
{
	return c == '.' || is_blank((uint8_t)c) || (c > 0 && c < ' ');
}

size_t name_ending(char *out, size_t size, const char *name)
{
	size_t len = strlen(name), start, n = 0;
	const char *stream = strchr(name, ':');

	/* "tool.exe::$DATA" opens tool.exe. */
	if (stream && stream[1] == ':')
		len = (size_t)(stream - name);
	while (len > 0 && falls_off(name[len - 1]))
		len--;
	start = len;
	while (start > 0 && name[start - 1] != '.' && name[start - 1] != '/' &&
	       name[start - 1] != '\\')
		start--;
	out[0] = '\0';
	if (start == 0 || name[start - 1] != '.' || len - start >= size)
		return 0;
	for (; start < len; start++) {
		char c = name[start];

		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	out[n] = '\0';
	return n;
}

bool name_is_turned(const char *name)
{
	return strstr(name, "\xe2\x80\xae") != NULL;
}
