/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_WARDEN_H
#define POSTERN_WARDEN_WARDEN_H

/*
 * warden: posternd, which starts the other programs and keeps them alive.
 *
 * Root.  Reads its configuration, its signals and its own eventfds, and never
 * a byte from a peer.
 */

/* Run under the configuration file PATH until SIGTERM.  The exit status. */
int warden_run(const char *path);

#endif
