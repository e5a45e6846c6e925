/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CONCERN_H
#define POSTERN_SENSORS_CONCERN_H

/*
 * concern: which segments are of a declared server's mail, and who is who.
 *
 * Towards a server: its declared services.  From a server: its declared
 * egress, and SMTP (port 25) in any case.  From anybody else in the networks of
 * a zone that is not outside: SMTP to somebody who is in none, since mail is to
 * leave by the declared servers.  Where no server is declared, every
 * connection to a mail service is of concern: a capture can be looked at
 * without a configuration.
 */
#include <stdbool.h>

#include "ctl/core/config.h"
#include "sensors/flow.h"

struct concern;

/* CONFIG may be NULL; it must outlive it.  NULL: no memory. */
struct concern *concern_new(const struct config *config);
void concern_free(struct concern *c);

/* False: none of our concern. */
bool concern_find(const struct concern *c, const struct packet *packet,
		  const struct segment *segment, struct flow_hint *out);

#endif
