/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_ORIGINALS_H
#define POSTERN_CORE_ORIGINALS_H

/*
 * originals: the lines that events were made from, in pieces, for the records.
 *
 * So many a second are told, the rest are counted: in a flood the thousandth
 * line of a kind proves what the first did, and what is told must not slow
 * down what is decided.  No system calls and no clock.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ctl/core/act.h"

/* Of a longer line the rest is left out; its length shows it. */
#define ORIGINALS_PIECES_MAX 16u

struct originals {
	uint32_t per_second; /* 0: none is told */
	/* Hears each piece.  False: there is no room for it now. */
	bool (*say)(void *ctx, const struct original *row);
	void *ctx;

	/* Its own. */
	uint64_t second; /* of the calendar */
	uint32_t told; /* lines in it */
	struct original row; /* NAME is set by the owner */
};

/* EVENT was made from the LEN bytes at LINE, of FILE; the second is that in
 * which it was seen. */
void originals_tell(struct originals *o, const struct event *event,
		    const char *line, size_t len, const char *file);

#endif
