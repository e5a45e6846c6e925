/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_REPLAY_H
#define POSTERN_SENSORS_REPLAY_H

/*
 * replay: what a capture file shows, for people or programs.  Needs no right,
 * no daemon, and no configuration.
 */
#include "ctl/core/config.h"

struct replay_options {
	const char *path; /* of the capture; "-" is the standard input */
	bool json; /* a line per event, and one that sums up */
	bool quiet; /* only the sum */
	bool sessions; /* each dialogue that ended, in place of each event */
};

/*
 * The same files, COUNT of them at the descriptors from FIRST on, as events for
 * postern-ctl's rehearsal, on the pair at CTL.  Returns the exit status.
 */
int replay_rehearse(const struct config *config, int ctl, int first,
		    unsigned int count);

/* CONFIG may be NULL.  Returns the exit status. */
int replay_run(const struct replay_options *options,
	       const struct config *config);

#endif
