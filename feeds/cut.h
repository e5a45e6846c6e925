/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_CUT_H
#define POSTERN_FEEDS_CUT_H

/*
 * cut: logs that are rotated by copying them and cutting them to nothing.
 *
 * A cut log is another file, though it has the same inode.  What had not been
 * read of it is in a copy; and since a log may be cut again before anybody
 * looks, there may be copies of which nothing was ever read.
 *
 * While a log is empty, READING goes on to tell what it was: by that, the
 * next life knows which copies were read.
 */
#include "feeds/logs.h"

/* F is no longer what was read: it was cut, and perhaps written anew. */
void cut_take(struct logs *logs, struct file *f);

/*
 * F, which was empty so far, has its first bytes: take in what was cut away,
 * or renamed, before they could be seen.
 */
void cut_catch_up(struct logs *logs, struct file *f);

/* Something happened near F: take in what was cut away, if it is empty. */
void cut_look_behind(struct logs *logs, struct file *f);

#endif
