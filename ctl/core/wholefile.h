/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_WHOLEFILE_H
#define POSTERN_CORE_WHOLEFILE_H

/*
 * wholefile: a small file that is there whole or not at all, whenever the power
 * fails: written beside its place, synced, renamed, and the folder synced
 * (rename(2) promises as much only of what fsync(2) has seen).
 */
#include <stddef.h>
#include <sys/types.h>

/* Put LEN bytes of TEXT into NAME of FOLDER, in place of what was there.
 * -errno: what was there still is. */
__attribute__((warn_unused_result)) int
wholefile_save(const char *folder, const char *name, mode_t mode,
	       const char *text, size_t len);

/*
 * Read all of NAME of FOLDER; TEXT ends with a NUL beyond its LEN bytes and is
 * the caller's to free.  No link is followed.  -EPERM: it is no regular file,
 * or others may write to it; -EFBIG: it is larger than MOST; another
 * -errno.
 */
__attribute__((warn_unused_result)) int wholefile_read(const char *folder,
						       const char *name,
						       size_t most, char **text,
						       size_t *len);

#endif
