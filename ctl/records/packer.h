/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_PACKER_H
#define POSTERN_RECORDS_PACKER_H

/*
 * packer: packs a segment (pack.h) in a process of its own, which runs when
 * no other wants the processor, so that no act ever waits for it.
 */
#include <stdint.h>

#include "ctl/records/folder.h"

struct ev_loop;
struct packer;

/* ERR: 0, or the -errno of what failed; the segment stays as it was then. */
typedef void packer_done_fn(void *ctx, int err);

/* The caller gives it to packer_free().  NULL: no memory. */
struct packer *packer_new(struct ev_loop *loop, packer_done_fn *done,
			  void *ctx);
/* Ends what runs: its segment stays as it was. */
void packer_free(struct packer *p);

/* Begin to pack the segment NUMBER of FOLDER; one at a time.  DONE is called
 * from the loop, once.  -errno: it was not begun. */
__attribute__((warn_unused_result)) int
packer_start(struct packer *p, const struct folder *folder, uint64_t number);

#endif
