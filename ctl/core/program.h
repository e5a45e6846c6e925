/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_PROGRAM_H
#define POSTERN_CORE_PROGRAM_H

/*
 * program: how a program that posternd starts comes to life.
 */
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/core/msg.h"

struct program {
	enum role role;
	uint16_t index; /* which feed */
	uint32_t epoch; /* which life */
	struct config *config; /* its part; owned */
};

/*
 * Read the arguments EPOCH and INDEX that posternd gives, and the part at
 * ROLE_FD_CONFIG.  Ends the program with one sentence when it was not started
 * by posternd, or the part is not its own.
 */
void program_start(struct program *out, enum role role, int argc, char **argv);

/* The first row that it says on each of its wires. */
struct hello program_hello(const struct program *program);

#endif
