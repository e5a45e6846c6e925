/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streams: a small fixed list.
 */
#include "ctl/daemon/streams.h"

#include <stdio.h>
#include <string.h>

/* An inode is one file at a time. */
static bool is_same_inode(const struct position *a, const struct position *b)
{
	return a->device == b->device && a->inode == b->inode;
}

/* ... but cut and written anew, it begins otherwise.  The head of a short file
 * changes as it grows, too: then nothing is taken for applied, and what the
 * feed says counts. */
static bool is_same_head(const struct position *a, const struct position *b)
{
	return a->head_len == b->head_len && a->head_hash == b->head_hash;
}

static const struct stream *find(const struct streams *s, const char *feed,
				 const char *file,
				 const struct position *position)
{
	for (uint32_t i = 0; i < STREAMS_FILES_MAX; i++) {
		const struct stream *stream = &s->files[i];

		/* Asked for each event: what differs most comes first. */
		if (is_same_inode(&stream->file.position, position) &&
		    strcmp(stream->feed, feed) == 0 &&
		    strcmp(stream->file.file, file) == 0)
			return stream;
	}
	return NULL;
}

static struct stream *find_room(struct streams *s)
{
	struct stream *oldest = &s->files[0];

	for (uint32_t i = 0; i < STREAMS_FILES_MAX; i++) {
		if (s->files[i].feed[0] == '\0')
			return &s->files[i];
		if (s->files[i].used < oldest->used)
			oldest = &s->files[i];
	}
	return oldest;
}

void streams_advance(struct streams *s, const char *feed, const char *file,
		     const struct position *position)
{
	struct stream *stream;

	if (position->device == 0 && position->inode == 0)
		return; /* a socket has no position */
	stream = (struct stream *)(uintptr_t)find(s, feed, file, position);
	if (!stream) {
		stream = find_room(s);
		*stream = (struct stream){ 0 };
		snprintf(stream->feed, sizeof(stream->feed), "%s", feed);
		snprintf(stream->file.file, sizeof(stream->file.file), "%s",
			 file);
		stream->file.position = *position;
	}
	stream->used = ++s->count;
	if (!is_same_head(position, &stream->file.position) ||
	    position->offset >= stream->file.position.offset)
		stream->file.position = *position;
}

bool streams_is_applied(const struct streams *s, const char *feed,
			const char *file, const struct position *position)
{
	const struct stream *stream = find(s, feed, file, position);

	return stream && is_same_head(position, &stream->file.position) &&
	       position->offset <= stream->file.position.offset;
}

void streams_forget(struct streams *s, const char *feed, const char *file,
		    const struct position *position)
{
	const struct stream *stream = find(s, feed, file, position);

	if (stream)
		s->files[stream - s->files] = (struct stream){ 0 };
}

const struct stream *streams_walk(const struct streams *s, const char *feed,
				  uint32_t *at)
{
	while (*at < STREAMS_FILES_MAX) {
		const struct stream *stream = &s->files[(*at)++];

		if (stream->feed[0] &&
		    (!feed || strcmp(stream->feed, feed) == 0))
			return stream;
	}
	return NULL;
}
