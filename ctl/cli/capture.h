/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_CAPTURE_H
#define POSTERN_CLI_CAPTURE_H

/*
 * capture: what a capture file shows, without a daemon and without rights.
 */
#include <stdbool.h>

#include "ctl/cli/cli.h"

/* Does PATH begin as a pcap or pcapng file does?  False, too, where it cannot
 * be read. */
bool capture_is_one(const char *path);

/* Become posternd --replay, which becomes postern-sensor.  Returns the exit
 * status where that fails. */
int capture_replay(const struct cli *cli, const char *path, bool quiet);

#endif
