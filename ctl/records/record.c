/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record: head and end.  Knows how a line is spelt; knows no file and no
 * hash function.
 */
#include "ctl/records/record.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/records/field.h"
#include "ctl/records/member.h"
#include "ctl/records/pen.h"
#include "ctl/records/reader.h"
#include "ctl/records/words.h"

/* The word of a record that holds bans, beside those of enum act_kind. */
#define BANS_WORD  "bans"
#define EVENT_WORD "event"
#define LINE_WORD  "original"
#define SEAL_WORD  "seal"

/* ,"hash":"..."} at the end of each line */
#define HASH_KEY ",\"hash\":"
#define END_LEN	 RECORD_END_LEN

_Static_assert(RECORD_END_LEN ==
		       sizeof(HASH_KEY) - 1 + 2 * RECORD_HASH_SIZE + 2 + 1,
	       "the end of a line");

static void read_clock(struct reader *r, bool *synchronised)
{
	*synchronised = reader_skip_literal(r, "\"synchronised\"");
	if (!*synchronised)
		reader_expect_literal(r, "\"free\"");
}

static bool is_word(const char *word, size_t len, const char *wanted)
{
	return len == strlen(wanted) && memcmp(word, wanted, len) == 0;
}

static void read_class(struct reader *r, struct record *out)
{
	size_t len;
	const char *word = reader_word(r, &len);

	out->rclass = (uint8_t)class_by_name(word, len);
	r->failed |= out->rclass == CLASS_COUNT;
}

static void read_kind(struct reader *r, struct record *out)
{
	size_t len;
	const char *word = reader_word(r, &len);
	int kind;

	out->is_bans = is_word(word, len, BANS_WORD);
	out->is_event = is_word(word, len, EVENT_WORD);
	out->is_original = is_word(word, len, LINE_WORD);
	out->is_seal = is_word(word, len, SEAL_WORD);
	if (out->is_bans || out->is_event || out->is_original || out->is_seal)
		return;
	kind = words_find(WORDS_ACT, word, len);
	out->kind = kind < 0 ? ACT_NONE : (uint8_t)kind;
}

static void read_head(struct reader *r, struct record *out)
{
	reader_expect_literal(r, "{\"seq\":");
	out->seq = reader_number(r, UINT64_MAX);
	reader_expect_literal(r, ",\"time\":");
	out->time_ns = reader_time(r);
	reader_expect_literal(r, ",\"clock\":");
	read_clock(r, &out->synchronised);
	reader_expect_literal(r, ",\"class\":");
	read_class(r, out);
	reader_expect_literal(r, ",\"kind\":");
	read_kind(r, out);
	out->is_first = reader_skip_literal(r, ",\"prev\":");
	if (out->is_first)
		reader_hex(r, out->prev, sizeof(out->prev));
	if (reader_skip_literal(r, ",\"id\":")) {
		out->id = reader_number(r, UINT64_MAX);
		r->failed |= out->id == 0;
	}
	if (out->is_bans) {
		reader_expect_literal(r, ",\"count\":");
		out->count = reader_number(r, RECORD_BANS_MAX);
	}
	r->failed |= out->seq == 0 || (out->is_bans && out->id != 0);
}

int record_open(struct record *out, const char *line, size_t len)
{
	struct record record = { 0 };
	struct reader r;

	if (len < END_LEN || len >= RECORD_SIZE_MAX)
		return -EBADMSG;
	record.hashed_len = len - END_LEN;
	r = reader_over(line + record.hashed_len, END_LEN);
	reader_expect_literal(&r, HASH_KEY);
	reader_hex(&r, record.hash, sizeof(record.hash));
	reader_expect_literal(&r, "}");
	if (!reader_done(&r))
		return -EBADMSG;
	r = reader_over(line, record.hashed_len);
	read_head(&r, &record);
	if (r.failed)
		return -EBADMSG;
	record.body = r.at;
	record.body_len = (size_t)(r.end - r.at);
	*out = record;
	return 0;
}

int record_read_act(struct act *out, const struct record *record)
{
	struct reader r = reader_over(record->body, record->body_len);
	struct act act = {
		.id = record->id,
		.kind = record->kind,
		.time_ns = record->time_ns,
	};

	if (record->kind == ACT_NONE)
		return -EBADMSG;
	field_read(&r, &act);
	if (!reader_done(&r))
		return -EBADMSG;
	*out = act;
	return 0;
}

/* What is done, and to whom: half of it is worse than nothing. */
static bool is_vital(const struct member *m)
{
	static const char *const keys[] = { "prefix", "until",	  "term_s",
					    "scope",  "gate",	  "count",
					    "since",  "before",	  "classes",
					    "name",   "position", "file" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (member_is(m, keys[i]))
			return true;
	}
	return false;
}

/* The members of RECORD that are understood, into OUT, which has room for all.
 * Their length, or -EBADMSG. */
static ssize_t keep_known(const struct record *record, char *out)
{
	/* Up to the comma behind them, which ends a number, too. */
	struct members members = {
		.at = record->body,
		.end = record->body + record->body_len + 1,
		.is_begun = true,
	};
	struct member m;
	size_t used = 0;

	while (members.at + 1 < members.end) {
		const char *begin = members.at;
		int known;

		if (!members_next(&members, &m))
			return -EBADMSG;
		known = field_knows(m.key, m.key_len, m.value, m.value_len);
		if (known < 0 && is_vital(&m))
			return -EBADMSG;
		if (known <= 0)
			continue;
		memcpy(out + used, begin, (size_t)(members.at - begin));
		used += (size_t)(members.at - begin);
	}
	return (ssize_t)used;
}

int record_read_later_act(struct act *out, const struct record *record)
{
	struct record known = *record;
	int err = record_read_act(out, record);
	char *body;
	ssize_t len;

	if (!err || record->kind == ACT_NONE || record->body_len == 0)
		return err;
	body = malloc(record->body_len);
	if (!body)
		return -EBADMSG;
	len = keep_known(record, body);
	known.body = body;
	known.body_len = len < 0 ? 0 : (size_t)len;
	err = len < 0 ? -EBADMSG : record_read_act(out, &known);
	free(body);
	return err ? err : 1;
}

int record_read_sighting(struct sighting *out, const struct record *record)
{
	struct reader r = reader_over(record->body, record->body_len);
	struct sighting sighting;

	memset(&sighting, 0, sizeof(sighting));
	if (!record->is_event)
		return -EBADMSG;
	field_read_sighting(&r, &sighting);
	if (!reader_done(&r))
		return -EBADMSG;
	/* Older ones do not tell when they were judged: about then. */
	if (sighting.event.seen_ns == 0)
		sighting.event.seen_ns = record->time_ns;
	*out = sighting;
	return 0;
}

int record_read_original(struct original *out, const struct record *record)
{
	struct reader r = reader_over(record->body, record->body_len);
	struct original original;

	memset(&original, 0, sizeof(original));
	if (!record->is_original)
		return -EBADMSG;
	field_read_original(&r, &original);
	if (!reader_done(&r))
		return -EBADMSG;
	*out = original;
	return 0;
}

int record_read_bans(const struct record *record, bool is_later, saved_fn *tell,
		     void *ctx)
{
	struct reader r = reader_over(record->body, record->body_len);

	if (!record->is_bans)
		return -EBADMSG;
	reader_expect_literal(&r, ",\"bans\":[");
	saved_read(&r, record->count, is_later, tell, ctx);
	reader_expect_literal(&r, "]");
	return reader_done(&r) ? 0 : -EBADMSG;
}

static void write_head(struct pen *pen, const struct record *head,
		       uint64_t time_ns, const char *kind, uint64_t id)
{
	pen_literal(pen, "{\"seq\":");
	pen_number(pen, head->seq);
	pen_literal(pen, ",\"time\":");
	pen_time(pen, time_ns);
	if (head->synchronised)
		pen_literal(pen, ",\"clock\":\"synchronised\"");
	else
		pen_literal(pen, ",\"clock\":\"free\"");
	pen_literal(pen, ",\"class\":");
	pen_word(pen, class_name(head->rclass));
	pen_literal(pen, ",\"kind\":");
	pen_word(pen, kind);
	if (head->is_first) {
		pen_literal(pen, ",\"prev\":");
		pen_hex(pen, head->prev, sizeof(head->prev));
	}
	if (id != 0) {
		pen_literal(pen, ",\"id\":");
		pen_number(pen, id);
	}
}

/* Nothing that a struct can hold is longer than a record may be. */
static size_t written(const struct pen *pen, const char *out)
{
	assert(!pen->failed);
	return (size_t)(pen->at - out);
}

size_t record_write_act(char *out, const struct record *head,
			const struct act *act)
{
	struct pen pen = pen_over(out, RECORD_SIZE_MAX - END_LEN - 1);

	write_head(&pen, head, act->time_ns, act_name(act->kind), act->id);
	field_write(&pen, act);
	return written(&pen, out);
}

size_t record_write_sighting(char *out, const struct record *head,
			     const struct sighting *sighting)
{
	struct pen pen = pen_over(out, RECORD_SIZE_MAX - END_LEN - 1);

	write_head(&pen, head, head->time_ns, EVENT_WORD, 0);
	field_write_sighting(&pen, sighting);
	return written(&pen, out);
}

size_t record_write_original(char *out, const struct record *head,
			     const struct original *original)
{
	struct pen pen = pen_over(out, RECORD_SIZE_MAX - END_LEN - 1);

	write_head(&pen, head, head->time_ns, LINE_WORD, 0);
	field_write_original(&pen, original);
	return written(&pen, out);
}

size_t record_write_seal_head(char *out, const struct record *head)
{
	struct pen pen = pen_over(out, RECORD_SIZE_MAX - END_LEN - 1);

	write_head(&pen, head, head->time_ns, SEAL_WORD, 0);
	return written(&pen, out);
}

size_t record_write_bans(char *out, const struct record *head,
			 const struct saved_ban *bans, size_t count)
{
	struct pen pen = pen_over(out, RECORD_SIZE_MAX - END_LEN - 1);

	write_head(&pen, head, head->time_ns, BANS_WORD, 0);
	pen_literal(&pen, ",\"count\":");
	pen_number(&pen, count);
	pen_literal(&pen, ",\"bans\":[");
	saved_write(&pen, bans, count);
	pen_literal(&pen, "]");
	return written(&pen, out);
}

size_t record_close(char *out, size_t len, const uint8_t hash[RECORD_HASH_SIZE])
{
	struct pen pen = pen_over(out + len, END_LEN + 1);

	pen_literal(&pen, HASH_KEY);
	pen_hex(&pen, hash, RECORD_HASH_SIZE);
	pen_literal(&pen, "}\n");
	return len + written(&pen, out + len);
}
