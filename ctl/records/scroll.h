/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SCROLL_H
#define POSTERN_RECORDS_SCROLL_H

/*
 * scroll: a segment, unrolled line by line, in memory that does not grow.
 * It may be packed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unpack;

struct scroll {
	int fd; /* not owned */
	struct unpack *unpack; /* NULL: it is not packed */
	char *buffer;
	size_t at; /* of the next line */
	size_t have;
	uint64_t offset; /* in the file, of the next line */
	uint64_t limit; /* in the file, of the byte behind the last */
	uint64_t number; /* of the lines told, from 1 */
};

struct line {
	const char *text; /* valid until the next call */
	size_t len; /* without its newline */
	bool is_whole; /* it has a newline, and is no longer than a record */
	uint64_t number;
	uint64_t offset;
	uint64_t end; /* behind its newline */
};

/* Over FD, which the caller keeps, up to LIMIT bytes.  -ENOMEM. */
__attribute__((warn_unused_result)) int scroll_open(struct scroll *s, int fd,
						    uint64_t limit);
/* Over the packed segment in FD; LIMIT bytes of it as it was.
 * -EBADMSG: it is not packed.  -ENOMEM. */
__attribute__((warn_unused_result)) int
scroll_open_packed(struct scroll *s, int fd, uint64_t limit);
/* Go to the frame at PACKED of the file, which begins at RAW of what was
 * packed, and read no further than LIMIT of that. */
void scroll_seek(struct scroll *s, uint64_t packed, uint64_t raw,
		 uint64_t limit);
void scroll_close(struct scroll *s);

/* 1: a line.  0: that was all.  -errno of reading; -EBADMSG: it cannot be
 * unpacked. */
__attribute__((warn_unused_result)) int scroll_next(struct scroll *s,
						    struct line *out);

#endif
