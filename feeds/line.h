/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_LINE_H
#define POSTERN_FEEDS_LINE_H

/*
 * line: bytes in as they come, candidate lines out.
 *
 * Holds the bytes of lines that have not ended yet, at most SCAN_LINE_MAX and
 * a chunk of them, and knows where in its stream each line lies.  Memory is
 * taken once; pages that no long line ever touched are never resident.
 *
 * Pure: whoever owns it reads into line_room().
 */
#include "feeds/scan.h"

/* What is read at once: it stays in the processor's second cache. */
#define LINE_CHUNK (256u << 10)

struct line {
	char *data;
	size_t used;
	uint64_t base; /* the offset of DATA in the stream */
	uint64_t done; /* the offset behind the last line that ended */
	struct scan scan;
};

/* Where a stream was left, to go on with it later. */
struct line_mark {
	uint64_t next; /* the offset to read from */
	uint64_t done; /* as in struct line */
	bool over; /* amid a line that is too long */
};

/* -ENOMEM. */
__attribute__((warn_unused_result)) int line_init(struct line *l);
void line_fini(struct line *l);

/* Forget what is held and go on at MARK.  The counters go on. */
void line_seek(struct line *l, const struct line_mark *mark);
struct line_mark line_tell(const struct line *l);

/* Where to write more bytes, and how many fit: never less than LINE_CHUNK
 * after line_next() returned false. */
char *line_room(const struct line *l, size_t *out);
/* LEN bytes were written there. */
void line_took(struct line *l, size_t len);
/* The offset in the stream of the byte that comes next. */
uint64_t line_offset(const struct line *l);

/*
 * The next candidate; L->done is the offset behind it.  *START is the offset
 * of its first byte.  The slice lives until the next call.
 * False: more bytes are needed.
 */
bool line_next(struct line *l, struct slice *out, uint64_t *start);

/* As line_next(), for what the stream's end leaves without a line's end. */
bool line_last(struct line *l, struct slice *out, uint64_t *start);

#endif
