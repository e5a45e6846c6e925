/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_VERBS_H
#define POSTERN_DAEMON_VERBS_H

/*
 * verbs: what people can ask for.
 */
#include "ctl/daemon/client.h"

/* Begin the request in CLIENT's ask. */
void verbs_begin(struct client *client);

/* postern-nft has answered all that was asked (or did not in time): go on. */
void verbs_finish(struct client *client);

/* Send on of a list.  True: there is more to send right now. */
bool verbs_list(struct client *client);

#endif
