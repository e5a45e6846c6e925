/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_KEEPER_H
#define POSTERN_RECORDS_KEEPER_H

/*
 * keeper: a life of postern-records, whole but for its confinement.
 */
#include "ctl/core/config.h"
#include "ctl/core/msg.h"

/*
 * Keep the records as CONFIG says for the postern-ctl behind FD, and the lines
 * that feeds tell on ORIGINALS (-1: none do), until SIGTERM or an error.
 * HELLO is what to say first.  Logs, and returns the program's exit status.
 */
int keeper_run(const struct config *config, int fd, int originals,
	       const struct hello *hello);

/* Make the records at PATH, where there are none, and seal them.  Logs, and
 * returns the exit status. */
int keeper_make(const char *path);

#endif
