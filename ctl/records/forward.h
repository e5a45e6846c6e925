/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_FORWARD_H
#define POSTERN_RECORDS_FORWARD_H

/*
 * forward: records to a syslog daemon, each at least once.
 *
 * A file, the cursor, tells for each class the number up to which nothing is
 * sent any more.  It stays FORWARD_AGAIN records behind what was acknowledged:
 * a daemon may acknowledge what it holds in memory and die.  After each broken
 * connection, and at each start, all behind the cursor is sent again.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ctl/records/read.h"

struct forward;

#define FORWARD_AGAIN 512u

/* TO is "relp:ADDRESS:PORT", whether or not that is an address. */
bool forward_is_place(const char *to);

/* For WISH, which must outlive it: to, cursor (NULL: none is kept), follow.
 * -EINVAL: no such address.  -EBADMSG: the cursor's file is none. */
__attribute__((warn_unused_result)) int
forward_new(struct forward **out, const struct read_wish *wish);
void forward_free(struct forward *f);

/* Tell HEAR the records that WISH asks for, until it ends; what it calls is
 * forward_send().  Of one that follows the daemon may come and go. */
__attribute__((warn_unused_result)) int
forward_run(struct forward *f, read_hear_fn *hear, void *ctx);

/* Send TEXT, a message and a newline, which was made of the record LINE. */
__attribute__((warn_unused_result)) int
forward_send(struct forward *f, const char *line, size_t len, const char *text,
	     size_t text_len);

#endif
