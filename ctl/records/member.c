/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * member: where each value ends.
 */
#include "ctl/records/member.h"

#include <string.h>

#include "ctl/core/prefix.h"
#include "ctl/records/reader.h"

struct members members_of(const char *line, size_t len)
{
	return (struct members){ .at = line, .end = line + len };
}

/* An even number of backslashes stands before QUOTE. */
static bool is_end(const char *quote)
{
	const char *back = quote;

	while (back[-1] == '\\')
		back--;
	return (quote - back) % 2 == 0;
}

/* Behind the text that begins at AT, or NULL. */
static const char *end_of_text(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		at = memchr(at, '"', (size_t)(end - at));
		if (!at || is_end(at))
			return at ? at + 1 : NULL;
	}
	return NULL;
}

static const char *end_of_value(const char *at, const char *end)
{
	unsigned int depth = 0;

	while (at && at < end) {
		if (*at == '"') {
			at = end_of_text(at, end);
			if (depth == 0)
				return at;
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && depth > 0 &&
			 --depth == 0)
			return at + 1;
		else if (depth == 0 && (*at == ',' || *at == '}'))
			return at;
		at++;
	}
	return NULL;
}

bool members_next(struct members *m, struct member *out)
{
	const char *at = m->at;

	if (at >= m->end || *at != (m->is_begun ? ',' : '{'))
		return false;
	m->is_begun = true;
	out->key = ++at + 1;
	if (at >= m->end || *at != '"')
		return false;
	at = memchr(out->key, '"', (size_t)(m->end - out->key));
	if (!at || m->end - at < 3 || at[1] != ':')
		return false;
	out->key_len = (size_t)(at - out->key);
	out->value = at + 2;
	at = end_of_value(out->value, m->end);
	if (!at)
		return false;
	out->value_len = (size_t)(at - out->value);
	m->at = at;
	return true;
}

size_t member_text_len(const char *at, const char *end)
{
	const char *behind = end_of_text(at, end);

	return (size_t)((behind ? behind : end) - at);
}

const char *member_raw(const struct member *m, size_t *len)
{
	if (m->value_len >= 2 && m->value[0] == '"') {
		*len = m->value_len - 2;
		return m->value + 1;
	}
	*len = m->value_len;
	return m->value;
}

bool member_is(const struct member *m, const char *key)
{
	return strlen(key) == m->key_len &&
	       memcmp(m->key, key, m->key_len) == 0;
}

bool members_find(const char *line, size_t len, const char *key,
		  struct member *out)
{
	struct members m = members_of(line, len);

	while (members_next(&m, out)) {
		if (member_is(out, key))
			return true;
	}
	return false;
}

static struct reader value_of(const struct member *m)
{
	return reader_over(m->value, m->value_len);
}

bool member_text(const struct member *m, char *out, size_t size, size_t *len)
{
	struct reader r = value_of(m);

	if (size == 0 || m->value_len < 2 || m->value[0] != '"')
		return false;
	reader_text(&r, out, size);
	*len = strlen(out);
	return reader_done(&r);
}

bool member_has(const struct member *m, const char *word)
{
	size_t len = strlen(word);

	return m->value_len == len + 2 && m->value[0] == '"' &&
	       memcmp(m->value + 1, word, len) == 0;
}

bool member_prefix(const struct member *m, struct prefix *out)
{
	struct reader r = value_of(m);

	reader_prefix(&r, out);
	return reader_done(&r);
}

uint64_t member_time(const struct member *m)
{
	struct reader r = value_of(m);
	uint64_t time_ns = reader_time(&r);

	return reader_done(&r) ? time_ns : 0;
}

uint64_t member_number(const struct member *m)
{
	struct reader r = value_of(m);
	uint64_t number = reader_number(&r, UINT64_MAX);

	return reader_done(&r) ? number : 0;
}
