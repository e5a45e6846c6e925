/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_EXCHANGE_H
#define POSTERN_TESTS_EXCHANGE_H

/*
 * exchange: written dialogues, played to the state machines.
 *
 * A file has one step a line:
 *	@NUMBER CLIENT PORT TARGET PORT [midstream] [inside] TIME
 *	NUMBER c TIME text		the client said
 *	NUMBER s TIME text		the server said
 *	NUMBER gc TIME BYTES		missing, of the client; gs: the server
 *	NUMBER e TIME fin|rst|timeout|shutdown
 * NUMBER tells the dialogues of a file apart, TIME is in seconds, text has \r
 * \n \\ and \xNN.  Other lines are remarks.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/dialogue.h"

struct exchange;

/* NULL: it cannot be read.  Given to exchange_free(). */
struct exchange *exchange_load(const char *path);
/* The same of a text in memory. */
struct exchange *exchange_parse(const char *text, size_t len);
void exchange_free(struct exchange *x);

/* How what is said is cut: 0 as it is written, N into pieces of at most N
 * bytes; SEED not 0: of 1..N bytes, at random. */
struct exchange_cut {
	size_t most;
	uint32_t seed;
};

/* Returns the bytes played. */
uint64_t exchange_play(const struct exchange *x, struct dialogue_pool *pool,
		       const struct config *config,
		       const struct exchange_cut *cut);

#endif
