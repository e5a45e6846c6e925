/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_HEARING_H
#define POSTERN_SENSORS_HEARING_H

/*
 * hearing: from the bytes of connections to dialogues, and from what these
 * find to whole events.
 *
 * A dialogue does not know where its bytes come from.  Here each event gets
 * the reporter's name, its place in the capture, and no better proof than the
 * connection has given by then.
 */
#include "sensors/dialogue.h"
#include "sensors/inlet.h"

struct hearing;

struct hearing_config {
	const struct config *config; /* NULL: nothing is declared */
	uint16_t feed; /* the reporter's number in events */
	size_t dialogues; /* at the same time */
	uint32_t connections; /* that tables have room for; 0: a sensor's */
	double wait_s; /* as inlet_sizes() */
	dialogue_sink sink;
	/* What an event was made from, behind the event; NULL: nobody asks. */
	void (*origin)(void *arg, const struct event *event, const char *text,
		       size_t len);
	void *arg;
	const struct handoff *handoff; /* NULL: nobody looks into files */
	dialogue_patron patron; /* NULL: nobody counts good mail */
	dialogue_hear_session session; /* NULL: nobody */
};

/* What it names must outlive it.  NULL: no memory. */
struct hearing *hearing_new(const struct hearing_config *config);
/* Ends what is open; events may come. */
void hearing_free(struct hearing *h);

/* A frame of LEN captured bytes at DATA, the one with this NUMBER. */
void hearing_take(struct hearing *h, enum frame_link link, const uint8_t *data,
		  size_t len, uint64_t time_ns, uint64_t number);

/* Time has come to TIME_NS: what was waited for, what keeps somebody waiting. */
void hearing_tick(struct hearing *h, uint64_t time_ns);
/* When that is due; 0: nothing is. */
uint64_t hearing_deadline(const struct hearing *h);

struct inlet *hearing_inlet(struct hearing *h);
void hearing_stats(const struct hearing *h, struct dialogue_stats *out);

#endif
