/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_CLIENTS_H
#define POSTERN_DAEMON_CLIENTS_H

/*
 * clients: the people at the control socket.
 *
 * Who may connect is settled by the socket's mode, and checked again by the
 * peer's credentials.  A client that sends nothing, garbage, or too much, is
 * hung up; none can make the rest wait or grow.
 */
#include <stdbool.h>

#include "ctl/core/msg.h"

struct clients;
struct daemon;

/* Listen on ROLE_FD_CONTROL.  NULL: no memory. */
struct clients *clients_new(struct daemon *d);
void clients_free(struct clients *c);

/* Show ACT to those who watch.  C may be NULL. */
void clients_show_act(struct clients *c, const struct act *act);

/* What postern-nft answered to a question of ours. */
void clients_hear_nft(struct clients *c, enum msg_kind kind,
		      const union msg_row *row);

/* Order SEQ was not taken: whoever waits for it is told WHY. */
void clients_hear_refused(struct clients *c, uint64_t seq, const char *why);

/* The names of who is omitted are known. */
void clients_hear_names(struct clients *c);

/* The warden has read the configuration, or refused it. */
void clients_hear_reload(struct clients *c);

/* Answer those whose act is on disk and in the kernel; send on of long lists;
 * everything said leaves.  True: there is more to send right now. */
bool clients_turn(struct clients *c);

#endif
