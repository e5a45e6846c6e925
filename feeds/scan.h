/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SCAN_H
#define POSTERN_FEEDS_SCAN_H

/*
 * scan: which lines of a block of memory are worth parsing.
 *
 * One pass at memory speed finds the ends of the lines and, in them, the
 * JSON string "alert" in any spelling.  A line is a candidate when it could
 * be an alert, or could be no JSON object at all (its first byte is not an
 * opening brace, its last not a closing one), so that the parser meets, and
 * counts, what is broken.
 * A NUL ends a line as a newline does: no JSON text contains one, and behind
 * the hole that a crash left in a file the next line is whole again.
 *
 * Pure: no system calls, no clock.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/slice.h"

/* The longest line, without its end, in bytes. */
#define SCAN_LINE_MAX (1u << 20)

#define SCAN_MARKS    256

struct scan {
	size_t start; /* of the line that has not ended yet */
	size_t at; /* what lies before was looked at */
	bool hit; /* it could be an alert */
	bool over; /* its beginning was dropped: it is too long */
	uint64_t lines; /* that ended, empty ones left out */
	uint64_t too_long; /* of them, above SCAN_LINE_MAX */
	uint32_t marks[SCAN_MARKS]; /* places to look at, before AT */
	uint32_t mark_count;
	uint32_t mark_next;
};

/* Start again with new bytes.  The counters go on. */
void scan_reset(struct scan *s);

/*
 * Give the next candidate in the LEN bytes (below 4 GiB) of DATA, of which
 * the scan has seen the first ones before.  OUT is the line without its end;
 * S->start is then behind that end.
 * False: there is none; what S->start begins has no end yet.
 */
bool scan_next(struct scan *s, const char *data, size_t len, struct slice *out);

/* The first BY bytes of the data, none behind S->start, have gone. */
void scan_shift(struct scan *s, size_t by);

/*
 * Nothing follows: take what has no end yet as a line.
 * False: there is nothing, or it is no candidate.
 */
bool scan_last(struct scan *s, const char *data, size_t len, struct slice *out);

#endif
