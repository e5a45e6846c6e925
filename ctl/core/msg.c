/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * msg: one entry per kind of message, one line per field.  Encoding and
 * decoding walk the same list, so they cannot differ.
 */
#include "ctl/core/msg.h"

#include <errno.h>
#include <string.h>

#include "ctl/core/cursor.h"
#include "ctl/core/ladder.h"
#include "ctl/core/msgfields.h"

_Static_assert(MSG_RUNGS == LADDER_RUNGS, "a found row has a place per rung");

/* clang-format off */

static const struct field ask_fields[] = {
	ENUM(ask, verb, VERB_COUNT),
	ENUM(ask, gate, GATE_COUNT),
	FIELD(PREFIX, ask, prefix),
	FIELD(U64, ask, term_s),
	FIELD(U64, ask, extra_s),
	ENUM(ask, scope, SCOPE_COUNT),
	FIELD(U32, ask, number),
	FIELD(U32, ask, login_uid),
	TEXT(ask, reason),
	ENUM(ask, act, ACT_COUNT),
	FIELD(U8, ask, classes),
	FIELD(U64, ask, since_ns),
	FIELD(U64, ask, before_ns),
	FIELD(U64, ask, count),
	TEXT(ask, name),
};

static const struct field status_fields[] = {
	FIELD(U64, status, now_ns),
	FIELD(U64, status, since_ns),
	FIELD(U64, status, config_id),
	ENUM(status, mode, MODE_COUNT),
	ENUM(status, gate, GATE_COUNT),
	FIELD(BOOL, status, restoring),
	FIELD(U64, status, bans),
	FIELD(U64, status, bans_forever),
	FIELD(U64, status, capacity),
	FIELD(U64, status, sources),
	FIELD(U64, status, evicted),
	FIELD(U64, status, events),
	FIELD(U64, status, unproven),
	FIELD(U64, status, repeated),
	FIELD(U64, status, already),
	FIELD(U64, status, spared),
	FIELD(U64, status, bans_made),
	FIELD(U64, status, pardoned),
	FIELD(U64, status, guarded),
	FIELD(U64, status, held),
	FIELD(U64, status, pardons),
	FIELD(U32, status, alarms),
	FIELD(U16, status, rules),
	FIELD(U16, status, rules_expired),
	FIELD(U32, status, unconfirmed_s),
	FIELD(U64, status, orders_open),
	FIELD(U64, status, acts_open),
	ROW(status, kernel, MSG_KERNEL),
	ROW(status, journal, MSG_JOURNAL),
	ROW(status, reload, MSG_RELOADED),
	FIELD(U64, status, panic_ns),
	TEXT(status, panic_reason),
};

static const struct field story_fields[] = {
	FIELD(PREFIX, story, address),
	FIELD(U8, story, is_protected),
	FIELD(PREFIX, story, protector),
	FIELD(U64, story, threshold),
	FIELD(U32, story, window_s),
	ENUM(story, mode, MODE_COUNT),
	FIELD(U8, story, next_level),
	FIELD(U32, story, next_term_s),
	FIELD(PREFIX, story, pardon),
	FIELD(U64, story, pardon_left_ms),
	TEXT(story, pardon_reason),
	ROW(story, kernel, MSG_FOUND),
};

static const struct field charge_fields[] = {
	FIELD(PREFIX, charge, prefix),
	ENUM(charge, book, MODE_COUNT + 1),
	FIELD(U64, charge, needed),
	FIELD(U32, charge, hosts_needed),
	FIELD(U64, charge, points),
	FIELD(U32, charge, hosts),
	FIELD(U64, charge, last_ns),
	FIELD(U32, charge, events),
	ENUM(charge, sign, SIGN_COUNT),
	FIELD(U32, charge, sid),
};

static const struct field rule_fields[] = {
	FIELD(U16, rule_row, number),
	ENUM(rule_row, mode, MODE_COUNT),
	ENUM(rule_row, scope, SCOPE_COUNT),
	FIELD(BOOL, rule_row, expired),
	FIELD(BOOL, rule_row, has_points),
	FIELD(U32, rule_row, points),
	FIELD(U32, rule_row, term_s),
	FIELD(U64, rule_row, expires_ns),
	FIELD(U64, rule_row, since_ns),
	FIELD(U64, rule_row, hits),
	FIELD(U64, rule_row, last_ns),
	TEXT(rule_row, name),
	TEXT(rule_row, file),
	TEXT(rule_row, owner),
	TEXT(rule_row, ticket),
	TEXT(rule_row, reason),
	TEXT(rule_row, about),
};

static const struct field alarm_fields[] = {
	FIELD(U32, alarm_row, number),
	ENUM(alarm_row, kind, ALARM_KINDS),
	FIELD(BOOL, alarm_row, acked),
	FIELD(U64, alarm_row, first_ns),
	FIELD(U64, alarm_row, last_ns),
	FIELD(U64, alarm_row, count),
	FIELD(PREFIX, alarm_row, prefix),
	TEXT(alarm_row, text),
};

static const struct field evidence_fields[] = {
	FIELD(U64, evidence, time_ns),
	FIELD(PREFIX, evidence, source),
	FIELD(U32, evidence, points),
	FIELD(U32, evidence, sid),
	FIELD(U32, evidence, late_s),
	ENUM(evidence, sign, SIGN_COUNT),
	ENUM(evidence, mode, MODE_COUNT),
	FIELD(U16, evidence, target_port),
	TEXT(evidence, server),
	TEXT(evidence, rule),
};

static const struct field omitted_fields[] = {
	FIELD(PREFIX, omitted_row, key),
	ROW(omitted_row, named, MSG_NAMED),
	FIELD(U32, omitted_row, mails),
	FIELD(U32, omitted_row, encrypted),
	FIELD(U64, omitted_row, last_ns),
	FIELD(U32, omitted_row, limited),
	FIELD(U64, omitted_row, limited_ns),
	ROW(omitted_row, ban, MSG_BAN),
};

static const struct field answer_fields[] = {
	ENUM(answer, code, ANSWER_COUNT),
	FIELD(U64, answer, count),
	TEXT(answer, text),
};

static const struct field piece_fields[] = {
	FIELD(U64, piece, number),
	FIELD(U16, piece, len),
	BYTES(piece, bytes),
};

static const struct field mark_fields[] = {
	FIELD(U64, mark, number),
	FIELD(BOOL, mark, whole),
};

static const struct field verdict_fields[] = {
	FIELD(U64, scan_verdict, number),
	ENUM(scan_verdict, result, SCAN_RESULTS),
	TEXT(scan_verdict, text),
};

static const struct field scanner_fields[] = {
	FIELD(U32, scanner, error),
};

/* clang-format on */

struct kind {
	const char *name;
	const struct field *fields;
	uint16_t field_count;
	uint16_t row_size; /* what the fields add up to; a test sees to it */
	uint16_t rows_max;
	uint16_t from; /* ROLE_BIT()s that may say it */
	uint16_t to; /* ROLE_BIT()s that may hear it */
};

#define KIND(word, list, size, rows, senders, receivers)                  \
	{                                                                 \
		word, list, sizeof(list) / sizeof((list)[0]), size, rows, \
			senders, receivers                                \
	}

#define CTL	ROLE_BIT(ROLE_CTL)
#define NFT	ROLE_BIT(ROLE_NFT)
#define RECORDS ROLE_BIT(ROLE_RECORDS)
#define FEED	ROLE_BIT(ROLE_FEED)
#define SENSOR	ROLE_BIT(ROLE_SENSOR)
#define WARDEN	ROLE_BIT(ROLE_WARDEN)
#define CLI	ROLE_BIT(ROLE_CLI)
#define ALARM	ROLE_BIT(ROLE_ALARM)
#define RESOLVE ROLE_BIT(ROLE_RESOLVE)
#define SCAN	ROLE_BIT(ROLE_SCAN)

static const struct kind kinds[MSG_COUNT_OF_KINDS] = {
	[MSG_HELLO] = KIND(
		"hello", hello_fields, 17, 1,
		CTL | NFT | RECORDS | FEED | SENSOR | ALARM | RESOLVE | SCAN,
		CTL | NFT | RECORDS | FEED | SENSOR | ALARM | RESOLVE | SCAN),
	[MSG_EVENT] = KIND("event", event_fields, 297, 64, FEED | SENSOR, CTL),
	[MSG_READING] = KIND("reading", reading_fields, 197, 32,
			     FEED | RECORDS | CTL, CTL | CLI),
	[MSG_GAP] = KIND("gap", gap_fields, 105, 16, FEED, CTL),
	[MSG_RESUME] = KIND("resume", resume_fields, 102, 32, CTL, FEED),
	[MSG_ORDER] = KIND("order", order_fields, 36, 512, CTL, NFT),
	[MSG_REBUILD] = KIND("rebuild", rebuild_fields, 9, 1, CTL, NFT),
	[MSG_FILL] = KIND("fill", order_fields, 36, 512, CTL, NFT),
	[MSG_GATE] = KIND("gate", gate_fields, 9, 1, CTL, NFT),
	[MSG_LOOKUP] = KIND("lookup", lookup_fields, 26, 1, CTL, NFT),
	[MSG_COUNT] = KIND("count", lookup_fields, 26, 1, CTL, NFT),
	[MSG_TRACE] = KIND("trace", lookup_fields, 26, 1, CTL, NFT),
	[MSG_EXAMINE] = KIND("examine", lookup_fields, 26, 1, CTL, NFT),
	[MSG_SHARED] = KIND("shared", observed_fields, 18, 512, CTL, NFT),
	[MSG_CUT] = KIND("cut", cut_fields, 52, 256, CTL, NFT),
	[MSG_DONE] = KIND("done", done_fields, 8, 1, NFT, CTL),
	[MSG_REFUSED] = KIND("refused", refused_fields, 48, 256, NFT, CTL),
	[MSG_KERNEL] = KIND("kernel", kernel_fields, 35, 1, NFT, CTL),
	[MSG_DRIFT] = KIND("drift", drift_fields, 37, 1, NFT, CTL),
	[MSG_FOUND] = KIND("found", found_fields, 48, 1, NFT, CTL),
	[MSG_COUNTER] =
		KIND("counter", counter_fields, 72, 128, NFT | CTL, CTL | CLI),
	[MSG_PROBE] = KIND("probe", probe_fields, 241, 64, NFT | CTL | RESOLVE,
			   CTL | CLI),
	[MSG_ACT] = KIND("act", act_fields, 455, 32, WARDEN | CTL | RECORDS,
			 CTL | RECORDS | CLI),
	[MSG_SAVE] = KIND("save", saved_fields, 179, 96, CTL | RECORDS,
			  CTL | RECORDS),
	[MSG_OBSERVED] =
		KIND("observed", observed_fields, 18, 512, NFT | RESOLVE, CTL),
	[MSG_SIGHTING] = KIND("sighting", sighting_fields, 450, 32,
			      CTL | RECORDS, CTL | RECORDS),
	[MSG_ORIGINAL] = KIND("original", original_fields, 1024, 23,
			      FEED | SENSOR, RECORDS),
	[MSG_KEPT] = KIND("kept", kept_fields, 8, 1, RECORDS, CTL),
	[MSG_RESTORED] = KIND("restored", restored_fields, 24, 1, RECORDS, CTL),
	[MSG_JOURNAL] = KIND("journal", journal_fields, 88, 1, RECORDS, CTL),
	[MSG_PROGRAM] = KIND("program", program_fields, 28, 64, WARDEN | CTL,
			     CTL | CLI),
	[MSG_RELOADED] = KIND("reloaded", reloaded_fields, 469, 1, WARDEN, CTL),
	[MSG_ASK] = KIND("ask", ask_fields, 231, 1, CLI, CTL),
	[MSG_SENSING] = KIND("sensing", sensing_fields, 324, 16, SENSOR | CTL,
			     CTL | CLI),
	[MSG_FEED] = KIND("feed", feed_fields, 110, 32, CTL, CLI),
	[MSG_STATUS] = KIND("status", status_fields, 903, 1, CTL, CLI),
	[MSG_BAN] = KIND("ban", ban_fields, 191, 96, CTL, CLI),
	[MSG_STORY] = KIND("story", story_fields, 257, 1, CTL, CLI),
	[MSG_CHARGE] = KIND("charge", charge_fields, 60, 64, CTL, CLI),
	[MSG_ANSWER] = KIND("answer", answer_fields, 209, 1, CTL, CLI),
	[MSG_RULE] = KIND("rule", rule_fields, 470, 32, CTL, CLI),
	[MSG_ALARM] = KIND("alarm", alarm_fields, 176, 64, CTL, CLI | ALARM),
	[MSG_EVIDENCE] = KIND("evidence", evidence_fields, 106, 64, CTL, CLI),
	[MSG_PATRON] = KIND("patron", patron_fields, 36, 256, SENSOR, CTL),
	[MSG_NAMED] = KIND("named", named_fields, 273, 64, CTL | RESOLVE,
			   CTL | RESOLVE),
	[MSG_OMITTED] = KIND("omitted", omitted_fields, 510, 32, CTL, CLI),
	[MSG_PIECE] = KIND("piece", piece_fields, 1034, 23, SENSOR, SCAN),
	[MSG_MARK] = KIND("mark", mark_fields, 9, 64, SENSOR, SCAN),
	[MSG_VERDICT] = KIND("verdict", verdict_fields, 105, 64, SCAN, SENSOR),
	[MSG_SCANNER] = KIND("scanner", scanner_fields, 4, 1, SCAN, SENSOR),
};

static void put_fields(struct cursor *c, enum msg_kind kind, const void *row);
static void get_fields(struct cursor *c, enum msg_kind kind, void *row);

static void put_position(struct cursor *c, const struct position *p)
{
	cursor_put_u64(c, p->device);
	cursor_put_u64(c, p->inode);
	cursor_put_u64(c, p->head_hash);
	cursor_put_u32(c, p->head_len);
	cursor_put_u64(c, p->offset);
}

static void get_position(struct cursor *c, struct position *p)
{
	p->device = cursor_get_u64(c);
	p->inode = cursor_get_u64(c);
	p->head_hash = cursor_get_u64(c);
	p->head_len = cursor_get_u32(c);
	p->offset = cursor_get_u64(c);
}

static void put_field(struct cursor *c, const struct field *field,
		      const void *at)
{
	switch ((enum field_type)field->type) {
	case FIELD_U8:
	case FIELD_BOOL:
	case FIELD_ENUM:
		cursor_put_u8(c, *(const uint8_t *)at);
		return;
	case FIELD_U16:
		cursor_put_u16(c, *(const uint16_t *)at);
		return;
	case FIELD_U32:
		cursor_put_u32(c, *(const uint32_t *)at);
		return;
	case FIELD_U64:
		cursor_put_u64(c, *(const uint64_t *)at);
		return;
	case FIELD_TEXT:
		cursor_put_text(c, at, field->limit);
		return;
	case FIELD_PREFIX:
		cursor_put_prefix(c, at);
		return;
	case FIELD_POSITION:
		put_position(c, at);
		return;
	case FIELD_BYTES:
		cursor_put_bytes(c, at, field->limit);
		return;
	case FIELD_ROW:
		put_fields(c, (enum msg_kind)field->limit, at);
		return;
	}
}

static void get_field(struct cursor *c, const struct field *field, void *at)
{
	switch ((enum field_type)field->type) {
	case FIELD_U8:
		*(uint8_t *)at = cursor_get_u8(c);
		return;
	case FIELD_BOOL:
		*(uint8_t *)at = cursor_get_bool(c);
		return;
	case FIELD_ENUM:
		*(uint8_t *)at = cursor_get_enum(c, field->limit);
		return;
	case FIELD_U16:
		*(uint16_t *)at = cursor_get_u16(c);
		return;
	case FIELD_U32:
		*(uint32_t *)at = cursor_get_u32(c);
		return;
	case FIELD_U64:
		*(uint64_t *)at = cursor_get_u64(c);
		return;
	case FIELD_TEXT:
		cursor_get_text(c, at, field->limit);
		return;
	case FIELD_PREFIX:
		cursor_get_prefix(c, at);
		return;
	case FIELD_POSITION:
		get_position(c, at);
		return;
	case FIELD_BYTES:
		cursor_get_bytes(c, at, field->limit);
		return;
	case FIELD_ROW:
		get_fields(c, (enum msg_kind)field->limit, at);
		return;
	}
}

static void put_fields(struct cursor *c, enum msg_kind kind, const void *row)
{
	const struct kind *entry = &kinds[kind];

	for (size_t i = 0; i < entry->field_count; i++)
		put_field(c, &entry->fields[i],
			  (const char *)row + entry->fields[i].offset);
}

static void get_fields(struct cursor *c, enum msg_kind kind, void *row)
{
	const struct kind *entry = &kinds[kind];

	for (size_t i = 0; i < entry->field_count; i++)
		get_field(c, &entry->fields[i],
			  (char *)row + entry->fields[i].offset);
}

static const char *const alarm_names[ALARM_KINDS] = {
	[ALARM_MODE] = "mode",	     [ALARM_SPARED] = "spared",
	[ALARM_SHARED] = "shared",   [ALARM_CAP] = "cap",
	[ALARM_REFUSED] = "refused", [ALARM_DRIFT] = "drift",
	[ALARM_SIGN] = "sign",	     [ALARM_RELOAD] = "reload",
	[ALARM_RESOLVE] = "resolve", [ALARM_RECORDS] = "records",
	[ALARM_FEED] = "feed",
};

const char *alarm_name(enum alarm_kind kind)
{
	return kind < ALARM_KINDS ? alarm_names[kind] : "none";
}

enum alarm_kind alarm_by_name(const char *name)
{
	int kind = 0;

	while (kind < ALARM_KINDS && strcmp(alarm_names[kind], name) != 0)
		kind++;
	return (enum alarm_kind)kind;
}

size_t msg_row_size(enum msg_kind kind)
{
	return kinds[kind].row_size;
}

size_t msg_rows_max(enum msg_kind kind)
{
	return kinds[kind].rows_max;
}

const char *msg_name(enum msg_kind kind)
{
	const char *name = kind < MSG_COUNT_OF_KINDS ? kinds[kind].name : NULL;

	return name ? name : "nothing";
}

bool msg_is_allowed(enum msg_kind kind, enum role from, enum role to)
{
	return (kinds[kind].from & ROLE_BIT(from)) &&
	       (kinds[kind].to & ROLE_BIT(to));
}

void msg_put_header(uint8_t *to, enum msg_kind kind, size_t count)
{
	struct cursor c = cursor_over(to, MSG_HEADER_SIZE);

	cursor_put_u8(&c, MSG_VERSION);
	cursor_put_u8(&c, (uint8_t)kind);
	cursor_put_u16(&c, (uint16_t)count);
	cursor_put_zeros(&c, 4);
}

void msg_put_row(uint8_t *to, enum msg_kind kind, const void *row)
{
	struct cursor c = cursor_over(to, msg_row_size(kind));

	put_fields(&c, kind, row);
}

int msg_open(const uint8_t *data, size_t len, enum msg_kind *kind,
	     size_t *count)
{
	struct cursor c = cursor_reading(data, len);
	const struct kind *entry;
	uint8_t version, number;
	uint16_t rows;

	version = cursor_get_u8(&c);
	number = cursor_get_u8(&c);
	rows = cursor_get_u16(&c);
	cursor_get_zeros(&c, 4);
	if (c.failed || version != MSG_VERSION || number >= MSG_COUNT_OF_KINDS)
		return -EBADMSG;
	entry = &kinds[number];
	if (!entry->name || rows == 0 || rows > entry->rows_max ||
	    cursor_left(&c) != (size_t)rows * entry->row_size)
		return -EBADMSG;
	*kind = (enum msg_kind)number;
	*count = rows;
	return 0;
}

int msg_get_row(const uint8_t *data, enum msg_kind kind, size_t number,
		union msg_row *out)
{
	size_t size = msg_row_size(kind);
	struct cursor c;

	c = cursor_reading(data + MSG_HEADER_SIZE + number * size, size);
	get_fields(&c, kind, out);
	return cursor_done(&c) ? 0 : -EBADMSG;
}
