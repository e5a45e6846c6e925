/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * address: mailboxes as commands and header fields have them (RFC 5321
 * section 4.1.2, RFC 5322 section 3.4), and the old forms that ask a server
 * to send a mail on (RFC 1123 section 5.2.16).
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

/* The last @ that is not inside quotes parts local part and domain. */
static void split(struct address *a)
{
	bool quoted = false;
	size_t at = a->len;

	for (size_t i = 0; i < a->len; i++) {
		if (quoted && a->at[i] == '\\')
			i++;
		else if (a->at[i] == '"')
			quoted = !quoted;
		else if (a->at[i] == '@' && !quoted)
			at = i;
	}
	a->local_len = at;
	a->domain = a->at + at;
	a->domain_len = 0;
	if (at < a->len) {
		a->domain = a->at + at + 1;
		a->domain_len = a->len - at - 1;
	}
}

static const uint8_t *find(const uint8_t *at, size_t len, uint8_t c)
{
	return memchr(at, c, len);
}

bool address_find(struct address *out, const uint8_t *text, size_t len)
{
	const uint8_t *open = find(text, len, '<');
	const uint8_t *end = text + len;

	*out = (struct address){ 0 };
	if (open) {
		const uint8_t *close = memrchr(open, '>', (size_t)(end - open));

		/* What stands behind the path are parameters. */
		const uint8_t *first = find(open, (size_t)(end - open), '>');

		if (first && !find(open, (size_t)(first - open), '"'))
			close = first;
		out->at = open + 1;
		out->len = (size_t)((close ? close : end) - out->at);
	} else {
		/* Some leave the brackets out, and some servers take it. */
		while (len > 0 && *text == ' ') {
			text++;
			len--;
		}
		out->at = text;
		open = find(text, len, ' ');
		out->len = open ? (size_t)(open - text) : len;
	}
	out->present = true;
	split(out);
	return true;
}

enum whose address_whose(const struct dialogue *d, const struct address *a)
{
	bool routed, own;

	if (!pool_knows_own(d->pool))
		return WHOSE_UNKNOWN;
	/* A route before the address, a hop inside of its local part. */
	routed = a->len > 0 && *a->at == '@';
	routed |= find(a->at, a->local_len, '%') != NULL ||
		  find(a->at, a->local_len, '!') != NULL ||
		  find(a->at, a->local_len, '@') != NULL;
	if (a->domain_len == 0)
		return routed ? WHOSE_ROUTED : WHOSE_LOCAL;
	own = pool_is_own(d->pool, a->domain, a->domain_len);
	if (!own)
		return WHOSE_FOREIGN;
	return routed ? WHOSE_ROUTED : WHOSE_OWN;
}

/* The only, or the last, address of a list's member. */
static bool in_member(struct address *out, const uint8_t *text, size_t len)
{
	const uint8_t *open, *at, *from, *to;

	*out = (struct address){ 0 };
	/* A name in quotes may hold anything: the last bracket counts. */
	open = memrchr(text, '<', len);
	if (open)
		return address_find(out, open, (size_t)(text + len - open)) &&
		       out->domain_len > 0;
	at = find(text, len, '@');
	if (!at)
		return false;
	for (from = at; from > text && from[-1] > ' ' && from[-1] != ',';)
		from--;
	for (to = at; to<text + len && * to> ' ' && *to != ',';)
		to++;
	out->at = from;
	out->len = (size_t)(to - from);
	out->present = true;
	split(out);
	return out->domain_len > 0;
}

/* The bytes up to a comma, or the colon or semicolon of a group, that stands in
 * no quotes, comment or brackets. */
static size_t member_len(const uint8_t *text, size_t len)
{
	unsigned int comment = 0;
	bool quoted = false, path = false;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = text[i];

		if (c == '\\' && (quoted || comment > 0))
			i++;
		else if (c == '"' && comment == 0)
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '(')
			comment++;
		else if (c == ')' && comment > 0)
			comment--;
		else if (comment == 0 && (c == '<' || c == '>'))
			path = c == '<';
		else if (comment == 0 && !path &&
			 (c == ',' || c == ';' || c == ':'))
			return i;
	}
	return len;
}

bool address_in_field(struct address *out, const uint8_t **text, size_t *len)
{
	bool found = false;

	*out = (struct address){ 0 };
	while (*len > 0 && !found) {
		size_t n = member_len(*text, *len);

		found = in_member(out, *text, n);
		n += n < *len;
		*text += n;
		*len -= n;
	}
	return found;
}

bool address_injects(const uint8_t *text, size_t len)
{
	static const char *const marks[] = { "${", "$(", "() {", "<|/",
					     "<\"|/" };

	/* Hardly any line holds a letter of them. */
	if (!find(text, len, '$') && !find(text, len, '{') &&
	    !find(text, len, '|'))
		return false;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (memmem(text, len, marks[i], strlen(marks[i])))
			return true;
	}
	return false;
}
