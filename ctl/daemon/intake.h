/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_INTAKE_H
#define POSTERN_DAEMON_INTAKE_H

/*
 * intake: what the feeds say: checked again, judged, and acted upon.
 */
#include "ctl/core/msg.h"
#include "ctl/daemon/judge.h"

struct daemon;
struct feeder;

/* The bans are known: begin to listen to the feeds. */
void intake_greet(struct daemon *d);

/* The events of one message. */
#define INTAKE_EVENTS_MAX 64u

/* Events that are heard and not judged yet: between two messages, none. */
struct docket {
	unsigned int count;
	struct docket_item {
		uint64_t monotonic_ns; /* when it was heard */
		struct event event;
		struct hearing hearing;
	} items[INTAKE_EVENTS_MAX];
};

/* A row from a feed.  Events wait for intake_judge().  -EBADMSG: not what a
 * feed may say. */
int intake_hear(void *feeder, enum msg_kind kind, const union msg_row *row);

/* Judge, in their order, the events that FEEDER said in one message. */
void intake_judge(void *feeder);

#endif
