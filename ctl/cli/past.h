/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_PAST_H
#define POSTERN_CLI_PAST_H

/*
 * past: what the records say of an address, for `postern why`: also of bans
 * that are over, and of what a former life of postern-ctl saw.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ctl/core/msg.h"

struct cli;
struct json_t;

struct past {
	struct json_t *records; /* an array, the newest first; owned */
	bool more; /* there may be older ones */
};

/* Read what is on record about P, the newest few.  False: the records cannot
 * be read by this user, which was said on standard error. */
bool past_read(struct past *past, struct cli *cli, const struct prefix *p);
void past_fini(struct past *past);

/* Print it; without the COUNT EVENTS, which were shown already.  ABOUT: who was
 * asked about.  False: there was nothing to print. */
bool past_tell(const struct past *past, const struct evidence *events,
	       size_t count, const struct prefix *about);

#endif
