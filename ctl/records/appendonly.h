/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_APPENDONLY_H
#define POSTERN_RECORDS_APPENDONLY_H

/*
 * appendonly: the attribute of chattr(1) by which the kernel lets nobody, root
 * included, do anything to a file but append to it, until it is taken off.
 */
#include <stdbool.h>

/*
 * Put it on the file in FD, or take it off; what is so already stays.  Needs
 * CAP_LINUX_IMMUTABLE.  -EPERM: that is missing.  -EOPNOTSUPP: the file system
 * has no such attribute.
 */
__attribute__((warn_unused_result)) int appendonly_set(int fd, bool on);

/* Take it off the file NAME in the folder DIR, which is to be removed.  Where
 * that fails removing it does, too. */
void appendonly_lift(int dir, const char *name);

#endif
