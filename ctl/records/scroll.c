/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scroll: blocks of a file into lines.  Knows no record but its longest size.
 */
#include "ctl/records/scroll.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/records/record.h"
#include "ctl/records/unpack.h"

/* Twice the longest record: what is left of a block always fits again. */
#define BUFFER_SIZE (2u * RECORD_SIZE_MAX)

int scroll_open(struct scroll *s, int fd, uint64_t limit)
{
	*s = (struct scroll){ .fd = fd, .limit = limit };
	s->buffer = malloc(BUFFER_SIZE);
	return s->buffer ? 0 : -ENOMEM;
}

int scroll_open_packed(struct scroll *s, int fd, uint64_t limit)
{
	int err = scroll_open(s, fd, limit);

	if (err)
		return err;
	err = unpack_open(&s->unpack, fd);
	if (err)
		scroll_close(s);
	return err;
}

void scroll_seek(struct scroll *s, uint64_t packed, uint64_t raw,
		 uint64_t limit)
{
	if (s->unpack)
		unpack_seek(s->unpack, packed);
	s->at = 0;
	s->have = 0;
	s->offset = raw;
	s->limit = limit;
}

void scroll_close(struct scroll *s)
{
	unpack_close(s->unpack);
	s->unpack = NULL;
	free(s->buffer);
	s->buffer = NULL;
}

/* 1: there is more than before.  0: end of file.  -errno. */
static int fill(struct scroll *s)
{
	uint64_t from = s->offset + (s->have - s->at);
	size_t room;
	ssize_t n;

	memmove(s->buffer, s->buffer + s->at, s->have - s->at);
	s->have -= s->at;
	s->at = 0;
	room = BUFFER_SIZE - s->have;
	if (room > s->limit - from)
		room = (size_t)(s->limit - from);
	if (s->unpack) {
		n = unpack_read(s->unpack, s->buffer + s->have, room);
		if (n < 0)
			return (int)n;
		s->have += (size_t)n;
		return n > 0;
	}
	do
		n = pread(s->fd, s->buffer + s->have, room, (off_t)from);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	s->have += (size_t)n;
	return n > 0;
}

/* The newline of the next line, or NULL: the buffer ends before it. */
static const char *find_newline(const struct scroll *s, size_t from)
{
	return memchr(s->buffer + s->at + from, '\n', s->have - s->at - from);
}

static void tell(struct scroll *s, struct line *out, size_t len, bool ended)
{
	*out = (struct line){
		.text = s->buffer + s->at,
		.len = len,
		.is_whole = ended && len < RECORD_SIZE_MAX,
		.number = ++s->number,
		.offset = s->offset,
		.end = s->offset + len + (ended ? 1 : 0),
	};
	s->at += len + (ended ? 1 : 0);
	s->offset = out->end;
}

/* Step over the rest of a line that no record can be.  0, or -errno. */
static int skip_rest(struct scroll *s, struct line *out)
{
	for (;;) {
		const char *newline = find_newline(s, 0);
		size_t len = s->have - s->at;
		int got;

		if (newline)
			len = (size_t)(newline - (s->buffer + s->at)) + 1;
		s->at += len;
		s->offset += len;
		out->end = s->offset;
		if (newline)
			return 0;
		got = fill(s);
		if (got <= 0)
			return got;
	}
}

int scroll_next(struct scroll *s, struct line *out)
{
	size_t seen = 0;
	int got, err;

	for (;;) {
		const char *newline = find_newline(s, seen);

		seen = s->have - s->at;
		if (newline) {
			tell(s, out, (size_t)(newline - s->buffer) - s->at,
			     true);
			return 1;
		}
		if (seen >= RECORD_SIZE_MAX) {
			tell(s, out, seen, false);
			/* The text goes with the rest: it is no record's. */
			out->text = "";
			out->len = 0;
			err = skip_rest(s, out);
			return err ? err : 1;
		}
		got = fill(s);
		if (got < 0)
			return got;
		if (got == 0)
			break;
	}
	if (seen == 0)
		return 0;
	tell(s, out, seen, false);
	return 1;
}
