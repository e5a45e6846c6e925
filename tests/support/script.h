/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_SCRIPT_H
#define POSTERN_TESTS_SCRIPT_H

/*
 * script: a listener of flows that writes down what it hears, as a text:
 * "<" client, ">" server, then the bytes; "(7 missing)"; "[fin]".  Bytes of one
 * side that follow each other are one sentence, however they were cut.
 */
#include "sensors/inlet.h"
#include "tests/support/scene.h"

struct script {
	char *text; /* NUL-ended */
	size_t len;
	size_t room;
	int last; /* who spoke: enum side, or -1 */
	unsigned int opened;
	unsigned int ended;
	unsigned int midstream;
	uint8_t proof; /* the best that was seen */
};

void script_init(struct script *s);
void script_fini(struct script *s);

struct flow_listener script_listener(struct script *s);

/* Small tables, waiting for WAIT_S. */
struct flow_config script_sizes(double wait_s);

/* Play SCENE through an inlet of its own, to its end. */
void script_play(struct script *s, const struct scene *scene, double wait_s,
		 struct inlet_stats *stats);

#endif
