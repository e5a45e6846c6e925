/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_DIALOGUE_GATHER_H
#define POSTERN_SENSORS_DIALOGUE_GATHER_H

/*
 * gather: lines out of pieces.
 *
 * A line ends with LF.  Its first bytes are kept, the same ones however it
 * was cut; of the rest only the number is known.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gather {
	uint32_t len; /* of the line so far */
	uint16_t kept;
	bool cr; /* its last byte is CR */
	uint64_t start_ns;
};

struct line {
	const uint8_t *text; /* without its end; valid until the next bytes */
	size_t len; /* of TEXT */
	size_t whole; /* of the line, without its end */
	bool bare; /* it ended with LF alone */
	uint64_t start_ns;
};

/*
 * Take bytes up to a line's end.  ROOM of SIZE bytes keeps what was cut.
 * Returns the bytes taken; *DONE: OUT is a line.
 */
size_t gather_take(struct gather *g, uint8_t *room, size_t size,
		   const uint8_t *bytes, size_t len, uint64_t now_ns,
		   struct line *out, bool *done);
void gather_reset(struct gather *g);

/* A word at the line's begin, in ASCII, matched without regard to case. */
bool line_begins(const struct line *line, const char *word);

#endif
