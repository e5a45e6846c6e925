/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_WATCH_H
#define POSTERN_NFT_WATCH_H

/*
 * watch: notices who else changes our table.
 *
 * The kernel tells of each change, and at the end of each transaction of the
 * new generation, with the pid and the name of who made it.  Our own element
 * transactions are filtered out before they wake us.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

struct watch;

/* OWN_PORT: whose transactions are ours.  -ENOMEM, -EPERM. */
__attribute__((warn_unused_result)) int watch_open(struct watch **out,
						   uint32_t own_port);
void watch_close(struct watch *w);
int watch_fd(const struct watch *w);

/* Hear nothing, or again: a bulk load is 2.6 times slower while anyone
 * listens.  What was not read before a pause is forgotten. */
void watch_pause(struct watch *w, bool paused);

/* Generation GENERATION came from a text that we loaded. */
void watch_own(struct watch *w, uint32_t generation);

/*
 * Read on.  1: *OUT tells of one foreign transaction that touched our table.
 * 0: nothing more to read.  -ENOBUFS: some was lost: look for yourself.
 */
int watch_read(struct watch *w, struct drift *out);

#endif
