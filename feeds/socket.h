/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SOCKET_H
#define POSTERN_FEEDS_SOCKET_H

/*
 * socket: lines from a Unix socket that somebody else bound: Suricata's
 * unix_stream and unix_dgram outputs.
 *
 * What was not read when this process ends is gone; the positions in its
 * events are zero.
 */
#include "feeds/source.h"

/* Who writes at the same time; more wait until one has gone. */
#define SOCKET_PEERS_MAX 8

/*
 * Read from FD, which the caller keeps open: a listening socket where
 * LISTENING, else one for datagrams of one or more lines each.  NAME is what
 * READING calls it.  The sieve and the sink must outlive *OUT, which is the
 * caller's, for source_free().
 * -ENOMEM, -EMFILE.
 */
__attribute__((warn_unused_result)) int
socket_new(struct source **out, int fd, bool listening, const char *name,
	   const struct sieve *sieve, const struct source_sink *sink);

#endif
