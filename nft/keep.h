/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_KEEP_H
#define POSTERN_NFT_KEEP_H

/*
 * keep: the last good skeleton, as text on disk.
 *
 * It is loaded before the network comes up, with the gate shut and without
 * a look at the configuration: a broken one opens no door.
 */

#include "nft/load.h"

struct netlink;

#define KEEP_FOLDER "skeleton" /* below the state folder */
#define KEEP_FILE   "skeleton.nft"

/* The folder and the file below the state folder STATE.  Return BUF. */
const char *keep_folder(char buf[512], const char *state);
const char *keep_path(char buf[512], const char *state);

/* Write TEXT there, whole or not at all, and to disk.  -errno. */
__attribute__((warn_unused_result)) int keep_save(const char *state,
						  const char *text);

/*
 * Load the kept text with a shut gate, where no table of ours is.  1: loaded.
 * 0: our table is there already.  -ENOENT: none was kept yet.  -EPERM: the
 * file could have been written by anybody.  -EINVAL: see ERROR.
 */
int keep_restore(const char *state, struct netlink *nl,
		 char error[LOAD_ERROR_SIZE]);

#endif
