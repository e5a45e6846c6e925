/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SIEVE_H
#define POSTERN_FEEDS_SIEVE_H

/*
 * sieve: the lines of one feed in, its events out.
 *
 * Puts scan, eve, evejson and attacker together.  No system calls and no
 * clock: it runs over any bytes.
 */
#include "ctl/core/msg.h"
#include "feeds/attacker.h"
#include "feeds/line.h"

struct sieve {
	struct attacker attacker;
	uint16_t feed;
	/* Hears each event; it lives until the call returns. */
	void (*event)(void *ctx, const struct event *event);
	/* And, if it is not NULL, the line of it, which stands in FILE. */
	void (*line)(void *ctx, const struct event *event, struct slice line,
		     const char *file);
	void *ctx;
	uint64_t seen_ns; /* when what is given now was read, UTC */
};

/*
 * Put every line that has ended in L through the sieve.  READING tells whose
 * lines they are; its counters and its position go on.
 */
void sieve_run(const struct sieve *s, struct line *l, struct reading *reading);

/* The same at a stream's end: what has no line's end is a line as well. */
void sieve_end(const struct sieve *s, struct line *l, struct reading *reading);

/* Read LINE as the sieve does. */
enum eve_verdict sieve_parse(struct eve *out, struct slice line);

#endif
