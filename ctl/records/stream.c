/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream: which segment, which frame of it, which line.
 */
#include "ctl/records/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/records/folder.h"
#include "ctl/records/index.h"
#include "ctl/records/scroll.h"
#include "ctl/records/unpack.h"

/* No frame of ours is longer. */
#define FRAME_MAX (1u << 20)

struct stream {
	uint64_t unread; /* lines that are no record at all */
	const struct query *query;
	struct folder *folder;
	struct segment *list;
	size_t count;
	size_t at; /* the segment being read, or to be read */
	uint64_t after; /* the number of the record to begin behind */

	bool is_open;
	int fd;
	struct scroll scroll;
	bool is_packed;
	uint64_t line_end; /* of a plain segment: behind its last whole line */

	bool has_index;
	struct index index;
	uint8_t *bits; /* of the frames that may hold an address; NULL: all */
	uint64_t frame; /* the next one */
	char *block; /* of FRAME_MAX bytes, for whole frames */
};

int stream_open(struct stream **out, const char *path, enum rclass rclass,
		const struct query *query)
{
	struct stream *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->query = query;
	err = folder_open_reading(&s->folder, path, rclass);
	if (!err)
		err = folder_list_all(s->folder, &s->list, &s->count);
	if (err) {
		stream_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void stream_skip(struct stream *s, uint64_t seq)
{
	s->after = seq;
	/* A segment is named by its first record. */
	while (s->at + 1 < s->count && s->list[s->at + 1].number <= seq + 1)
		s->at++;
}

static bool is_behind(const struct stream *s, const struct hit *hit)
{
	static const char begin[] = "{\"seq\":";

	return s->after == 0 ||
	       (hit->len > sizeof(begin) &&
		strtoull(hit->text + sizeof(begin) - 1, NULL, 10) > s->after);
}

static void close_segment(struct stream *s)
{
	if (!s->is_open)
		return;
	scroll_close(&s->scroll);
	close(s->fd);
	if (s->has_index)
		index_close(&s->index);
	free(s->bits);
	s->bits = NULL;
	s->has_index = false;
	s->is_open = false;
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	close_segment(s);
	folder_close(s->folder);
	free(s->list);
	free(s->block);
	free(s);
}

static int open_index(struct stream *s, uint64_t number)
{
	char file[FOLDER_FILE_SIZE];
	int fd, err;

	folder_file(folder_class(s->folder), number, INDEX_SUFFIX, file);
	fd = openat(folder_fd(s->folder), file,
		    O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	err = index_open(&s->index, fd);
	close(fd);
	return err;
}

static bool is_outside(const struct query *q, uint64_t first_ns,
		       uint64_t last_ns)
{
	return last_ns < q->since_ns ||
	       (q->before_ns && first_ns >= q->before_ns);
}

/* Without an index all is read. */
static int use_index(struct stream *s, uint64_t number)
{
	if (open_index(s, number))
		return 0;
	s->has_index = true;
	s->frame = 0;
	/* The next frame is sought before any line is read. */
	s->scroll.limit = 0;
	if (is_outside(s->query, s->index.first_ns, s->index.last_ns)) {
		s->frame = s->index.frames;
		return 0;
	}
	if (s->query->address.family == 0)
		return 0;
	s->bits = calloc(1, s->index.frames / 8 + 1);
	if (!s->bits)
		return -ENOMEM;
	index_look_up(&s->index, &s->query->address, s->bits);
	return 0;
}

static int open_segment(struct stream *s)
{
	const struct segment *segment = &s->list[s->at];
	int err;

	s->is_packed = segment->is_packed;
	s->fd = s->is_packed ? folder_read_packed(s->folder, segment->number)
			     : folder_read(s->folder, segment->number);
	if (s->fd == -ENOENT && !s->is_packed) {
		/* It was packed since the list was made. */
		s->is_packed = true;
		s->fd = folder_read_packed(s->folder, segment->number);
	}
	if (s->fd < 0)
		return s->fd;
	s->line_end = 0;
	err = s->is_packed ? scroll_open_packed(&s->scroll, s->fd, INT64_MAX)
			   : scroll_open(&s->scroll, s->fd, INT64_MAX);
	if (err) {
		close(s->fd);
		return err;
	}
	s->is_open = true;
	if (s->is_packed)
		err = use_index(s, segment->number);
	if (err)
		close_segment(s);
	return err;
}

/* The next frame that may hold what is asked for.  False: there is none. */
static bool next_frame(struct stream *s, struct index_frame *out)
{
	while (s->frame < s->index.frames) {
		uint64_t number = s->frame++;

		if (s->bits && !(s->bits[number / 8] >> number % 8 & 1))
			continue;
		*out = index_frame(&s->index, number);
		if (is_outside(s->query, out->first_ns, out->last_ns) ||
		    out->len > FRAME_MAX)
			continue;
		return true;
	}
	return false;
}

/* Segments that were begun since the list was made. */
static int list_again(struct stream *s)
{
	uint64_t number = s->count ? s->list[s->count - 1].number : 0;
	struct segment *list;
	size_t count, at = 0;
	int err = folder_list_all(s->folder, &list, &count);

	if (err)
		return err;
	while (at < count && list[at].number < number)
		at++;
	free(s->list);
	s->list = list;
	s->count = count;
	/* The newest that was known is gone, or still the one being read. */
	if (at < count && list[at].number == number && !s->is_open)
		at++;
	s->at = at;
	return 0;
}

/* 1: a segment is open.  0: there is no more now. */
static int ensure_open(struct stream *s)
{
	while (!s->is_open) {
		int err;

		if (s->at >= s->count)
			return 0;
		err = open_segment(s);
		if (err)
			return err;
	}
	return 1;
}

/* The open segment has no more lines.  1: another one does, perhaps. */
static int leave_segment(struct stream *s)
{
	bool is_newest = s->at + 1 >= s->count;

	if (!s->is_packed && is_newest) {
		int err = list_again(s);

		if (err)
			return err;
		if (s->at + 1 >= s->count) {
			/* More may be written to it: from its last whole
			 * line on. */
			scroll_seek(&s->scroll, 0, s->line_end, INT64_MAX);
			return 0;
		}
	}
	close_segment(s);
	s->at++;
	return 1;
}

/* 1: a line.  0: the segment has no more. */
static int next_line(struct stream *s, struct line *line)
{
	for (;;) {
		struct index_frame frame;
		int got = scroll_next(&s->scroll, line);

		if (got != 0 || !s->has_index)
			return got;
		if (!next_frame(s, &frame))
			return 0;
		scroll_seek(&s->scroll, frame.packed, frame.raw,
			    frame.raw + frame.len);
	}
}

int stream_next(struct stream *s, struct hit *out)
{
	for (;;) {
		struct line line;
		int got = ensure_open(s);

		if (got == 0) {
			got = list_again(s);
			if (!got && s->at < s->count)
				continue;
		}
		if (got <= 0)
			return got;
		got = next_line(s, &line);
		if (got < 0)
			return got;
		if (got == 0 || (!line.is_whole && !s->is_packed)) {
			got = leave_segment(s);
			if (got <= 0)
				return got;
			continue;
		}
		s->line_end = line.end;
		out->text = line.text;
		out->len = line.len;
		if (!is_behind(s, out))
			continue;
		if (query_takes(s->query, line.text, line.len, &out->time_ns))
			return 1;
		s->unread += out->time_ns == 0;
	}
}

uint64_t stream_unread(const struct stream *s)
{
	return s->unread;
}

static int read_frame(struct stream *s, const struct index_frame *frame)
{
	size_t have = 0;

	if (!s->block)
		s->block = malloc(FRAME_MAX);
	if (!s->block)
		return -ENOMEM;
	unpack_seek(s->scroll.unpack, frame->packed);
	while (have < frame->len) {
		ssize_t n = unpack_read(s->scroll.unpack, s->block + have,
					frame->len - have);

		if (n <= 0)
			return n < 0 ? (int)n : -EBADMSG;
		have += (size_t)n;
	}
	return 0;
}

static bool is_inside(const struct query *q, const struct index_frame *frame)
{
	return frame->first_ns >= q->since_ns &&
	       (!q->before_ns || frame->last_ns < q->before_ns);
}

/* A whole frame of the open segment, where one comes next.  0: none does. */
static int next_whole_frame(struct stream *s, size_t *len)
{
	struct index_frame frame;
	int err;

	if (!s->has_index || s->scroll.offset < s->scroll.limit)
		return 0;
	if (!next_frame(s, &frame))
		return 0;
	if (!is_inside(s->query, &frame)) {
		scroll_seek(&s->scroll, frame.packed, frame.raw,
			    frame.raw + frame.len);
		return 0;
	}
	err = read_frame(s, &frame);
	*len = frame.len;
	/* Whatever is read by lines next begins with another frame. */
	scroll_seek(&s->scroll, 0, 0, 0);
	return err ? err : 1;
}

/* A line with its newline, which the scroll still has behind it. */
static bool is_in_time(const struct query *q, const struct line *line)
{
	struct query plain = { .since_ns = q->since_ns,
			       .before_ns = q->before_ns };
	uint64_t time_ns;

	(void)query_takes(&plain, line->text, line->len, &time_ns);
	return time_ns >= q->since_ns &&
	       (!q->before_ns || time_ns < q->before_ns);
}

int stream_block(struct stream *s, const char **text, size_t *len)
{
	for (;;) {
		struct line line;
		int got = ensure_open(s);

		if (got <= 0)
			return got;
		got = next_whole_frame(s, len);
		if (got != 0) {
			*text = s->block;
			return got;
		}
		got = scroll_next(&s->scroll, &line);
		if (got < 0)
			return got;
		if (got == 0 && s->has_index && s->frame < s->index.frames)
			continue;
		if (got == 0 || (!line.is_whole && !s->is_packed)) {
			got = leave_segment(s);
			if (got <= 0)
				return got;
			continue;
		}
		s->line_end = line.end;
		if (!line.is_whole || !is_in_time(s->query, &line))
			continue;
		*text = line.text;
		*len = line.len + 1;
		return 1;
	}
}
