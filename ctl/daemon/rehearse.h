/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_REHEARSE_H
#define POSTERN_DAEMON_REHEARSE_H

/*
 * rehearse: recorded events through the judge, in the time that they tell.
 *
 * The program postern-ctl in its offline mode, for `postern replay`: its part
 * of a configuration at ROLE_FD_CONFIG, events on the pair REHEARSE_FD_FEED,
 * what would have been done on the pair REHEARSE_FD_CLI.  No daemon, no
 * kernel, no records, no right.
 */
#include <stdbool.h>
#include <stdint.h>

#define REHEARSE_FD_FEED 4
#define REHEARSE_FD_CLI	 5

/* The seed of its memory: a rehearsal says the same each time. */
#define REHEARSE_SEED 1u

struct rehearse_wish {
	uint64_t since_ns; /* UTC; events before it are left out */
	bool enforce; /* as if that were the mode, whatever the
			 configuration says of the policy as a whole */
	bool records; /* the feed is postern-read, which tells what is on
			 record */
};

/* Returns the exit status. */
int rehearse_run(const struct rehearse_wish *wish);

#endif
