/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_REASONS_H
#define POSTERN_DAEMON_REASONS_H

/*
 * reasons: the texts why somebody is banned, each held once.
 *
 * A million bans have a few hundred reasons.  The room is fixed: when it is
 * full, a new text becomes a word that points to the records, which have it.
 */
#include <stddef.h>
#include <stdint.h>

struct reasons;

/* At most COUNT different texts (below 2^24).  NULL: no memory. */
struct reasons *reasons_new(uint32_t count);
void reasons_free(struct reasons *r);

/* The number of TEXT, which is taken once more.  Give it to reasons_drop(). */
uint32_t reasons_take(struct reasons *r, const char *text);
void reasons_drop(struct reasons *r, uint32_t number);

const char *reasons_text(const struct reasons *r, uint32_t number);

#endif
