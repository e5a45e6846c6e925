/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_OMITTED_H
#define POSTERN_DAEMON_OMITTED_H

/*
 * omitted: who is kept out although the signs are good (BSI, IT Baseline
 * Protection Manual: omitted networks).
 *
 * Sensors tell whose mail was good; a ban or a limit of connections that meets
 * one of these may be a mistake, which a person decides.  Nothing here lets
 * anybody in.  So much is kept in memory alone: sensors tell all of it to each
 * new life of ours.
 */
#include <stdbool.h>

#include "ctl/core/msg.h"

/* Rows of one answer: those with the best history. */
#define OMITTED_MAX 64u

struct client;
struct daemon;
struct omitted;

/* SEED as of the memory of attacks.  NULL: no memory. */
struct omitted *omitted_new(struct daemon *d, uint64_t seed);
void omitted_free(struct omitted *o); /* accepts NULL */

/* A sensor tells of good mail.  -EBADMSG: it is not sound. */
__attribute__((warn_unused_result)) int
omitted_patron(struct omitted *o, const struct patron_row *row);

/* A packet of SOURCE was dropped at TIME_NS by a rule that calls itself TEXT. */
void omitted_refused(struct omitted *o, const struct prefix *source,
		     const char *text, uint64_t time_ns);

/* The verb: looks who it is, asks for their names, and waits for these. */
void omitted_begin(struct client *client);
/* They are known, or were waited for long enough. */
void omitted_finish(struct client *client);

/* A name came.  True: no other one is awaited. */
bool omitted_named(struct omitted *o, const struct named *named);

#endif
