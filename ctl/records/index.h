/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_INDEX_H
#define POSTERN_RECORDS_INDEX_H

/*
 * index: which frame of a packed segment tells of which times and addresses.
 *
 * It proves nothing and is not proven: it can be made again from the segment,
 * and whoever mistrusts it reads all.  Little-endian:
 *
 *     64 bytes   "PTNINDX1", then as uint64: frames, entries, bytes as they
 *                were, first and last number, first and last time; zeros
 *     40 bytes   for each frame, as uint64: where it begins in the packed
 *                file, where in what was packed, its bytes of that, its
 *                earliest and latest time
 *     12 bytes   for each entry, rising: uint64 key, uint32 frame << 8 | length
 *
 * An entry says that a record of the frame bears a prefix of that length.  Its
 * key is the IPv4 address as a number, or the first 64 bits of the IPv6
 * address; two that share a key make a query read too much, never too little.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

#define INDEX_SUFFIX ".index"

struct index_frame {
	uint64_t packed; /* offset in the packed file */
	uint64_t raw; /* offset in the segment as it was */
	uint64_t len; /* bytes of that */
	uint64_t first_ns; /* earliest and latest time of its records */
	uint64_t last_ns;
};

/* One that is being made. */
struct index_draft;

/* The caller gives it to index_draft_free().  NULL: no memory. */
struct index_draft *index_draft_new(void);
void index_draft_free(struct index_draft *d);
/* The frame that the next lines belong to begins. */
__attribute__((warn_unused_result)) int index_draft_frame(struct index_draft *d,
							  uint64_t packed,
							  uint64_t raw,
							  uint64_t len);
/* A line of it, without newline.  -ENOMEM. */
__attribute__((warn_unused_result)) int
index_draft_line(struct index_draft *d, const char *line, size_t len);
/* Write it to FD.  -errno. */
__attribute__((warn_unused_result)) int index_draft_write(struct index_draft *d,
							  int fd);

/* One that is there. */
struct index {
	uint8_t *map;
	size_t size;
	uint64_t frames;
	uint64_t entries;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t len; /* of the segment as it was */
};

/* Map the index in FD.  -EBADMSG: it is none, or of a later version. */
__attribute__((warn_unused_result)) int index_open(struct index *out, int fd);
void index_close(struct index *index);

struct index_frame index_frame(const struct index *index, uint64_t number);
/* Set the bit of each frame in BITS that may tell of something that overlaps
 * P. */
void index_look_up(const struct index *index, const struct prefix *p,
		   uint8_t *bits);

#endif
