/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_PATH_H
#define POSTERN_FEEDS_PATH_H

/*
 * path: where a path leads, link by link.
 *
 * Whoever follows a file by its path must hear of a change at every place
 * that the path goes through: a directory that is made later, a link that is
 * turned elsewhere.  So each step is told before it is taken.
 */
#include <limits.h>

struct path_steps {
	/* NAME is about to be looked up in the directory DIR. */
	void (*step)(void *ctx, const char *dir, const char *name);
	void *ctx;
};

/*
 * Follow PATH, which is absolute, through all its links.  OUT is where it
 * leads, or would lead if only its last part is missing: a path without
 * links; it is empty where a folder on the way is missing.
 * -ENOENT, -EACCES, -ENOTDIR, -ELOOP, -ENAMETOOLONG: as open(2).
 */
__attribute__((warn_unused_result)) int
path_follow(const char *path, const struct path_steps *steps,
	    char out[PATH_MAX]);

#endif
