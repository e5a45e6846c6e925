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
 * Load the kept text with a shut gate, where no table of ours is; where it is
 * damaged, a table that drops mail alone, and ERROR says what is wrong with it.
 * KEEP_NOTHING: our table is there already.  -ENOENT: postern never ran here.
 * Another negative errno: not even that could be loaded.
 */
enum keep_result {
	KEEP_NOTHING,
	KEEP_LOADED,
	KEEP_LAST_RESORT
};
int keep_restore(const char *state, struct netlink *nl,
		 char error[LOAD_ERROR_SIZE]);

#endif
