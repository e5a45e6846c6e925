/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_LANDLOCK_H
#define POSTERN_CORE_LANDLOCK_H

/*
 * landlock: from now on this process writes to one folder, and starts no
 * program (landlock(7)).
 */
#include <stdbool.h>

/*
 * Make, change, cut and remove files only below FOLDER; of /proc, only write to
 * what is there.  No other program is executed; unless it SPEAKS, no TCP spoken
 * where the kernel can forbid it (6.7).  What is open already stays as it is.
 * For good, and for all children.  Wants PR_SET_NO_NEW_PRIVS.
 * -EOPNOTSUPP, -ENOSYS: the kernel has it switched off, or is older than 6.2
 * (then without cutting, 5.19).  Another -errno: FOLDER cannot be opened.
 */
__attribute__((warn_unused_result)) int landlock_keep_to(const char *folder,
							 bool speaks);

#endif
