/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_MSGFIELDS_H
#define POSTERN_CORE_MSGFIELDS_H

/*
 * msgfields: the fields of the rows in rows.h, a line for each, in their order
 * on the wire.  A part of msg.c, which alone includes it, and has those of the
 * CLI itself.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/msg.h"

enum field_type {
	FIELD_U8,
	FIELD_U16,
	FIELD_U32, /* also int32_t: the same bits */
	FIELD_U64,
	FIELD_BOOL,
	FIELD_ENUM, /* a byte below LIMIT */
	FIELD_TEXT, /* LIMIT bytes */
	FIELD_PREFIX,
	FIELD_POSITION,
	FIELD_BYTES, /* LIMIT of them */
	FIELD_ROW, /* a struct of another kind: LIMIT is its enum msg_kind */
};

struct field {
	uint8_t type; /* enum field_type */
	uint16_t offset;
	uint16_t limit;
};

#define FIELD(type, s, member)                              \
	{                                                   \
		FIELD_##type, offsetof(struct s, member), 0 \
	}
#define ENUM(s, member, count)                                  \
	{                                                       \
		FIELD_ENUM, offsetof(struct s, member), (count) \
	}
#define TEXT(s, member)                                 \
	{                                               \
		FIELD_TEXT, offsetof(struct s, member), \
			sizeof(((struct s *)0)->member) \
	}
#define BYTES(s, member)                                 \
	{                                                \
		FIELD_BYTES, offsetof(struct s, member), \
			sizeof(((struct s *)0)->member)  \
	}
#define ROW(s, member, kind)                                  \
	{                                                     \
		FIELD_ROW, offsetof(struct s, member), (kind) \
	}

/* clang-format off */

static const struct field hello_fields[] = {
	ENUM(hello, role, ROLE_COUNT),
	FIELD(U16, hello, index),
	FIELD(U32, hello, epoch),
	FIELD(U32, hello, pid),
	FIELD(U16, hello, turn),
	FIELD(U32, hello, answers),
};

static const struct field event_fields[] = {
	FIELD(U64, event, time_ns),
	FIELD(U64, event, seen_ns),
	FIELD(U16, event, feed),
	FIELD(U16, event, stream),
	FIELD(POSITION, event, position),
	FIELD(U32, event, length),
	ENUM(event, sign, SIGN_COUNT),
	FIELD(U8, event, severity),
	ENUM(event, confidence, CONFIDENCE_COUNT),
	ENUM(event, proof, PROOF_COUNT),
	ENUM(event, culprit, CULPRIT_COUNT),
	FIELD(BOOL, event, blocked),
	FIELD(PREFIX, event, source),
	FIELD(PREFIX, event, target),
	FIELD(U16, event, source_port),
	FIELD(U16, event, target_port),
	FIELD(U16, event, server),
	FIELD(U8, event, ip_proto),
	TEXT(event, app_proto),
	FIELD(U64, event, flow_id),
	FIELD(U64, event, tx_id),
	FIELD(U32, event, gid),
	FIELD(U32, event, sid),
	FIELD(U32, event, rev),
	TEXT(event, text),
	TEXT(event, category),
};

static const struct field reading_fields[] = {
	FIELD(U16, reading, feed),
	FIELD(U16, reading, stream),
	FIELD(BOOL, reading, finished),
	TEXT(reading, file),
	FIELD(POSITION, reading, position),
	FIELD(U64, reading, bytes),
	FIELD(U64, reading, lines),
	FIELD(U64, reading, alerts),
	FIELD(U64, reading, events),
	FIELD(U64, reading, foreign),
	FIELD(U64, reading, bad),
	FIELD(U64, reading, too_long),
	FIELD(U64, reading, gaps),
	FIELD(U64, reading, behind),
	FIELD(U64, reading, last_ns),
	FIELD(U64, reading, told_ns),
	FIELD(U32, reading, error),
};

static const struct field feed_fields[] = {
	TEXT(feed_state, name),
	FIELD(BOOL, feed_state, live),
	FIELD(U64, feed_state, bytes),
	FIELD(U64, feed_state, lines),
	FIELD(U64, feed_state, alerts),
	FIELD(U64, feed_state, events),
	FIELD(U64, feed_state, foreign),
	FIELD(U64, feed_state, bad),
	FIELD(U64, feed_state, too_long),
	FIELD(U64, feed_state, gaps),
	FIELD(U64, feed_state, late),
	FIELD(U32, feed_state, late_s),
	FIELD(BOOL, feed_state, tardy),
};

static const struct field sensing_fields[] = {
	FIELD(U16, sensing, feed),
	TEXT(sensing, name),
	TEXT(sensing, interface),
	FIELD(BOOL, sensing, live),
	FIELD(U64, sensing, frames),
	FIELD(U64, sensing, bytes),
	FIELD(U64, sensing, dropped),
	FIELD(U64, sensing, unread),
	FIELD(U64, sensing, foreign),
	FIELD(U64, sensing, halfopen),
	FIELD(U64, sensing, handshakes),
	FIELD(U64, sensing, established),
	FIELD(U64, sensing, midstream),
	FIELD(U64, sensing, onesided),
	FIELD(U64, sensing, displaced),
	FIELD(U64, sensing, gaps),
	FIELD(U64, sensing, missing),
	FIELD(U64, sensing, conflicts),
	FIELD(U64, sensing, dialogues),
	FIELD(U64, sensing, refused),
	FIELD(U64, sensing, encrypted),
	FIELD(U64, sensing, mails),
	FIELD(U64, sensing, blind),
	FIELD(U64, sensing, skipped),
	FIELD(U64, sensing, cut),
	FIELD(U64, sensing, fragments),
	FIELD(U64, sensing, crowded),
	FIELD(U64, sensing, unheard),
	FIELD(U64, sensing, halfopen_displaced),
	FIELD(U64, sensing, forgotten),
	FIELD(U64, sensing, events),
	FIELD(U64, sensing, unsaid),
	FIELD(BOOL, sensing, scans),
	FIELD(U64, sensing, scanned),
	FIELD(U64, sensing, unscanned),
	FIELD(U32, sensing, scan_error),
	FIELD(U64, sensing, last_ns),
	FIELD(U32, sensing, error),
};

static const struct field gap_fields[] = {
	FIELD(U16, gap, feed),
	FIELD(U16, gap, stream),
	ENUM(gap, kind, GAP_COUNT),
	TEXT(gap, file),
	FIELD(POSITION, gap, position),
};

static const struct field resume_fields[] = {
	FIELD(U16, resume, turn),
	TEXT(resume, file),
	FIELD(POSITION, resume, position),
};

static const struct field order_fields[] = {
	FIELD(U64, order, seq),
	ENUM(order, kind, ORDER_COUNT),
	ENUM(order, list, LIST_COUNT),
	FIELD(PREFIX, order, prefix),
	FIELD(U64, order, left_ms),
};

static const struct field cut_fields[] = {
	FIELD(U64, cut, seq),
	FIELD(PREFIX, cut, source),
	FIELD(PREFIX, cut, target),
	FIELD(U16, cut, source_port),
	FIELD(U16, cut, target_port),
	FIELD(U32, cut, left_ms),
};

static const struct field rebuild_fields[] = {
	FIELD(U64, rebuild, seq),
	ENUM(rebuild, kind, REBUILD_COUNT),
};

static const struct field gate_fields[] = {
	FIELD(U64, gate_order, seq),
	ENUM(gate_order, gate, GATE_COUNT),
};

static const struct field lookup_fields[] = {
	FIELD(U64, lookup, tag),
	FIELD(PREFIX, lookup, address),
};

static const struct field done_fields[] = {
	FIELD(U64, done, seq),
};

static const struct field refused_fields[] = {
	FIELD(U64, refused, seq),
	FIELD(PREFIX, refused, prefix),
	FIELD(U32, refused, error),
	FIELD(PREFIX, refused, because),
};

static const struct field kernel_fields[] = {
	ENUM(kernel_state, gate, GATE_COUNT),
	FIELD(BOOL, kernel_state, loaded),
	FIELD(BOOL, kernel_state, rebuild_wanted),
	FIELD(U32, kernel_state, generation),
	FIELD(U64, kernel_state, commits),
	FIELD(U64, kernel_state, repairs),
	FIELD(U64, kernel_state, repair_us),
	FIELD(U32, kernel_state, error),
};

static const struct field drift_fields[] = {
	FIELD(U32, drift, pid),
	TEXT(drift, name),
	FIELD(BOOL, drift, table_gone),
};

static const struct field found_fields[] = {
	FIELD(U64, found, tag),
	FIELD(BOOL, found, present[0]),
	FIELD(BOOL, found, present[1]),
	FIELD(BOOL, found, present[2]),
	FIELD(BOOL, found, present[3]),
	FIELD(U64, found, left_ms[0]),
	FIELD(U64, found, left_ms[1]),
	FIELD(U64, found, left_ms[2]),
	FIELD(U64, found, left_ms[3]),
	FIELD(U32, found, error),
};

static const struct field counter_fields[] = {
	FIELD(U64, counter, tag),
	TEXT(counter, name),
	FIELD(U64, counter, packets),
	FIELD(U64, counter, bytes),
};

static const struct field probe_fields[] = {
	FIELD(U64, probe, tag),
	ENUM(probe, verdict, PROBE_COUNT),
	TEXT(probe, name),
	TEXT(probe, detail),
};

static const struct field act_fields[] = {
	FIELD(U64, act, id),
	ENUM(act, kind, ACT_COUNT),
	ENUM(act, origin, ORIGIN_COUNT),
	ENUM(act, mode, MODE_COUNT),
	ENUM(act, gate, GATE_COUNT),
	FIELD(U8, act, level),
	ENUM(act, sign, SIGN_COUNT),
	FIELD(U16, act, hosts),
	FIELD(U64, act, time_ns),
	FIELD(U64, act, monotonic_ns),
	FIELD(U64, act, boot),
	FIELD(PREFIX, act, prefix),
	FIELD(U64, act, until_ns),
	FIELD(U32, act, term_s),
	FIELD(U32, act, points),
	FIELD(U32, act, uid),
	FIELD(U32, act, login_uid),
	FIELD(U32, act, pid),
	TEXT(act, name),
	TEXT(act, file),
	TEXT(act, reason),
	FIELD(PREFIX, act, source),
	FIELD(PREFIX, act, target),
	FIELD(U16, act, target_port),
	ENUM(act, proof, PROOF_COUNT),
	FIELD(U16, act, feed),
	FIELD(U16, act, stream),
	FIELD(POSITION, act, position),
	FIELD(U64, act, event_ns),
	FIELD(U32, act, gid),
	FIELD(U32, act, sid),
	FIELD(U32, act, rev),
	FIELD(U32, act, error),
	FIELD(U64, act, config_id),
	FIELD(U64, act, count),
	FIELD(U64, act, since_ns),
	FIELD(U64, act, before_ns),
	FIELD(U8, act, classes),
	ENUM(act, scope, SCOPE_COUNT),
	FIELD(U64, act, seed),
};

static const struct field sighting_fields[] = {
	FIELD(U64, sighting, number),
	FIELD(U64, sighting, act),
	FIELD(U64, sighting, monotonic_ns),
	ENUM(sighting, outcome, OUTCOME_COUNT),
	TEXT(sighting, name),
	TEXT(sighting, file),
	TEXT(sighting, server),
	ROW(sighting, event, MSG_EVENT),
};

static const struct field original_fields[] = {
	FIELD(U64, original, time_ns),
	FIELD(U64, original, offset),
	FIELD(U16, original, feed),
	FIELD(U16, original, stream),
	FIELD(U32, original, length),
	FIELD(U32, original, at),
	FIELD(U32, original, missed),
	FIELD(PREFIX, original, source),
	TEXT(original, name),
	TEXT(original, file),
	TEXT(original, line),
};

static const struct field saved_fields[] = {
	FIELD(PREFIX, saved_ban, prefix),
	FIELD(U64, saved_ban, until_ms),
	FIELD(U32, saved_ban, since_s),
	FIELD(U16, saved_ban, hosts),
	FIELD(U32, saved_ban, sid),
	TEXT(saved_ban, reason),
	ENUM(saved_ban, sign, SIGN_COUNT),
	FIELD(U16, saved_ban, feed),
	FIELD(U32, saved_ban, term_s),
	FIELD(U8, saved_ban, level),
	ENUM(saved_ban, origin, ORIGIN_COUNT),
	FIELD(U32, saved_ban, uid),
	FIELD(BOOL, saved_ban, active),
	ENUM(saved_ban, scope, SCOPE_COUNT),
};

static const struct field ban_fields[] = {
	FIELD(PREFIX, ban_row, prefix),
	FIELD(U64, ban_row, since_ns),
	FIELD(U64, ban_row, until_ns),
	FIELD(U64, ban_row, left_ms),
	FIELD(U32, ban_row, term_s),
	FIELD(U8, ban_row, level),
	ENUM(ban_row, origin, ORIGIN_COUNT),
	ENUM(ban_row, sign, SIGN_COUNT),
	FIELD(BOOL, ban_row, active),
	ENUM(ban_row, scope, SCOPE_COUNT),
	FIELD(U16, ban_row, feed),
	FIELD(U16, ban_row, hosts),
	FIELD(U32, ban_row, sid),
	FIELD(U32, ban_row, uid),
	TEXT(ban_row, reason),
};

static const struct field observed_fields[] = {
	FIELD(PREFIX, observed, prefix),
};

static const struct field patron_fields[] = {
	FIELD(U16, patron_row, feed),
	FIELD(PREFIX, patron_row, host),
	FIELD(U32, patron_row, mails),
	FIELD(U32, patron_row, encrypted),
	FIELD(U64, patron_row, last_ns),
};

static const struct field named_fields[] = {
	FIELD(PREFIX, named, host),
	ENUM(named, verdict, NAME_VERDICTS),
	TEXT(named, name),
};

static const struct field kept_fields[] = {
	FIELD(U64, kept, id),
};

static const struct field restored_fields[] = {
	FIELD(U64, restored, last_id),
	FIELD(U64, restored, seq),
	FIELD(U64, restored, torn),
};

static const struct field journal_fields[] = {
	FIELD(U64, journal_state, seq),
	FIELD(U64, journal_state, bytes),
	FIELD(U64, journal_state, free_bytes),
	FIELD(U64, journal_state, full_ns),
	FIELD(U64, journal_state, sealed_ns),
	FIELD(U64, journal_state, witnessed_ns),
	FIELD(U64, journal_state, reviewed_ns),
	FIELD(U64, journal_state, begun_ns),
	FIELD(U64, journal_state, lost),
	FIELD(U32, journal_state, holds),
	FIELD(U32, journal_state, review_days),
	FIELD(U32, journal_state, error),
	FIELD(U32, journal_state, unprotected),
};

static const struct field program_fields[] = {
	ENUM(program_state, role, ROLE_COUNT),
	FIELD(U16, program_state, index),
	ENUM(program_state, life, LIFE_COUNT),
	FIELD(U32, program_state, pid),
	FIELD(U32, program_state, epoch),
	FIELD(U32, program_state, restarts),
	FIELD(U32, program_state, exit_status),
	FIELD(U64, program_state, since_ns),
};

static const struct field reloaded_fields[] = {
	FIELD(U64, reloaded, config_id),
	FIELD(BOOL, reloaded, taken),
	FIELD(U32, reloaded, unconfirmed_s),
	TEXT(reloaded, path),
	TEXT(reloaded, text),
};

/* clang-format on */

#endif
