/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * saved: knows the elements of a saved ban; knows no record.
 */
#include "ctl/records/saved.h"

#include <stdbool.h>
#include <string.h>

#include "ctl/core/act.h"
#include "ctl/records/pen.h"
#include "ctl/records/reader.h"
#include "ctl/records/words.h"

enum spelling {
	SPELL_U8,
	SPELL_U16,
	SPELL_U32,
	SPELL_U64,
	SPELL_USER, /* null: nobody */
	SPELL_BOOL,
	SPELL_WORD,
	SPELL_TEXT,
	SPELL_PREFIX,
};

struct element {
	uint8_t spelling;
	uint8_t list; /* of a word: enum word_list */
	uint16_t offset;
	uint64_t most; /* of a number */
};

#define NUMBER(type, member)                                                  \
	{                                                                     \
		SPELL_##type, 0, offsetof(struct saved_ban, member),          \
			UINT64_MAX >>                                         \
				(64 -                                         \
				 8 * sizeof(((struct saved_ban *)0)->member)) \
	}
#define OTHER(type, member, list)                                         \
	{                                                                 \
		SPELL_##type, list, offsetof(struct saved_ban, member), 0 \
	}

static const struct element elements[] = {
	OTHER(PREFIX, prefix, 0),
	{ SPELL_U64, 0, offsetof(struct saved_ban, until_ms), SAVED_UNTIL_MAX },
	NUMBER(U32, since_s),
	NUMBER(U16, hosts),
	NUMBER(U32, sid),
	OTHER(TEXT, reason, 0),
	OTHER(WORD, sign, WORDS_SIGN),
	NUMBER(U16, feed),
	NUMBER(U32, term_s),
	NUMBER(U8, level),
	OTHER(WORD, origin, WORDS_ORIGIN),
	OTHER(USER, uid, 0),
	OTHER(BOOL, active, 0),
	OTHER(WORD, scope, WORDS_SCOPE),
};
#define ELEMENTS (sizeof(elements) / sizeof(elements[0]))
#define NOBODY	 UINT32_MAX /* as act.h has it */

static uint64_t number_at(const struct element *e, const void *at)
{
	switch ((enum spelling)e->spelling) {
	case SPELL_U16:
		return *(const uint16_t *)at;
	case SPELL_U32:
	case SPELL_USER:
		return *(const uint32_t *)at;
	case SPELL_U64:
		return *(const uint64_t *)at;
	case SPELL_U8:
	case SPELL_BOOL:
	case SPELL_WORD:
	case SPELL_TEXT:
	case SPELL_PREFIX:
		break;
	}
	return *(const uint8_t *)at;
}

static uint32_t read_user(struct reader *r)
{
	if (reader_skip_literal(r, "null"))
		return NOBODY;
	return (uint32_t)reader_number(r, NOBODY - 1);
}

static bool read_bool(struct reader *r)
{
	if (reader_skip_literal(r, "true"))
		return true;
	reader_expect_literal(r, "false");
	return false;
}

static void read_element(struct reader *r, const struct element *e,
			 struct saved_ban *ban)
{
	void *at = (char *)ban + e->offset;

	switch ((enum spelling)e->spelling) {
	case SPELL_U8:
		*(uint8_t *)at = (uint8_t)reader_number(r, e->most);
		break;
	case SPELL_U16:
		*(uint16_t *)at = (uint16_t)reader_number(r, e->most);
		break;
	case SPELL_U32:
		*(uint32_t *)at = (uint32_t)reader_number(r, e->most);
		break;
	case SPELL_U64:
		*(uint64_t *)at = reader_number(r, e->most);
		break;
	case SPELL_USER:
		*(uint32_t *)at = read_user(r);
		break;
	case SPELL_BOOL:
		*(uint8_t *)at = read_bool(r);
		break;
	case SPELL_WORD:
		*(uint8_t *)at = words_read(r, (enum word_list)e->list);
		break;
	case SPELL_TEXT:
		reader_text(r, at, sizeof(ban->reason));
		break;
	case SPELL_PREFIX:
		reader_prefix(r, at);
		break;
	}
}

static void write_element(struct pen *pen, const struct element *e,
			  const struct saved_ban *ban)
{
	const void *at = (const char *)ban + e->offset;
	uint64_t number = number_at(e, at);

	switch ((enum spelling)e->spelling) {
	case SPELL_U8:
	case SPELL_U16:
	case SPELL_U32:
	case SPELL_U64:
		pen_number(pen, number);
		break;
	case SPELL_USER:
		if (number == NOBODY)
			pen_literal(pen, "null");
		else
			pen_number(pen, number);
		break;
	case SPELL_BOOL:
		if (number)
			pen_literal(pen, "true");
		else
			pen_literal(pen, "false");
		break;
	case SPELL_WORD:
		pen_word(pen,
			 words_name((enum word_list)e->list, (uint8_t)number));
		break;
	case SPELL_TEXT:
		pen_text(pen, at);
		break;
	case SPELL_PREFIX:
		pen_prefix(pen, at);
		break;
	}
}

/* No prefix is left out. */
static bool is_same(const struct element *e, const struct saved_ban *a,
		    const struct saved_ban *b)
{
	if (e->spelling == SPELL_PREFIX)
		return false;
	if (e->spelling == SPELL_TEXT)
		return strcmp(a->reason, b->reason) == 0;
	return number_at(e, (const char *)a + e->offset) ==
	       number_at(e, (const char *)b + e->offset);
}

/* Up to the bracket that ends the array: what a later version has more. */
static bool pass_over(struct reader *r)
{
	unsigned int depth = 0;
	bool in_text = false;

	if (!reader_skip_literal(r, ","))
		return false;
	for (; r->at < r->end; r->at++) {
		if (*r->at == '"')
			in_text = !in_text;
		else if (in_text)
			r->at += *r->at == '\\' && r->at + 1 < r->end;
		else if (*r->at == '[' || *r->at == '{')
			depth++;
		else if ((*r->at == ']' || *r->at == '}') && depth-- == 0)
			break;
	}
	return true;
}

/* FORMER is NULL for the first. */
static void read_ban(struct reader *r, struct saved_ban *ban,
		     const struct saved_ban *former, bool is_later)
{
	bool has_more = false;
	size_t count = 0;

	reader_expect_literal(r, "[");
	do {
		read_element(r, &elements[count++], ban);
	} while (count < ELEMENTS && reader_skip_literal(r, ","));
	if (is_later && count == ELEMENTS)
		has_more = pass_over(r);
	reader_expect_literal(r, "]");
	if (has_more)
		return;
	if (former ? is_same(&elements[count - 1], ban, former)
		   : count < ELEMENTS)
		r->failed = true;
}

void saved_read(struct reader *r, uint64_t count, bool is_later, saved_fn *tell,
		void *ctx)
{
	struct saved_ban bans[2];

	memset(bans, 0, sizeof(bans)); /* padding too: rows are compared */
	for (uint64_t i = 0; i < count; i++) {
		struct saved_ban *ban = &bans[i % 2];
		const struct saved_ban *former = i ? &bans[(i - 1) % 2] : NULL;

		if (former) {
			memcpy(ban, former, sizeof(*ban));
			reader_expect_literal(r, ",");
		}
		read_ban(r, ban, former, is_later);
		if (r->failed)
			return;
		tell(ctx, ban);
	}
}

void saved_write(struct pen *pen, const struct saved_ban *bans, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t told = ELEMENTS;

		while (i > 0 &&
		       is_same(&elements[told - 1], &bans[i], &bans[i - 1]))
			told--;
		if (i > 0)
			pen_literal(pen, ",");
		for (size_t k = 0; k < told; k++) {
			pen_raw(pen, k ? "," : "[", 1);
			write_element(pen, &elements[k], &bans[i]);
		}
		pen_literal(pen, "]");
	}
}
