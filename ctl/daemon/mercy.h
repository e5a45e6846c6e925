/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_MERCY_H
#define POSTERN_DAEMON_MERCY_H

/*
 * mercy: what people ask for to spare somebody, and what they ask about the
 * rules and alarms.
 */
#include "ctl/daemon/client.h"

/* Pardon PREFIX for TERM_S (0: without a term), as ACT says by whom and why,
 * after an unban.  0, or the answer was given. */
int mercy_pardon(struct client *client, const struct act *after,
		 uint64_t term_s);

void mercy_begin_allow(struct client *client);
void mercy_begin_disallow(struct client *client);
void mercy_begin_allowed(struct client *client);
void mercy_begin_rules(struct client *client);
void mercy_begin_ack(struct client *client);
void mercy_begin_confirm(struct client *client);

/* The alarms that nobody has seen, as rows. */
void mercy_send_alarms(struct client *client);

#endif
