/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_SEEN_H
#define POSTERN_TESTS_SEEN_H

/*
 * seen: events as an IDS reports them, to measure with: few rules, many
 * sources, some of them often.
 */
#include "ctl/core/act.h"

/* The event of that NUMBER, which happens now. */
struct sighting seen_event(uint64_t number);
/* Its line, of about 800 bytes. */
struct original seen_line(const struct sighting *event);

#endif
