/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CONTENT_WINDOW_H
#define POSTERN_SENSORS_CONTENT_WINDOW_H

/*
 * window: what a scan looks at, shared by scan.c and archive.c.
 */
#include "sensors/content/scan.h"

struct window {
	const uint8_t *at;
	size_t len; /* places to look at */
	size_t ahead; /* bytes to read */
	uint64_t position;
	const struct scan_sink *sink;
};

void window_say(const struct window *w, enum scan_found what,
		const uint8_t *text, size_t len);
/* The next place of byte C from PLACE on, or w->len. */
size_t window_next(const struct window *w, size_t place, uint8_t c);
/* Bytes that any window can read from PLACE on. */
size_t window_room(const struct window *w, size_t place);

/* archive.c */
void scan_rar(const struct window *w);
void scan_sevenzip(const struct window *w);
void scan_tnef(const struct window *w);

#endif
