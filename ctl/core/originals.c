/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * originals: a budget, and pieces.
 */
#include "ctl/core/originals.h"

#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"

static bool has_budget(struct originals *o, uint64_t seen_ns)
{
	uint64_t second = seen_ns / CLOCK_NS_PER_S;

	if (second != o->second)
		o->told = 0;
	o->second = second;
	return o->told < o->per_second;
}

static void begin_row(struct original *row, const struct event *event,
		      const char *file)
{
	row->time_ns = event->time_ns;
	row->offset = event->position.offset;
	row->feed = event->feed;
	row->stream = event->stream;
	row->source = event->source;
	snprintf(row->file, sizeof(row->file), "%s", file);
}

void originals_tell(struct originals *o, const struct event *event,
		    const char *line, size_t len, const char *file)
{
	struct original *row = &o->row;
	/* No text of ours holds a NUL: such a line ends there. */
	size_t told = strnlen(line, len);
	size_t at = 0;

	if (o->per_second == 0)
		return;
	if (!has_budget(o, event->seen_ns)) {
		row->missed++;
		return;
	}
	begin_row(row, event, file);
	row->length = (uint32_t)len;
	for (unsigned int i = 0; i < ORIGINALS_PIECES_MAX && at < told; i++) {
		size_t piece = told - at;

		if (piece > sizeof(row->line) - 1)
			piece = sizeof(row->line) - 1;
		row->at = (uint32_t)at;
		memcpy(row->line, line + at, piece);
		row->line[piece] = '\0';
		if (!o->say(o->ctx, row)) {
			row->missed += at == 0;
			return;
		}
		row->missed = 0;
		at += piece;
	}
	o->told++;
}
