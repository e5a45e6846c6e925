/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_ALERT_H
#define POSTERN_DAEMON_ALERT_H

/*
 * alert: an alarm on its way: to the journal of the system, the records, and
 * postern-alarm.
 */
#include "ctl/core/msg.h"

struct daemon;
struct event;

/* Raise KIND about P, which may be NULL.  True: it was said, and not only
 * counted. */
__attribute__((format(printf, 4, 5))) bool alert_raise(struct daemon *d,
						       enum alarm_kind kind,
						       const struct prefix *p,
						       const char *format, ...);

/* An EVENT may tell of a server of ours what must be looked at. */
void alert_event(struct daemon *d, const struct event *event);

/* Read back an alarm, or its acknowledgement, of a former life. */
void alert_replay(struct daemon *d, const struct act *act);

/* Tell the records how often the open alarms were raised, of which they know
 * less: where D ends without notice, they are behind by what came since. */
void alert_keep(struct daemon *d);

/* Say all that is open once more to the records: a checkpoint begins. */
void alert_restate(struct daemon *d);

#endif
