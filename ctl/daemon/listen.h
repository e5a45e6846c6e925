/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_LISTEN_H
#define POSTERN_DAEMON_LISTEN_H

/*
 * listen: the wires with the warden, postern-nft, postern-records and the
 * feeds, and what is heard on them.
 */
struct daemon;

/* -ENOMEM. */
__attribute__((warn_unused_result)) int listen_open(struct daemon *d);
void listen_close(struct daemon *d);

/* Say hello to postern-records and postern-nft; the feeds are greeted when
 * the bans are known. */
void listen_greet(struct daemon *d);

#endif
