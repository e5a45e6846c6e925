/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_SESSIONS_H
#define POSTERN_SENSORS_SESSIONS_H

/*
 * sessions: a dialogue that is over, for a person and 80 columns, or a program.
 * What the peers wrote is escaped.
 */
#include <stdint.h>

#include "sensors/dialogue.h"

/* In a few lines; the date before them, where it is not that of BEFORE_NS. */
void sessions_print(const struct dialogue_session *s, uint64_t before_ns);

/* {"session": {...}} on a line. */
void sessions_print_json(const struct dialogue_session *s);

#endif
