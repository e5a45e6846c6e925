/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * field: the list, and how each type is written, read, and told to be empty.
 */
#include "ctl/records/field.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "ctl/records/class.h"
#include "ctl/records/words.h"

#define NOBODY UINT32_MAX /* as act.h has it */

enum field_type {
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_I32,
	FIELD_USER, /* empty when it is NOBODY */
	FIELD_TIME,
	FIELD_HEX, /* 64 bits that are no quantity */
	FIELD_WORD, /* LIMIT is its enum word_list */
	FIELD_TEXT, /* LIMIT bytes */
	FIELD_PREFIX,
	FIELD_POSITION,
	FIELD_TRUE, /* a bool that is not written when it is false */
	FIELD_CLASSES, /* bits: a list of words */
};

struct field {
	char key[PEN_KEY_SIZE]; /* with comma, quotes and colon */
	uint8_t key_len;
	uint8_t type;
	uint16_t offset;
	uint16_t limit;
	bool with_event; /* written wherever an event's time is */
	uint64_t always; /* KIND()s in which it is written even when empty */
};

#define KIND(name) (1ull << ACT_##name)
#define ALL	   UINT64_MAX

_Static_assert(ACT_COUNT <= 64, "a bit for each kind");

#define MEMBER(word, t, s, member, lim, event, kinds)                    \
	{                                                                \
		.key = ",\"" word "\":", .key_len = sizeof(word) + 3,    \
		.type = FIELD_##t, .offset = offsetof(struct s, member), \
		.limit = (lim), .with_event = (event), .always = (kinds) \
	}
#define ENTRY(word, t, member, lim, event, kinds) \
	MEMBER(word, t, act, member, lim, event, kinds)
#define PLAIN(word, t, member)	     ENTRY(word, t, member, 0, false, 0)
#define WORD(word, member, list, in) ENTRY(word, WORD, member, list, false, in)
#define TEXT(word, member) \
	ENTRY(word, TEXT, member, sizeof(((struct act *)0)->member), false, 0)

/* The order is the order in a record, which never changes. */
static const struct field act_fields[] = {
	WORD("origin", origin, WORDS_ORIGIN, ALL),
	WORD("mode", mode, WORDS_MODE,
	     KIND(START) | KIND(BAN) | KIND(WOULD_BAN) | KIND(REFUSED)),
	WORD("gate", gate, WORDS_GATE, KIND(PANIC) | KIND(RESUME)),
	PLAIN("boot", HEX, boot),
	PLAIN("monotonic_ns", U64, monotonic_ns),
	PLAIN("prefix", PREFIX, prefix),
	PLAIN("until", TIME, until_ns),
	PLAIN("term_s", U32, term_s),
	PLAIN("level", U8, level),
	WORD("sign", sign, WORDS_SIGN, 0),
	PLAIN("hosts", U16, hosts),
	PLAIN("points", U32, points),
	PLAIN("uid", USER, uid),
	PLAIN("login_uid", USER, login_uid),
	PLAIN("pid", U32, pid),
	TEXT("name", name),
	TEXT("reason", reason),
	PLAIN("event", TIME, event_ns),
	PLAIN("source", PREFIX, source),
	PLAIN("target", PREFIX, target),
	PLAIN("target_port", U16, target_port),
	ENTRY("proof", WORD, proof, WORDS_PROOF, true, 0),
	ENTRY("feed", U16, feed, 0, true, KIND(GAP) | KIND(POSITION)),
	ENTRY("stream", U16, stream, 0, true, KIND(GAP) | KIND(POSITION)),
	TEXT("file", file),
	ENTRY("position", POSITION, position, 0, false, KIND(POSITION)),
	PLAIN("gid", U32, gid),
	PLAIN("sid", U32, sid),
	PLAIN("rev", U32, rev),
	PLAIN("error", I32, error),
	PLAIN("config", HEX, config_id),
	ENTRY("count", U64, count, 0, false, KIND(CHECKPOINTED) | KIND(TORN)),
	PLAIN("since", TIME, since_ns),
	PLAIN("before", TIME, before_ns),
	PLAIN("classes", CLASSES, classes),
	WORD("scope", scope, WORDS_SCOPE, 0),
	PLAIN("seed", HEX, seed),
};

#define SEEN(word, t, member) MEMBER(word, t, sighting, member, 0, false, 0)
#define SEEN_WORD(word, member, list, in) \
	MEMBER(word, WORD, sighting, member, list, false, in)
#define SEEN_TEXT(word, member)              \
	MEMBER(word, TEXT, sighting, member, \
	       sizeof(((struct sighting *)0)->member), false, 0)

static const struct field sighting_fields[] = {
	SEEN("number", U64, number),
	SEEN_WORD("outcome", outcome, WORDS_OUTCOME, ALL),
	SEEN("act", U64, act),
	SEEN("event", TIME, event.time_ns),
	SEEN_WORD("sign", event.sign, WORDS_SIGN, ALL),
	SEEN("severity", U8, event.severity),
	SEEN_WORD("confidence", event.confidence, WORDS_CONFIDENCE, 0),
	SEEN_WORD("proof", event.proof, WORDS_PROOF, ALL),
	SEEN("culprit", U8, event.culprit),
	SEEN("blocked", TRUE, event.blocked),
	SEEN("source", PREFIX, event.source),
	SEEN("source_port", U16, event.source_port),
	SEEN("target", PREFIX, event.target),
	SEEN("target_port", U16, event.target_port),
	SEEN_TEXT("server", server),
	SEEN("ip_proto", U8, event.ip_proto),
	SEEN_TEXT("app_proto", event.app_proto),
	SEEN("flow", HEX, event.flow_id),
	SEEN("tx", U64, event.tx_id),
	SEEN("gid", U32, event.gid),
	SEEN("sid", U32, event.sid),
	SEEN("rev", U32, event.rev),
	SEEN_TEXT("text", event.text),
	SEEN_TEXT("category", event.category),
	SEEN_TEXT("name", name),
	SEEN_TEXT("file", file),
	SEEN("feed", U16, event.feed),
	SEEN("stream", U16, event.stream),
	SEEN("server_number", U16, event.server),
	SEEN("position", POSITION, event.position),
	SEEN("length", U32, event.length),
	SEEN("judged", TIME, event.seen_ns),
	SEEN("monotonic_ns", U64, monotonic_ns),
};

#define FROM(word, t, member) MEMBER(word, t, original, member, 0, false, 0)
#define FROM_TEXT(word, member)              \
	MEMBER(word, TEXT, original, member, \
	       sizeof(((struct original *)0)->member), false, 0)

static const struct field original_fields[] = {
	FROM("event", TIME, time_ns), FROM("source", PREFIX, source),
	FROM_TEXT("name", name),      FROM_TEXT("file", file),
	FROM("feed", U16, feed),      FROM("stream", U16, stream),
	FROM("offset", U64, offset),  FROM("length", U32, length),
	FROM("at", U32, at),	      FROM("missed", U32, missed),
	FROM_TEXT("line", line),
};

/* Which list, of how many; and what the fields that ask for it see. */
struct fieldset {
	const struct field *fields;
	size_t count;
	const void *base;
	uint64_t kind; /* its bit */
	const uint64_t *event_ns; /* NULL: nothing depends on it */
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct fieldset act_set(const struct act *act)
{
	return (struct fieldset){ act_fields, COUNT(act_fields), act,
				  1ull << act->kind, &act->event_ns };
}

static struct fieldset sighting_set(const struct sighting *sighting)
{
	return (struct fieldset){ sighting_fields, COUNT(sighting_fields),
				  sighting, 1, NULL };
}

static struct fieldset original_set(const struct original *original)
{
	return (struct fieldset){ original_fields, COUNT(original_fields),
				  original, 1, NULL };
}

static bool is_position_empty(const struct position *p)
{
	return p->device == 0 && p->inode == 0 && p->head_hash == 0 &&
	       p->head_len == 0 && p->offset == 0;
}

static bool is_empty(const struct field *field, const void *at)
{
	switch ((enum field_type)field->type) {
	case FIELD_U8:
	case FIELD_WORD:
	case FIELD_CLASSES:
		return *(const uint8_t *)at == 0;
	case FIELD_TRUE:
		return !*(const bool *)at;
	case FIELD_U16:
		return *(const uint16_t *)at == 0;
	case FIELD_U32:
		return *(const uint32_t *)at == 0;
	case FIELD_I32:
		return *(const int32_t *)at == 0;
	case FIELD_USER:
		return *(const uint32_t *)at == NOBODY;
	case FIELD_U64:
	case FIELD_TIME:
	case FIELD_HEX:
		return *(const uint64_t *)at == 0;
	case FIELD_TEXT:
		return *(const char *)at == '\0';
	case FIELD_PREFIX:
		return ((const struct prefix *)at)->family == 0;
	case FIELD_POSITION:
		return is_position_empty(at);
	}
	return true;
}

/* The event's time comes before the fields that ask for it. */
static bool is_asked_for(const struct field *field, const struct fieldset *set)
{
	return (field->always & set->kind) ||
	       (field->with_event && *set->event_ns != 0);
}

static void write_position(struct pen *pen, const struct position *p)
{
	pen_literal(pen, "{\"device\":");
	pen_number(pen, p->device);
	pen_literal(pen, ",\"inode\":");
	pen_number(pen, p->inode);
	pen_literal(pen, ",\"head\":");
	pen_hex64(pen, p->head_hash);
	pen_literal(pen, ",\"head_len\":");
	pen_number(pen, p->head_len);
	pen_literal(pen, ",\"offset\":");
	pen_number(pen, p->offset);
	pen_literal(pen, "}");
}

static void read_position(struct reader *r, struct position *p)
{
	reader_expect_literal(r, "{\"device\":");
	p->device = reader_number(r, UINT64_MAX);
	reader_expect_literal(r, ",\"inode\":");
	p->inode = reader_number(r, UINT64_MAX);
	reader_expect_literal(r, ",\"head\":");
	p->head_hash = reader_hex64(r);
	reader_expect_literal(r, ",\"head_len\":");
	p->head_len = (uint32_t)reader_number(r, UINT32_MAX);
	reader_expect_literal(r, ",\"offset\":");
	p->offset = reader_number(r, UINT64_MAX);
	reader_expect_literal(r, "}");
}

/* ["acts","events"], in the order of enum class. */
static void write_classes(struct pen *pen, uint8_t bits)
{
	bool is_first = true;

	pen_literal(pen, "[");
	for (int rclass = 0; rclass < CLASS_COUNT; rclass++) {
		if (!(bits & 1u << rclass))
			continue;
		if (!is_first)
			pen_literal(pen, ",");
		is_first = false;
		pen_word(pen, class_name((enum rclass)rclass));
	}
	pen_literal(pen, "]");
}

static uint8_t read_classes(struct reader *r)
{
	unsigned int bits = 0;

	reader_expect_literal(r, "[");
	do {
		size_t len;
		const char *word = reader_word(r, &len);
		enum rclass rclass = class_by_name(word, len);

		/* Rising: each bit is above all before. */
		if (r->failed || rclass == CLASS_COUNT || bits >> rclass) {
			r->failed = true;
			return 0;
		}
		bits |= 1u << rclass;
	} while (reader_skip_literal(r, ","));
	reader_expect_literal(r, "]");
	return (uint8_t)bits;
}

static void write_value(struct pen *pen, const struct field *field,
			const void *at)
{
	switch ((enum field_type)field->type) {
	case FIELD_U8:
		pen_number(pen, *(const uint8_t *)at);
		return;
	case FIELD_U16:
		pen_number(pen, *(const uint16_t *)at);
		return;
	case FIELD_U32:
	case FIELD_USER:
		pen_number(pen, *(const uint32_t *)at);
		return;
	case FIELD_U64:
		pen_number(pen, *(const uint64_t *)at);
		return;
	case FIELD_I32:
		pen_signed(pen, *(const int32_t *)at);
		return;
	case FIELD_TIME:
		pen_time(pen, *(const uint64_t *)at);
		return;
	case FIELD_HEX:
		pen_hex64(pen, *(const uint64_t *)at);
		return;
	case FIELD_WORD:
		pen_word(pen, words_name((enum word_list)field->limit,
					 *(const uint8_t *)at));
		return;
	case FIELD_TEXT:
		pen_text(pen, at);
		return;
	case FIELD_PREFIX:
		pen_prefix(pen, at);
		return;
	case FIELD_POSITION:
		write_position(pen, at);
		return;
	case FIELD_TRUE:
		pen_literal(pen, "true");
		return;
	case FIELD_CLASSES:
		write_classes(pen, *(const uint8_t *)at);
		return;
	}
}

static void read_value(struct reader *r, const struct field *field, void *at)
{
	switch ((enum field_type)field->type) {
	case FIELD_U8:
		*(uint8_t *)at = (uint8_t)reader_number(r, UINT8_MAX);
		return;
	case FIELD_U16:
		*(uint16_t *)at = (uint16_t)reader_number(r, UINT16_MAX);
		return;
	case FIELD_U32:
	case FIELD_USER:
		*(uint32_t *)at = (uint32_t)reader_number(r, UINT32_MAX);
		return;
	case FIELD_U64:
		*(uint64_t *)at = reader_number(r, UINT64_MAX);
		return;
	case FIELD_I32:
		*(int32_t *)at = reader_signed(r);
		return;
	case FIELD_TIME:
		*(uint64_t *)at = reader_time(r);
		return;
	case FIELD_HEX:
		*(uint64_t *)at = reader_hex64(r);
		return;
	case FIELD_WORD:
		*(uint8_t *)at = words_read(r, (enum word_list)field->limit);
		return;
	case FIELD_TEXT:
		reader_text(r, at, field->limit);
		return;
	case FIELD_PREFIX:
		reader_prefix(r, at);
		return;
	case FIELD_POSITION:
		read_position(r, at);
		return;
	case FIELD_TRUE:
		reader_expect_literal(r, "true");
		*(bool *)at = !r->failed;
		return;
	case FIELD_CLASSES:
		*(uint8_t *)at = read_classes(r);
		return;
	}
}

static void write_set(struct pen *pen, const struct fieldset *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct field *f = &set->fields[i];
		const void *at = (const char *)set->base + f->offset;

		if (!is_asked_for(f, set) && is_empty(f, at))
			continue;
		pen_key(pen, f->key, f->key_len);
		write_value(pen, f, at);
	}
}

static void read_set(struct reader *r, const struct fieldset *set, void *out)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct field *f = &set->fields[i];
		bool asked_for = is_asked_for(f, set);
		void *at = (char *)out + f->offset;

		if (!reader_skip(r, f->key, f->key_len)) {
			r->failed |= asked_for;
			continue;
		}
		read_value(r, f, at);
		r->failed |= is_empty(f, at) && !asked_for;
	}
}

void field_write(struct pen *pen, const struct act *act)
{
	const struct fieldset set = act_set(act);

	write_set(pen, &set);
}

void field_read(struct reader *r, struct act *out)
{
	const struct fieldset set = act_set(out);

	out->uid = NOBODY;
	out->login_uid = NOBODY;
	read_set(r, &set, out);
}

int field_knows(const char *key, size_t key_len, const char *value,
		size_t value_len)
{
	for (size_t i = 0; i < COUNT(act_fields); i++) {
		const struct field *f = &act_fields[i];
		struct reader r = reader_over(value, value_len);
		struct act scratch;

		/* ,"KEY": */
		if (f->key_len != key_len + 4 ||
		    memcmp(f->key + 2, key, key_len) != 0)
			continue;
		read_value(&r, f, (char *)&scratch + f->offset);
		return reader_done(&r) ? 1 : -EBADMSG;
	}
	return 0;
}

void field_write_sighting(struct pen *pen, const struct sighting *sighting)
{
	const struct fieldset set = sighting_set(sighting);

	write_set(pen, &set);
}

void field_read_sighting(struct reader *r, struct sighting *out)
{
	const struct fieldset set = sighting_set(out);

	read_set(r, &set, out);
}

void field_write_original(struct pen *pen, const struct original *original)
{
	const struct fieldset set = original_set(original);

	write_set(pen, &set);
}

void field_read_original(struct reader *r, struct original *out)
{
	const struct fieldset set = original_set(out);

	read_set(r, &set, out);
}
