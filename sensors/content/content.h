/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CONTENT_H
#define POSTERN_SENSORS_CONTENT_H

/*
 * content: one message, read as it goes by: header fields and MIME structure
 * (RFC 5322, RFC 2045-2047, RFC 2231), names and true types of its files,
 * what archives and OLE files list, and the EICAR test file.
 *
 * Bytes are the message's own: dots unstuffed, chunks joined.  Any cut gives
 * the same findings.  Bounded: the begin of each field, some levels of
 * nesting, some findings of each kind; what is passed over is counted.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/event.h"

#define CONTENT_LEVELS 12u /* of nesting that are followed */
#define CONTENT_FIELD  2048u /* bytes of a header field that are read */
#define CONTENT_TELL   8u /* findings of a kind that are told */

enum finding_kind {
	FINDING_DANGEROUS,
	FINDING_MALWARE,
	FINDING_ACTIVE,
	FINDING_SEALED,
	FINDING_STATUS, /* text: the code of a delivery report */
	FINDING_COUNT
};

struct finding {
	enum finding_kind kind;
	uint8_t severity;
	char text[EVENT_TEXT_SIZE]; /* holds remote bytes */
};

/* Fields of the message's own header that others want to see. */
enum field {
	FIELD_FROM,
	FIELD_SENDER,
	FIELD_REPLY_TO,
	FIELD_AUTO_SUBMITTED,
	FIELD_PRECEDENCE,
	FIELD_AUTO_REPLY, /* one of the marks that no standard knows */
	FIELD_IN_REPLY_TO,
	FIELD_REPORT, /* the type says: a delivery report */
	FIELD_COUNT
};

struct content_ops {
	void (*found)(void *ctx, const struct finding *finding);
	/* VALUE of LEN bytes is folded as it was sent, and may be cut. */
	void (*field)(void *ctx, enum field field, const uint8_t *value,
		      size_t len);
	/* A file, decoded, for somebody who looks inside: it begins (true: its
	 * bytes are wanted), goes on (false: no more of them), ends (WHOLE, or
	 * with bytes that were never seen).  NULL, all three: nobody does. */
	bool (*file_begin)(void *ctx, const char *name);
	bool (*file_data)(void *ctx, const uint8_t *bytes, size_t len);
	void (*file_end)(void *ctx, bool whole);
};

/* What all messages share. */
struct content_rules;

/* ENDINGS are copied.  SEED: as in dialogue.h.  NULL: no memory. */
struct content_rules *content_rules_new(const char *const *endings,
					size_t count, uint64_t seed);
void content_rules_free(struct content_rules *rules);
/* The list that the standards ask for, and what came after them. */
const char *const *content_dangerous(size_t *count);

struct content;

size_t content_size(void);
/* Begin a message in C, content_size() bytes of the caller's. */
void content_begin(struct content *c, const struct content_rules *rules,
		   const struct content_ops *ops, void *ctx);
void content_data(struct content *c, const uint8_t *bytes, size_t len);
/* Some bytes are missing: go on at the next line. */
void content_gap(struct content *c);
void content_end(struct content *c);

/* What was met so far in this message. */
uint32_t content_parts(const struct content *c);
uint32_t content_skipped(const struct content *c);

#endif
