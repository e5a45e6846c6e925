/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_SIGHTINGS_H
#define POSTERN_DAEMON_SIGHTINGS_H

/*
 * sightings: every event, with what became of it, on its way to the records.
 *
 * They leave behind all orders to the kernel, and never hold one up: where
 * postern-records does not read, they wait here, and when there is no more
 * room they are lost, counted, and the number is recorded.
 */
#include "ctl/core/msg.h"

struct daemon;
struct sightings;

/* For D, which must outlive it.  NULL: no memory. */
struct sightings *sightings_new(struct daemon *d);
void sightings_free(struct sightings *s);

/* SEEN, all but its number and the names of things, came from the feed NAME's
 * FILE. */
void sightings_note(struct sightings *s, const struct sighting *seen,
		    const char *name, const char *file);

/* Send what can be sent now. */
void sightings_flush(struct sightings *s);

#endif
