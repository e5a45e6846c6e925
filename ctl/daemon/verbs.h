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

/* An act of KIND as this client asks for it. */
struct act verbs_act(const struct client *client, enum act_kind kind);
/* What stands against any change now: then it is answered. */
bool verbs_cannot_change(struct client *client);
/* Is a prefix named, and no term too long?  Else it is answered. */
bool verbs_is_sound(struct client *client);

/* Send on of a list.  True: there is more to send right now. */
bool verbs_list(struct client *client);

#endif
