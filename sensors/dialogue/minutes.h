/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_DIALOGUE_MINUTES_H
#define POSTERN_SENSORS_DIALOGUE_MINUTES_H

/*
 * minutes: the last lines of a dialogue, as the records may keep them.
 *
 * No secret is ever here: of a command only what is known to hold none, of an
 * answer to a challenge its length.  No text of a mail passes by.  A bounded
 * memory for all dialogues together: of many at once some have no minutes.
 */
#include "sensors/dialogue/gather.h"

#define MINUTES_SIZE  1200u /* of one dialogue, with its NUL */
#define MINUTES_PAGES 4096u

struct dialogue;

struct minutes_page {
	const struct dialogue *of; /* NULL: nobody's */
	uint16_t len;
	bool hides; /* what the last command was: its reply may repeat it */
	char text[MINUTES_SIZE];
};

/* SIDE of D said LINE. */
void minutes_client(struct dialogue *d, const struct line *line,
		    bool is_secret);
void minutes_server(struct dialogue *d, const struct line *line);
/* D is over. */
void minutes_end(const struct dialogue *d);
/* "C: EHLO a\nS: 250 b\n", or "". */
const char *minutes_of(const struct dialogue *d);

#endif
