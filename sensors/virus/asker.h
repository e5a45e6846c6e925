/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_ASKER_H
#define POSTERN_SENSORS_ASKER_H

/*
 * asker: one connection to clamd at a time, one file on each.
 */
#include "ctl/core/msg.h"
#include "sensors/virus/stock.h"

struct ev_loop;
struct asker;

/* RESULT and NAME as clamd_read(); ERR: -errno, and nobody looked. */
typedef void (*asker_answer)(void *ctx, struct stock_file *file, int err,
			     enum scan_result result, const char *name);

/* PATH must outlive it.  *OUT is the caller's, for asker_free().  -ENOMEM. */
__attribute__((warn_unused_result)) int
asker_new(struct asker **out, struct ev_loop *loop, const char *path,
	  asker_answer answer, void *ctx);
void asker_free(struct asker *a);

/* Show FILE, which stays the caller's.  -errno: nobody is there, and no answer
 * follows. */
__attribute__((warn_unused_result)) int asker_begin(struct asker *a,
						    struct stock_file *file);
/* The file that it is about, or NULL. */
const struct stock_file *asker_file(const struct asker *a);

/* Does anybody serve at PATH?  0, or -errno. */
int asker_try(const char *path);

#endif
