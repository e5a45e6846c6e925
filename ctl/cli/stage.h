/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_STAGE_H
#define POSTERN_CLI_STAGE_H

/*
 * stage: the live programs, run offline over pairs of sockets, as an
 * unprivileged user may: posternd for the parts of a configuration, a reader
 * for the files, postern-ctl for what would have been done.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/msg.h"

struct cli;

/* The most files of one replay. */
#define STAGE_FILES_MAX 64

struct stage {
	const char *config; /* a file, or NULL: the default one */
	const char *const *files; /* to be read in this order; "-": input */
	unsigned int file_count;
	bool records; /* the one file is a folder of our own records */
	bool captures; /* of packets, for the sensor; else logs, for the feed */
	uint64_t since_ns; /* what is older is left out */
	bool enforce; /* whatever the mode of the policy */
	/* Hears what would have been done, and how it ended.  Not 0 ends it. */
	int (*hear)(void *ctx, enum msg_kind kind, const union msg_row *row);
	void *ctx;
};

/* Play it.  The exit status; what went wrong was said on standard error. */
int stage_run(const struct stage *stage);

/* How it is shown. */
struct stage_view {
	bool json;
	bool quiet; /* the sum alone */
	bool sessions; /* each session, in place of each event */
};

/* What captures show, printed by the sensor itself.  Where there is no
 * configuration, every mail service counts. */
int stage_show(const struct stage *stage, const struct stage_view *view);

/* Is there a configuration to judge by? */
bool stage_has_config(const struct stage *stage);

#endif
