/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * twin: walks the text of a record.  It is JSON for sure, so each thing is
 * told by its first byte, and the end is never met unawares.
 */
#include "feeds/twin.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "feeds/field.h"

static const char *skip_space(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
		at++;
	return at;
}

/* Behind the string at AT. */
static const char *skip_string(const char *at)
{
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
	}
	return at + 1;
}

/* Behind the object or array at AT. */
static const char *skip_inside(const char *at)
{
	size_t depth = 0;

	do {
		if (*at == '"') {
			at = skip_string(at);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		at++;
	} while (depth > 0);
	return at;
}

static const char *skip_value(const char *at)
{
	if (*at == '"')
		return skip_string(at);
	if (*at == '{' || *at == '[')
		return skip_inside(at);
	while (!strchr(",}] \t\r\n", *at))
		at++;
	return at;
}

/* The place of the name in RAW, a string with its quotes, in SHAPE. */
static unsigned int find_name(const struct shape *shape, struct slice raw)
{
	unsigned int found = shape->count;
	json_t *name;

	if (!memchr(raw.at, '\\', raw.len))
		return shape_find(shape,
				  (struct slice){ raw.at + 1, raw.len - 2 }, 0);
	name = json_loadb(raw.at, raw.len, JSON_DECODE_ANY, NULL);
	if (name)
		found = shape_find(shape,
				   (struct slice){ json_string_value(name),
						   json_string_length(name) },
				   0);
	json_decref(name);
	return found;
}

static bool look_in(const char **at, const struct shape *shape);

/* Go behind the value at *AT, of the wanted field FIELD or of none. */
static bool look_at_value(const char **at, const struct field *field)
{
	if (field && field->inside && **at == '{')
		return look_in(at, field->inside);
	*at = skip_value(*at);
	return false;
}

/* The values that the members of one object have had so far. */
struct values {
	uint32_t seen;
	struct slice first[FIELD_MEMBERS_MAX];
};

/* Is VALUE of member number I another one than it had before? */
static bool is_twin(struct values *v, unsigned int i, struct slice value)
{
	if (v->seen & 1u << i)
		return value.len != v->first[i].len ||
		       memcmp(value.at, v->first[i].at, value.len) != 0;
	v->seen |= 1u << i;
	v->first[i] = value;
	return false;
}

/* Look through the object at *AT, and go behind it. */
static bool look_in(const char **at, const struct shape *shape)
{
	const char *p = skip_space(*at + 1);
	struct values values = { 0 };

	while (*p == '"') {
		const char *end = skip_string(p), *value;
		unsigned int i = find_name(
			shape, (struct slice){ p, (size_t)(end - p) });
		bool wanted = i < shape->count;

		value = skip_space(skip_space(end) + 1);
		p = value;
		if (look_at_value(&p, wanted ? &shape->fields[i] : NULL))
			return true;
		if (wanted &&
		    is_twin(&values, i,
			    (struct slice){ value, (size_t)(p - value) }))
			return true;
		p = skip_space(p);
		if (*p == ',')
			p = skip_space(p + 1);
	}
	*at = p + 1;
	return false;
}

bool twin_is_in(struct slice line)
{
	const char *at = skip_space(line.at);

	return look_in(&at, &field_record);
}
