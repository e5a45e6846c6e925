/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_ROSTER_H
#define POSTERN_FEEDS_ROSTER_H

/*
 * roster: which files a feed's path leads to, now.
 *
 * A path leads to one file, or, with * in its last part, to each file that
 * matches and is a log: neither compressed, nor an older part of another one
 * that matches ("eve.json*" is eve.json alone beside eve.json.1).
 */
#include "ctl/core/config.h"
#include "ctl/core/msg.h"
#include "feeds/watch.h"

struct roster {
	char path[CONFIG_PATH_SIZE];
	char dir[CONFIG_PATH_SIZE];
	char last[CONFIG_PATH_SIZE]; /* the path's last part */
	bool many; /* with a * */
};

struct roster_listener {
	/*
	 * The log NAME is at PATH, which has no links in it.  ERR is 0, or
	 * why it cannot be reached; with -ENOENT, PATH is where it would be,
	 * or empty.
	 */
	void (*hear)(void *ctx, const char *name, const char *path, int err);
	void *ctx;
};

/* -EINVAL: PATH is not absolute, or has no last part. */
__attribute__((warn_unused_result)) int roster_init(struct roster *r,
						    const char *path);

/*
 * Tell all of them, and say to W each place on the way.
 * -errno: the folder cannot be looked into.  -ENOENT also: nothing matches.
 */
__attribute__((warn_unused_result)) int
roster_call(const struct roster *r, struct watch *w,
	    const struct roster_listener *listener);

/*
 * Tell the one log NAME, which need not be there.  False: the path leads to
 * no log of that name, ever.
 */
bool roster_call_one(const struct roster *r, const char *name, struct watch *w,
		     const struct roster_listener *listener);

/* NAME as READING and RESUME write it. */
void roster_name(char out[MSG_FILE_SIZE], const char *name);

#endif
