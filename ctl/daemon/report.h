/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_REPORT_H
#define POSTERN_DAEMON_REPORT_H

/*
 * report: what is known, as rows for a client.
 */
#include <stdint.h>

#include "ctl/core/msg.h"

struct ban;
struct bans;
struct client;

void report_status(struct client *client);
void report_probes(struct client *client);
/* A ban of SCOPE, an enum ban_scope, out of its TABLE. */
struct ban_row report_row(const struct bans *table, uint8_t scope,
			  const struct ban *ban);
void report_ban(struct client *client, uint8_t scope, const struct ban *ban);
/* The same of a pardon, which is a row of the same kind. */
void report_pardon(struct client *client, const struct ban *pardon);

#endif
