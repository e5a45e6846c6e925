/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_STREAM_H
#define POSTERN_SENSORS_STREAM_H

/*
 * stream: the bytes of one side of a connection, brought into order.
 *
 * Which of two contradicting copies of a byte counts is decided as Linux does
 * it, after what a receiver would not have taken at all is set back: see
 * STREAM_DOUBTFUL.  A stream knows nothing of packets, time, or its peer.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/pages.h"

/* No sender has more in flight; what lies further ahead is not taken. */
#define STREAM_WINDOW (4u << 20)

struct stream {
	uint64_t offset; /* in the pages, of the byte with number NEXT */
	uint32_t next; /* sequence number of the first byte not handed on */
	uint32_t whole; /* all before this is there */
	uint32_t top; /* behind the furthest byte taken */
	uint32_t owner; /* of its pages */
	uint32_t pages; /* list, the newest first */
	uint32_t head; /* the page of NEXT, as it was found last */
	uint32_t urgent; /* the byte that is taken out of the stream */
	bool has_urgent;
	/* Too much came out of order to tell what its sender had read. */
	bool unordered;
};

struct stream_stats {
	uint64_t repeated; /* bytes that were there before */
	uint64_t conflicts; /* bytes of two contradicting copies */
	uint64_t far; /* segments beyond the window */
};

/* A piece as it came in one segment. */
struct piece {
	uint32_t seq;
	uint32_t ack; /* up to where the sender had read its peer */
	bool has_ack; /* ... and that is not behind us yet */
	/*
	 * The receiver may not have taken it: wrong checksum, other hops than
	 * all before, outside of the window, an old time stamp.  A copy that
	 * is not doubtful replaces it.
	 */
	bool is_doubtful;
	const uint8_t *data;
	size_t len;
};

enum stream_put {
	STREAM_TAKEN,
	STREAM_OLD, /* all of it was handed on before */
	STREAM_FAR, /* it ends beyond the window */
	STREAM_FULL, /* no page is left; what fitted is in */
};

/* Begins with the byte SEQ; its pages belong to OWNER. */
void stream_init(struct stream *s, uint32_t owner, uint32_t seq);

enum stream_put stream_put(struct stream *s, struct pages *pages,
			   const struct piece *piece,
			   struct stream_stats *stats);

/*
 * The next bytes to hand on: those that are there, before LIMIT, and sent
 * before their sender had read more of its peer than up to PEER (not asked
 * where FORCED).  Returns their number; 0: none yet.
 */
size_t stream_ready(struct stream *s, struct pages *pages, uint32_t limit,
		    uint32_t peer, bool forced, const uint8_t **out);

/*
 * Had the sender read more of its peer than up to BEHIND when it sent the bytes
 * that are next?  If not, *LEN is cut to those of which this is so.  True: it
 * had, when it sent all of them.
 */
bool stream_had_read(const struct stream *s, struct pages *pages,
		     uint32_t behind, size_t *len);

/* LEN of these were handed on. */
void stream_took(struct stream *s, struct pages *pages, size_t len);

/* Is there anything behind NEXT?  *OUT is where it begins. */
bool stream_first(const struct stream *s, struct pages *pages, uint32_t *out);

/* Go on at SEQ, which is behind NEXT; what lies before it is forgotten. */
void stream_skip(struct stream *s, struct pages *pages, uint32_t seq);

/* Give all pages back. */
void stream_drop(struct stream *s, struct pages *pages);

#endif
