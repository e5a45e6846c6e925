/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_INTAKE_H
#define POSTERN_DAEMON_INTAKE_H

/*
 * intake: what the feeds say: checked again, judged, and acted upon.
 */
#include "ctl/core/msg.h"

struct daemon;
struct feeder;

/* The bans are known: begin to listen to the feeds. */
void intake_greet(struct daemon *d);

/* A row from a feed.  -EBADMSG: not what a feed may say. */
int intake_hear(void *feeder, enum msg_kind kind, const union msg_row *row);

#endif
