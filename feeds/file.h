/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_FILE_H
#define POSTERN_FEEDS_FILE_H

/*
 * file: one file of a log, while it is being read.
 *
 * Keeps hold of the file whatever becomes of its name.  Knows how far it was
 * read and that it is still the same; does not know the other files.
 */
#include "ctl/core/msg.h"
#include "feeds/head.h"
#include "feeds/line.h"

/*
 * An old file is let go when nobody has written to it for so long: since a
 * writer closed it, who may not have been the only one; or, if nobody did,
 * at all.
 */
#define FILE_CLOSED_S 10u
#define FILE_QUIET_S  300u

struct file {
	int fd;
	int watch; /* its inotify watch, or -1 */
	char *path; /* under which it was found last */
	struct reading reading; /* its name as a log, position, counters */
	struct head head; /* as last seen */
	struct line_mark mark; /* where to go on reading */
	uint64_t read_to; /* the offset behind all that was read */
	uint64_t size; /* as last seen */
	uint64_t quiet_ns; /* since when nothing happened, monotonic */
	bool named; /* its name as a log still leads to it */
	bool unlinked; /* no name leads to it at all */
	bool closed; /* a writer closed it after it was moved */
	bool whole; /* a copy, to which nobody will write */
	bool emptied; /* it was cut to nothing: READING tells what it was */
	uint32_t cuts; /* how often it was cut so far; of a copy: by which
			  cut of its successor it was made */
	int64_t opened_ns; /* when, UTC */
	bool ready; /* there may be more to read */
	bool told; /* READING was told as it is */
};

/*
 * Take over the open file FD, found at PATH, a part of the log NAME.
 * *OUT is the caller's, for file_free().  -errno: FD is the caller's still.
 */
__attribute__((warn_unused_result)) int
file_new(struct file **out, int fd, const char *name, const char *path);
void file_free(struct file *f);

/* Go on at POSITION's offset. */
void file_seek(struct file *f, const struct position *position);

/* The file was cut and is written anew: begin again, as another stream.
 * -errno of looking at it. */
__attribute__((warn_unused_result)) int file_renew(struct file *f,
						   uint16_t stream);

/* The file was cut to nothing: begin again as soon as there is something. */
void file_await(struct file *f);

/* Was the file only cut shorter, and begins as before? */
bool file_is_shortened(const struct file *f);
/* Go on where the file ends now.  False: whole lines were cut off. */
bool file_go_back(struct file *f);

/*
 * See how long the file is and whether it has a name.
 * -ESTALE: it is shorter than it was read.
 */
__attribute__((warn_unused_result)) int file_look(struct file *f);

/*
 * Read a block into L, which stands where the file is read; *OUT bytes, less
 * than there was room for at the end of the file.  -ESTALE: what was read is
 * no longer what this file was; nothing was taken.
 */
__attribute__((warn_unused_result)) int file_read(struct file *f,
						  struct line *l, size_t *out);

/* Is there anything in the file? */
bool file_has_content(const struct file *f);

/* When the file was written last, UTC. */
int64_t file_changed_ns(const struct file *f);

/* Bytes that are there and were not read. */
uint64_t file_behind(const struct file *f);

#endif
