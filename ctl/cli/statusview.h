/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_STATUSVIEW_H
#define POSTERN_CLI_STATUSVIEW_H

/*
 * statusview: what postern-ctl says of how things stand, gathered; for a
 * screen (status.c) or as JSON.
 */
#include <stddef.h>

#include "ctl/core/config.h"
#include "ctl/core/msg.h"

#define STATUS_ROWS_MAX	    512
#define STATUS_ALARMS_MAX   64
#define STATUS_PROGRAMS_MAX 64

struct status_view {
	struct status status;
	struct program_state programs[STATUS_PROGRAMS_MAX];
	size_t program_count;
	struct feed_state feeds[CONFIG_FEEDS_MAX];
	size_t feed_count;
	struct sensing sensors[CONFIG_SENSORS_MAX];
	size_t sensor_count;
	/* Their FEED counts the feeds from 0. */
	struct reading readings[STATUS_ROWS_MAX];
	size_t reading_count;
	struct alarm_row alarms[STATUS_ALARMS_MAX];
	size_t alarm_count;
	struct counter counters[STATUS_ROWS_MAX];
	size_t counter_count;
};

/* All of it, on standard output. */
void statusview_json(const struct status_view *v);

#endif
