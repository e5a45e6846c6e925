/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_BAG_H
#define POSTERN_RECORDS_BAG_H

/*
 * bag: a folder in BagIt form (RFC 8493): "data", and beside it what names
 * each of its files by its SHA-512.
 */
#include <stdbool.h>
#include <stddef.h>

/* There is a bagit.txt in the folder PATH. */
bool bag_is_here(const char *path);

/*
 * Does each file have the hash that the manifests tell, and is none there that
 * they do not name?  -EBADMSG, or -errno: FLAW, of SIZE bytes, says what is
 * wrong.
 */
__attribute__((warn_unused_result)) int bag_check(const char *path, char *flaw,
						  size_t size);

/*
 * Write bagit.txt, bag-info.txt with INFO, and both manifests of the bag at
 * PATH, whose data are there already.  -errno.
 */
__attribute__((warn_unused_result)) int bag_close(const char *path,
						  const char *info);

#endif
