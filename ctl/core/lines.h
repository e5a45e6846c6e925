/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_LINES_H
#define POSTERN_CORE_LINES_H

/*
 * lines: a text by its lines, and which of them another text does not have.
 */
#include <stddef.h>

struct lines {
	const char **at; /* where each begins in the text, which is not owned */
	size_t count;
};

/* The lines of TEXT, which must outlive *OUT.  -ENOMEM. */
__attribute__((warn_unused_result)) int lines_split(struct lines *out,
						    const char *text);
void lines_fini(struct lines *lines);

/* Bytes of LINE without its newline. */
size_t lines_length(const char *line);

/* SIGN is '-': line NUMBER, from 0, of OLD; '+': of NEXT. */
typedef void lines_tell_fn(void *ctx, char sign, size_t number);

/*
 * Tell the lines of OLD that are not in NEXT, and those of NEXT that are not
 * in OLD, as few as can be, in their order.  Returns how many.  Where the parts
 * that differ are long (more than 16 M pairs of lines), or there is no memory,
 * all lines between the first and the last difference are told.
 */
size_t lines_diff(const struct lines *old, const struct lines *next,
		  lines_tell_fn *tell, void *ctx);

#endif
