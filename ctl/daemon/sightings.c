/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sightings: a short queue.
 */
#include "ctl/daemon/sightings.h"

#include <stdio.h>
#include <stdlib.h>

#include "ctl/core/wire.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/journal.h"

/* More than one turn of the loop brings. */
#define WAITING_MAX 1024u

struct sightings {
	struct daemon *daemon;
	uint64_t number; /* of the newest */
	uint64_t lost; /* not recorded yet */
	size_t count;
	struct sighting waiting[WAITING_MAX];
};

struct sightings *sightings_new(struct daemon *d)
{
	struct sightings *s = calloc(1, sizeof(*s));

	if (s)
		s->daemon = d;
	return s;
}

void sightings_free(struct sightings *s)
{
	free(s);
}

void sightings_note(struct sightings *s, const struct sighting *seen,
		    const char *name, const char *file)
{
	const struct config *config = s->daemon->config;
	struct sighting *row;

	if (s->count == WAITING_MAX)
		sightings_flush(s);
	if (s->count == WAITING_MAX) {
		s->lost++;
		return;
	}
	row = &s->waiting[s->count++];
	*row = *seen;
	row->number = ++s->number;
	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(row->file, sizeof(row->file), "%s", file);
	snprintf(row->server, sizeof(row->server), "%s",
		 config_server_name(config, row->event.server));
}

static void record_lost(struct sightings *s)
{
	struct act act = {
		.kind = ACT_GAP,
		.origin = ORIGIN_SYSTEM,
		.name = "events",
		.reason = "events of which nothing is recorded",
		.count = s->lost,
	};

	if (journal_is_full(s->daemon->journal))
		return;
	s->lost = 0;
	acts_record(s->daemon, &act);
}

void sightings_flush(struct sightings *s)
{
	struct wire *records = s->daemon->records;

	if (s->lost)
		record_lost(s);
	if (s->count == 0 || !wire_is_clear(records))
		return;
	for (size_t i = 0; i < s->count; i++)
		wire_put(records, MSG_SIGHTING, &s->waiting[i]);
	s->count = 0;
	wire_flush(records);
}
