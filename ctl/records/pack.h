/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_PACK_H
#define POSTERN_RECORDS_PACK_H

/*
 * pack: a closed segment becomes a row of zstd frames (RFC 8878) with an
 * index beside it, and goes.
 *
 * Each frame holds whole lines and is unpacked and compared before it counts.
 * A death at any instant leaves the segment as it was, or packed.
 */
#include "ctl/records/folder.h"

struct pack;

/*
 * Begin to pack the segment NUMBER of FOLDER, which must outlive *OUT; the
 * caller gives it to pack_free().  -errno.
 */
__attribute__((warn_unused_result)) int
pack_new(struct pack **out, const struct folder *folder, uint64_t number);
/* What is not finished is removed. */
void pack_free(struct pack *p);

/* Pack one more frame.  1: there is more.  0: all is packed, on disk, and the
 * segment is gone.  -errno: it stays as it is. */
__attribute__((warn_unused_result)) int pack_step(struct pack *p);

#endif
