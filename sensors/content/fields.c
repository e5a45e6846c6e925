/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields: what a header field says of its part (RFC 2045, RFC 2183), and the
 * fields of the message's own header that are handed on.
 */
#include <string.h>
#include <strings.h>

#include "sensors/content/inside.h"

struct value {
	const uint8_t *at;
	size_t len;
};

static bool begins(struct value v, const char *text)
{
	size_t len = strlen(text);

	return v.len >= len && strncasecmp((const char *)v.at, text, len) == 0;
}

/* Both names of a file: programs differ in which of them they take. */
static void take_names(struct content *c, const char *key, struct value v)
{
	struct part *part = &c->part;
	uint8_t text[512];
	struct param param;

	for (unsigned int i = 0; param_find(&param, key, i, v.at, v.len); i++) {
		size_t len, keep;

		c->skipped += param.lost;
		if (part->name_count == NAMES_MAX || i == NAMES_MAX) {
			c->skipped++;
			return;
		}
		len = param_text(&param, text, sizeof(text));
		keep = len < NAME_SIZE - 1 ? len : NAME_SIZE - 1;
		memcpy(part->names[part->name_count], text + len - keep, keep);
		part->names[part->name_count][keep] = '\0';
		if (keep > 0)
			part->name_count++;
	}
}

static void take_boundary(struct content *c, struct value v)
{
	uint8_t text[BOUNDARY_MAX];
	struct param param, second;
	size_t len;

	/* The first is followed; who reads by the second sees other parts. */
	c->skipped += param_find(&second, "boundary", 1, v.at, v.len);
	if (!param_find(&param, "boundary", 0, v.at, v.len) ||
	    param.pieces[0].len == 0)
		return;
	/* A boundary is compared from its begin; param_text() keeps ends. */
	if (param.count == 1 && param.pieces[0].len > BOUNDARY_MAX)
		param.pieces[0].len = BOUNDARY_MAX;
	len = param_text(&param, text, sizeof(text));
	while (len > 0 && text[len - 1] == ' ')
		len--;
	c->boundary.len = (uint16_t)len;
	c->boundary.hash = rules_hash(c->rules, text, len);
}

static void take_type(struct content *c, struct value v)
{
	struct part *part = &c->part;

	if (begins(v, "multipart/")) {
		part->kind = PART_MULTIPART;
		take_boundary(c, v);
		if (c->top && begins(v, "multipart/report"))
			c->ops->field(c->ctx, FIELD_REPORT, v.at, v.len);
	} else if (begins(v, "message/rfc822") || begins(v, "message/global")) {
		part->kind = PART_MESSAGE;
	} else {
		part->kind = PART_LEAF;
		part->html = begins(v, "text/html") ||
			     begins(v, "application/xhtml");
		part->status = begins(v, "message/delivery-status");
	}
	take_names(c, "name", v);
}

static void take_disposition(struct content *c, struct value v)
{
	c->part.attached = begins(v, "attachment");
	take_names(c, "filename", v);
}

static void take_encoding(struct content *c, struct value v)
{
	/* Quotes do not belong there; many a program reads through them. */
	if (v.len > 0 && *v.at == '"') {
		v.at++;
		v.len--;
	}
	if (begins(v, "base64"))
		c->part.encoding = ENCODING_BASE64;
	else if (begins(v, "quoted-printable"))
		c->part.encoding = ENCODING_QUOTED;
}

static const struct {
	const char *name;
	void (*take)(struct content *c, struct value v);
	enum field field; /* handed on, where nobody takes it */
} known[] = {
	{ "Content-Type", take_type, FIELD_COUNT },
	{ "Content-Disposition", take_disposition, FIELD_COUNT },
	{ "Content-Transfer-Encoding", take_encoding, FIELD_COUNT },
	{ "From", NULL, FIELD_FROM },
	{ "Sender", NULL, FIELD_SENDER },
	{ "Reply-To", NULL, FIELD_REPLY_TO },
	{ "Auto-Submitted", NULL, FIELD_AUTO_SUBMITTED },
	{ "Precedence", NULL, FIELD_PRECEDENCE },
	{ "In-Reply-To", NULL, FIELD_IN_REPLY_TO },
	{ "X-Autoreply", NULL, FIELD_AUTO_REPLY },
	{ "X-Autorespond", NULL, FIELD_AUTO_REPLY },
	{ "X-Autoresponder", NULL, FIELD_AUTO_REPLY },
};

static struct value value_behind(const struct content *c, size_t place)
{
	struct value v = { c->field + place, c->field_len - place };

	while (v.len > 0 && (*v.at == ' ' || *v.at == '\t' || *v.at == '\r' ||
			     *v.at == '\n')) {
		v.at++;
		v.len--;
	}
	return v;
}

/* Where a comment of RFC 5322 at AT ends; nowhere: 0. */
static size_t comment_len(const uint8_t *at, size_t len)
{
	unsigned int depth = 0;

	for (size_t i = 0; i < len; i++) {
		if (at[i] == '\\')
			i++;
		else if (at[i] == '(')
			depth++;
		else if (at[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/*
 * Comments may stand wherever blanks may: "multipart/mixed; (x) boundary=b".
 * Inside a value without quotes, as the name a(1).exe, there is none.  One that
 * does not end is looked for once only.
 */
static void without_comments(struct content *c, size_t place)
{
	uint8_t *out = c->field + place, before = ' ';
	bool quoted = false, value = false, whole = true;

	for (size_t i = place; i < c->field_len;) {
		uint8_t byte = c->field[i];

		if (byte == '(' && whole && !quoted &&
		    (!value || before <= ' ' || before == '=')) {
			size_t len =
				comment_len(c->field + i, c->field_len - i);

			whole = len > 0;
			i += len;
			if (whole)
				continue;
		}
		if (byte == '"')
			quoted = !quoted;
		else if (!quoted && (byte == '=' || byte == ';'))
			value = byte == '=';
		*out++ = before = byte;
		i++;
		if (quoted && byte == '\\' && i < c->field_len)
			*out++ = c->field[i++];
	}
	c->field_len = (uint16_t)(out - c->field);
}

void fields_take(struct content *c)
{
	const uint8_t *colon = memchr(c->field, ':', c->field_len);
	size_t len;

	if (!colon)
		return;
	len = (size_t)(colon - c->field);
	while (len > 0 &&
	       (c->field[len - 1] == ' ' || c->field[len - 1] == '\t'))
		len--;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct value v;

		if (strlen(known[i].name) != len ||
		    strncasecmp(known[i].name, (const char *)c->field, len) !=
			    0)
			continue;
		if (known[i].take)
			without_comments(c, (size_t)(colon - c->field) + 1);
		v = value_behind(c, (size_t)(colon - c->field) + 1);
		if (known[i].take)
			known[i].take(c, v);
		else if (c->top)
			c->ops->field(c->ctx, known[i].field, v.at, v.len);
		return;
	}
}
