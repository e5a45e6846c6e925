/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evejson: walks what jansson made of a line along the table of the wanted
 * fields.
 */
#include "feeds/evejson.h"

#include <jansson.h>
#include <string.h>

#include "feeds/field.h"
#include "feeds/twin.h"

/* Above it a number that jansson read as a real one may not be exact. */
#define EXACT_MAX 9007199254740992.0 /* 2^53 */

static bool walk_object(json_t *object, const struct shape *shape,
			struct eve *out);

static struct slice text_of(const json_t *string)
{
	return (struct slice){ json_string_value(string),
			       json_string_length(string) };
}

static bool walk_string(json_t *value, const struct field *field,
			struct eve *out)
{
	return json_is_string(value) &&
	       field->take_string(field_place(field, out), text_of(value));
}

/* A NUL ends it: what is behind one was not written for us to read. */
static bool walk_text(json_t *value, const struct field *field, struct eve *out)
{
	struct slice text;
	char *to = field_place(field, out);

	if (!json_is_string(value))
		return false;
	text = text_of(value);
	text.len = strnlen(text.at, text.len);
	if (text.len > field->size - 1)
		text.len = field->size - 1;
	memcpy(to, text.at, text.len);
	to[text.len] = '\0';
	return true;
}

static bool integer_of(json_t *value, int64_t *out)
{
	double real;

	if (json_is_integer(value)) {
		*out = json_integer_value(value);
		return true;
	}
	if (!json_is_real(value))
		return false;
	real = json_real_value(value);
	if (real < -EXACT_MAX || real > EXACT_MAX)
		return false;
	*out = (int64_t)real;
	return (double)*out == real;
}

static bool walk_integer(json_t *value, const struct field *field,
			 struct eve *out)
{
	int64_t number;

	return integer_of(value, &number) &&
	       field->take_integer(field_place(field, out), number);
}

static bool walk_words(json_t *value, const struct field *field,
		       struct eve *out)
{
	return walk_string(json_array_get(value, 0), field, out);
}

static bool walk_present(json_t *value, const struct field *field,
			 struct eve *out)
{
	switch (field->type) {
	case FIELD_STRING:
		return walk_string(value, field, out);
	case FIELD_TEXT:
		return walk_text(value, field, out);
	case FIELD_INTEGER:
		return walk_integer(value, field, out);
	case FIELD_WORDS:
		return walk_words(value, field, out);
	case FIELD_OBJECT:
		return walk_object(value, field->inside, out);
	}
	return false;
}

static bool walk_object(json_t *object, const struct shape *shape,
			struct eve *out)
{
	if (!json_is_object(object))
		return false;
	for (unsigned int i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		json_t *value = json_object_get(object, field->name);

		if (!value || json_is_null(value))
			continue;
		out->has |= field->has;
		if (!walk_present(value, field, out) && !field->lenient)
			return false;
	}
	return true;
}

/*
 * NULs are let in, or an attacker could hide an alert by a mail command that
 * contains one.  So are numbers beyond 64 bits with sign, which Suricata has
 * for some protocols: the second reading takes all numbers as real ones.
 */
static json_t *load(struct slice line, bool *twins)
{
	size_t flags = JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES;
	json_error_t error;
	json_t *root;

	*twins = false;
	for (;;) {
		root = json_loadb(line.at, line.len, flags, &error);
		if (root)
			return root;
		if (json_error_code(&error) == json_error_duplicate_key &&
		    !*twins) {
			*twins = true;
			flags &= ~(size_t)JSON_REJECT_DUPLICATES;
		} else if (json_error_code(&error) ==
				   json_error_numeric_overflow &&
			   !(flags & JSON_DECODE_INT_AS_REAL)) {
			flags |= JSON_DECODE_INT_AS_REAL;
		} else {
			return NULL;
		}
	}
}

static bool is_alert_record(const json_t *root)
{
	const json_t *type = json_object_get(root, "event_type");
	static const char alert[] = "alert";

	return json_is_string(type) &&
	       json_string_length(type) == sizeof(alert) - 1 &&
	       memcmp(json_string_value(type), alert, sizeof(alert)) == 0;
}

static enum eve_verdict judge(struct eve *out, struct slice line, json_t *root,
			      bool twins)
{
	if (!json_is_object(root))
		return EVE_BAD;
	if (twins && twin_is_in(line))
		return EVE_BAD;
	if (!is_alert_record(root))
		return EVE_OTHER;
	if (!walk_object(root, &field_record, out))
		return EVE_BAD;
	return eve_verdict(out);
}

enum eve_verdict evejson_parse(struct eve *out, struct slice line)
{
	enum eve_verdict verdict;
	json_t *root;
	bool twins;

	memset(out, 0, sizeof(*out));
	root = load(line, &twins);
	if (!root)
		return EVE_BAD;
	verdict = judge(out, line, root, twins);
	json_decref(root);
	return verdict;
}
