/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eve: the fast way.  Takes the wanted fields; what is not wanted is only
 * checked to be JSON.
 */
#include "feeds/eve.h"

#include <string.h>

#include "feeds/field.h"
#include "feeds/lex.h"

struct reader {
	const char *end; /* of the line */
	struct eve *out;
};

static const char *read_object(struct reader *r, const char *at,
			       const struct shape *shape);

static const char *read_string(struct reader *r, const char *at,
			       const struct field *field)
{
	struct slice text;

	at = lex_plain(at, r->end, &text);
	if (!at || !field->take_string(field_place(field, r->out), text))
		return NULL;
	return at;
}

static const char *read_integer(struct reader *r, const char *at,
				const struct field *field)
{
	int64_t value;

	at = lex_integer(at, r->end, &value);
	if (!at || !field->take_integer(field_place(field, r->out), value))
		return NULL;
	return at;
}

/* Only the form in which there is one word. */
static const char *read_words(struct reader *r, const char *at,
			      const struct field *field)
{
	at = lex_byte(at, r->end, '[');
	if (at)
		at = read_string(r, at, field);
	if (at)
		at = lex_byte(at, r->end, ']');
	return at;
}

/* Null is as good as missing. */
static const char *read_field(struct reader *r, const char *at,
			      const struct field *field)
{
	if (at < r->end && *at == 'n')
		return lex_null(at, r->end);
	r->out->has |= field->has;
	switch (field->type) {
	case FIELD_STRING:
		return read_string(r, at, field);
	case FIELD_TEXT:
		return lex_text(at, r->end, field_place(field, r->out),
				field->size);
	case FIELD_INTEGER:
		return read_integer(r, at, field);
	case FIELD_WORDS:
		return read_words(r, at, field);
	case FIELD_OBJECT:
		return read_object(r, at, field->inside);
	}
	return NULL;
}

/* Which wanted members an object had, and which comes next, most likely. */
struct progress {
	uint32_t seen;
	unsigned int guess;
	struct slice values[FIELD_MEMBERS_MAX]; /* of those that were seen */
};

/* Suricata writes some members twice: that is no harm, if both agree. */
static const char *read_again(struct reader *r, const char *at,
			      const struct slice *first)
{
	const char *end = lex_skip(at, r->end);

	if (!end || (size_t)(end - at) != first->len ||
	    memcmp(at, first->at, first->len) != 0)
		return NULL;
	return end;
}

static const char *read_member(struct reader *r, const char *at,
			       const struct shape *shape, struct progress *p)
{
	struct slice key;
	unsigned int i;

	at = lex_plain(at, r->end, &key);
	if (at)
		at = lex_byte(at, r->end, ':');
	if (!at)
		return NULL;
	i = shape_find(shape, key, p->guess);
	if (i == shape->count)
		return lex_skip(at, r->end);
	if (p->seen & 1u << i)
		return read_again(r, at, &p->values[i]);
	p->seen |= 1u << i;
	p->guess = i + 1;
	p->values[i].at = at;
	at = read_field(r, at, &shape->fields[i]);
	if (at)
		p->values[i].len = (size_t)(at - p->values[i].at);
	return at;
}

static const char *read_object(struct reader *r, const char *at,
			       const struct shape *shape)
{
	struct progress progress;
	const char *next;

	progress.seen = 0;
	progress.guess = 0;

	if (at == r->end || *at != '{')
		return NULL;
	at = lex_space(at + 1, r->end);
	if (at < r->end && *at == '}')
		return at + 1;
	for (;;) {
		at = read_member(r, at, shape, &progress);
		if (!at)
			return NULL;
		next = lex_byte(at, r->end, ',');
		if (!next)
			break;
		at = next;
	}
	at = lex_space(at, r->end);
	return at < r->end && *at == '}' ? at + 1 : NULL;
}

enum eve_verdict eve_verdict(const struct eve *eve)
{
	const uint8_t needed = EVE_HAS_TIME | EVE_HAS_ALERT;

	if (!eve->is_alert)
		return EVE_OTHER;
	return (eve->has & needed) == needed ? EVE_ALERT : EVE_BAD;
}

enum eve_verdict eve_parse(struct eve *out, struct slice line)
{
	struct reader r = { .end = line.at + line.len, .out = out };
	enum eve_verdict verdict;
	const char *at;

	memset(out, 0, sizeof(*out));
	at = read_object(&r, lex_space(line.at, r.end), &field_record);
	if (!at || lex_space(at, r.end) != r.end)
		return EVE_UNKNOWN;
	verdict = eve_verdict(out);
	return verdict == EVE_BAD ? EVE_UNKNOWN : verdict;
}
