/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_SWEEP_H
#define POSTERN_NFT_SWEEP_H

/*
 * sweep: tracked connections of banned sources go from the table of
 * connections.
 *
 * The drop ends a session by itself; the sweep frees its entry, which would
 * stay for days.  There is no delete by prefix: one listing serves all bans
 * since the last, in pieces, beside the work of the day.
 */
#include <stdbool.h>

#include "ctl/core/prefix.h"

struct sweep;

/* Seconds that one sweep keeps from the next. */
#define SWEEP_PAUSE_S 1.0

/* -ENOMEM, -EPERM. */
__attribute__((warn_unused_result)) int sweep_open(struct sweep **out);
void sweep_close(struct sweep *s);

/* To be read when readable; then sweep_work(). */
int sweep_fd(const struct sweep *s);

/* P was banned just now.  What is too much for one sweep is left out: its
 * entries end by their own time-outs. */
void sweep_add(struct sweep *s, const struct prefix *p);

/* Something is to be swept, and no listing is under way. */
bool sweep_is_due(const struct sweep *s);

/* Begin a listing of all tracked connections. */
__attribute__((warn_unused_result)) int sweep_begin(struct sweep *s);

/* Look at one piece of it.  True: it goes on. */
bool sweep_work(struct sweep *s);

/* Entries deleted so far. */
uint64_t sweep_deleted(const struct sweep *s);

#endif
