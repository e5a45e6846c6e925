/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_LINK_H
#define POSTERN_CLI_LINK_H

/*
 * link: one request to postern-ctl, and its rows.
 */
#include "ctl/core/msg.h"

struct cli;

/* Hears each row but the last.  Not 0 ends the request. */
struct link_listener {
	int (*hear)(void *ctx, enum msg_kind kind, const union msg_row *row);
	void *ctx;
};

/*
 * Ask, and hear the rows of the reply.  *ANSWER is the last one.
 * Returns 0, or a negative errno value: -ECONNREFUSED, -ENOENT: nobody is
 * there.  -EACCES: not allowed.  -EPIPE: postern-ctl ended meanwhile.
 */
int link_ask(const struct cli *cli, const struct ask *ask,
	     const struct link_listener *listener, struct answer *answer);

/* As link_ask(); says what went wrong, or what the answer says to people, and
 * returns the exit status. */
int link_run(const struct cli *cli, const struct ask *ask,
	     const struct link_listener *listener);

/* A request of VERB by the person at this terminal. */
struct ask link_request(enum verb verb);

/* Say on standard error why ERR kept postern-ctl from answering.  Returns
 * ANSWER_UNREACHABLE. */
int link_unreachable(const struct cli *cli, int err);

/* Without -c, CLI's configuration becomes the file that posternd reads, wherever
 * that is.  Until it has told, all there is to go by is the usual place.  The
 * exit status. */
int link_find_config(struct cli *cli);

#endif
