/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CONTENT_INSIDE_H
#define POSTERN_SENSORS_CONTENT_INSIDE_H

/*
 * inside: the state of one message, shared by the files of this folder.
 *
 * content.c follows lines and boundaries, fields.c reads header fields into
 * the part, part.c decodes a part and looks at its bytes.
 */
#include "sensors/content/base64.h"
#include "sensors/content/content.h"
#include "sensors/content/name.h"
#include "sensors/content/scan.h"
#include "sensors/content/type.h"

#define BOUNDARY_MAX 200u /* bytes of a boundary that count */
#define NAMES_MAX    3u
/* Decoded bytes of a part that are looked at together. */
#define WINDOW 4096u

enum encoding {
	ENCODING_NONE,
	ENCODING_BASE64,
	ENCODING_QUOTED,
};

enum part_kind {
	PART_LEAF,
	PART_MULTIPART,
	PART_MESSAGE,
	PART_NOTHING, /* between parts: nobody reads it */
};

struct part {
	uint8_t kind; /* enum part_kind */
	uint8_t encoding; /* enum encoding */
	uint8_t type; /* enum type, once typed */
	bool typed;
	bool looked; /* nothing more is looked for in it */
	bool html; /* declared */
	bool status; /* message/delivery-status */
	bool attached;
	bool begun; /* its body has */
	bool handed; /* somebody wants its bytes */
	bool holed; /* some of them were never seen */
	bool told[FINDING_COUNT];
	uint8_t name_count;
	uint16_t kinds; /* enum scan_kind */
	uint16_t window_len;
	uint64_t position; /* of the window's first byte */
	union {
		struct base64 base64;
		struct quoted quoted;
	} decoder;
	char names[NAMES_MAX][NAME_SIZE];
};

/* A boundary that lines are compared with. */
struct level {
	uint64_t hash;
	uint16_t len;
};

struct content {
	const struct content_rules *rules;
	const struct content_ops *ops;
	void *ctx;
	uint32_t parts;
	uint32_t skipped;
	uint8_t told[FINDING_COUNT];
	uint8_t depth; /* levels in use */
	bool in_header;
	bool top; /* the header is the message's own */
	bool line_start;
	bool skip_line; /* to the end of this line */
	bool field_open; /* FIELD holds something */
	bool field_cut; /* and not all of it */
	bool field_first; /* and its first line is not whole */
	bool deep; /* more levels than are followed */
	uint16_t field_len;
	uint16_t probe_len;
	struct level boundary; /* of the header being read */
	struct level levels[CONTENT_LEVELS];
	struct part part;
	uint8_t window[SCAN_LOOK + WINDOW];
	uint8_t probe[BOUNDARY_MAX + 8]; /* a line that may be a boundary */
	uint8_t field[CONTENT_FIELD];
};

/* fields.c: a whole header field is in c->field. */
void fields_take(struct content *c);

/* part.c */
void part_begin(struct content *c);
/* Its header is read: BYTES of its body follow. */
void part_body(struct content *c, const uint8_t *bytes, size_t len);
void part_end(struct content *c);

/* rules.c */
bool rules_is_dangerous(const struct content_rules *rules, const char *ending);
uint64_t rules_hash(const struct content_rules *rules, const uint8_t *bytes,
		    size_t len);

#endif
