/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line: the buffer around a scan.  Knows offsets; knows no JSON and no files.
 */
#include "feeds/line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM (SCAN_LINE_MAX + LINE_CHUNK)

int line_init(struct line *l)
{
	*l = (struct line){ .data = malloc(ROOM) };
	return l->data ? 0 : -ENOMEM;
}

void line_fini(struct line *l)
{
	free(l->data);
	l->data = NULL;
}

void line_seek(struct line *l, const struct line_mark *mark)
{
	scan_reset(&l->scan);
	l->scan.over = mark->over;
	l->used = 0;
	l->base = mark->next;
	l->done = mark->done;
}

struct line_mark line_tell(const struct line *l)
{
	bool over = l->scan.over;

	return (struct line_mark){
		.next = over ? l->base + l->used : l->done,
		.done = l->done,
		.over = over,
	};
}

char *line_room(const struct line *l, size_t *out)
{
	*out = ROOM - l->used;
	if (*out > LINE_CHUNK)
		*out = LINE_CHUNK;
	return l->data + l->used;
}

void line_took(struct line *l, size_t len)
{
	l->used += len;
}

uint64_t line_offset(const struct line *l)
{
	return l->base + l->used;
}

static void drop(struct line *l, size_t len)
{
	l->used -= len;
	l->base += len;
	memmove(l->data, l->data + len, l->used);
	scan_shift(&l->scan, len);
}

/* Make room: what ended goes, and so does a beginning that is too long. */
static void compact(struct line *l)
{
	size_t held;

	if (l->scan.start > 0) {
		l->done = l->base + l->scan.start;
		drop(l, l->scan.start);
	}
	held = l->used;
	if (held > SCAN_LINE_MAX || (l->scan.over && held > 0)) {
		l->scan.start = l->used;
		l->scan.at = l->used;
		drop(l, l->used);
		l->scan.over = true;
	}
}

bool line_next(struct line *l, struct slice *out, uint64_t *start)
{
	if (!scan_next(&l->scan, l->data, l->used, out)) {
		compact(l);
		return false;
	}
	*start = l->base + (uint64_t)(out->at - l->data);
	/* Not behind a hole that follows: of that, only a part may be here. */
	l->done = *start + out->len + 1;
	return true;
}

bool line_last(struct line *l, struct slice *out, uint64_t *start)
{
	bool found;

	if (l->used == 0 && !l->scan.over)
		return false;
	*start = l->base + l->scan.start;
	found = scan_last(&l->scan, l->data, l->used, out);
	l->base += l->used;
	l->done = l->base;
	l->used = 0;
	scan_reset(&l->scan);
	return found;
}
