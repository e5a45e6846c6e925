/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_LOCK_H
#define POSTERN_WARDEN_LOCK_H

/*
 * lock: what only one posternd at a time may have: a state folder, and a
 * network namespace.  Two of one namespace, with states of their own, would
 * take the table from each other without end, and the bans with it.
 *
 * A lock goes with its descriptor, at the latest when the process ends.
 */
#include <stddef.h>

/* Enough for the path of a namespace's lock. */
#define LOCK_PATH_SIZE 64

/* Where the lock of our network namespace is, or -errno. */
int lock_namespace(char path[static LOCK_PATH_SIZE]);

/* Lock PATH, which is made where it does not exist.  Returns the descriptor,
 * or -errno.  -EWOULDBLOCK: another process holds it. */
int lock_take(const char *path);

#endif
