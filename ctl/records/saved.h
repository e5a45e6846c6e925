/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SAVED_H
#define POSTERN_RECORDS_SAVED_H

/*
 * saved: the bans of a checkpoint, as one record holds them.
 *
 * Each is an array of 14 elements, in the order of struct saved_ban.  Those at
 * its end that are as in the ban before are left out, so that a million bans
 * are some 40 MB: they are read at each start, and hashed.  The first of a
 * record is whole.  There is one spelling: what could have been left out and
 * was not is refused.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pen;
struct reader;
struct saved_ban;

/* Times are told in ns elsewhere. */
#define SAVED_UNTIL_MAX (UINT64_MAX / 1000000u)

/* Called for each ban in turn. */
typedef void saved_fn(void *ctx, const struct saved_ban *ban);

/* Read COUNT of them, without the brackets around them all.  IS_LATER: each may
 * have more elements than are known here.  What is wrong sticks to R; TELL
 * heard those before it. */
void saved_read(struct reader *r, uint64_t count, bool is_later, saved_fn *tell,
		void *ctx);

void saved_write(struct pen *pen, const struct saved_ban *bans, size_t count);

#endif
