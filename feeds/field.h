/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_FIELD_H
#define POSTERN_FEEDS_FIELD_H

/*
 * field: the wanted fields of an alert, one table for both ways to read it.
 *
 * Where a field stands, of which JSON type it is, what its value means, and
 * where in struct eve that goes.
 *
 * Pure: no system calls, no clock.
 */
#include "feeds/eve.h"

enum field_type {
	FIELD_STRING,
	FIELD_TEXT, /* a string taken as it is, cut to SIZE */
	FIELD_INTEGER,
	FIELD_WORDS, /* an array; the first string in it counts */
	FIELD_OBJECT,
};

struct shape;

struct field {
	const char *name;
	size_t len; /* of the name */
	enum field_type type;
	uint8_t has; /* EVE_HAS_... */
	bool lenient; /* a value of another type is as good as none */
	size_t offset; /* in struct eve */
	size_t size;
	/* Write the value to TO.  False: out of range, or no such thing. */
	bool (*take_string)(void *to, struct slice text);
	bool (*take_integer)(void *to, int64_t value);
	const struct shape *inside;
};

/* No object has more wanted members. */
#define FIELD_MEMBERS_MAX 16

/* The wanted members of an object, in the order in which Suricata writes. */
struct shape {
	const struct field *fields;
	unsigned int count;
};

/* The whole record. */
extern const struct shape field_record;

/*
 * The place of the name KEY in SHAPE, or its count.  Suricata writes members
 * in one order, so that most often it is GUESS, the one behind the last.
 */
unsigned int shape_find(const struct shape *shape, struct slice key,
			unsigned int guess);

/* Where in EVE the value of FIELD goes. */
void *field_place(const struct field *field, struct eve *eve);

#endif
