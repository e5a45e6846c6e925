/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_HEED_H
#define POSTERN_DAEMON_HEED_H

/*
 * heed: what the warden says, which only speaks.
 */
#include "ctl/core/msg.h"

/* Take ROW; CTX is the struct daemon.  -EBADMSG: no act that it may tell. */
int heed_hear(void *ctx, enum msg_kind kind, const union msg_row *row);

#endif
