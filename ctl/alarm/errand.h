/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_ALARM_ERRAND_H
#define POSTERN_ALARM_ERRAND_H

/*
 * errand: which alarms the command is run for, and when.
 *
 * One run at a time, so many in a minute; what comes meanwhile waits in a short
 * queue, and what finds no room there is told by its number in one digest.
 * Starts nothing, and reads no clock.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

#define ERRAND_QUEUE 32u
/* "alarm 7: 203.0.113.7: ..." and its NUL. */
#define ERRAND_TEXT_SIZE 700
#define ERRAND_JSON_SIZE 2048

struct errands {
	struct alarm_row queue[ERRAND_QUEUE];
	unsigned int first;
	unsigned int count;
	uint64_t digest; /* alarms that only the next digest tells of */
	uint64_t minute;
	uint32_t runs; /* in it */
	uint32_t per_minute;
	bool running;
};

/* What the command is given: its one argument, and its standard input. */
struct errand {
	char text[ERRAND_TEXT_SIZE];
	char json[ERRAND_JSON_SIZE];
};

void errands_init(struct errands *e, uint32_t per_minute);

void errands_add(struct errands *e, const struct alarm_row *row);

/* The next run that may begin at NOW_S; false: none now. */
bool errands_next(struct errands *e, uint64_t now_s, struct errand *out);

/* The run has ended. */
void errands_ended(struct errands *e);

/* Something waits that only the next minute may begin. */
bool errands_wait(const struct errands *e);

#endif
