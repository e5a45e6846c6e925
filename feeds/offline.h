/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_OFFLINE_H
#define POSTERN_FEEDS_OFFLINE_H

/*
 * offline: recorded files, read from their begin to their end, for `postern
 * replay`.
 *
 * The part of the configuration is at ROLE_FD_CONFIG, the pair with
 * postern-ctl at ROLE_FD_CTL, and the files, opened by who asks, from
 * OFFLINE_FD_FILES on.
 */
#define OFFLINE_FD_FILES 5

/* Read COUNT files in this order.  Returns the exit status. */
int offline_run(unsigned int count);

#endif
