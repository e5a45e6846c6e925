/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_TRACE_H
#define POSTERN_CLI_TRACE_H

/*
 * trace: what a ban drops, second by second.
 */
#include <stdint.h>

#include "ctl/core/prefix.h"

struct cli;

/* Count the packets of P that bans drop, and say so each second: for TERM_S, or
 * until Ctrl-C where it is 0.  The exit status. */
int trace_run(struct cli *cli, const struct prefix *p, uint64_t term_s);

#endif
