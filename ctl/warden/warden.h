/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_WARDEN_H
#define POSTERN_WARDEN_WARDEN_H

/*
 * warden: posternd, which starts the other programs and keeps them alive.
 *
 * Root.  Reads its configuration, its signals and its own eventfds, and never
 * a byte from a peer.
 */

#include <stdbool.h>

#define WARDEN_CONFIG "/etc/postern/postern.conf"

/* Where its programs are: beside posternd, or where they were installed.
 * Returns BUF. */
const char *warden_folder(char buf[512]);

/* Run under the configuration file PATH until SIGTERM.  The exit status. */
int warden_run(const char *path);

/* Read and check PATH; say what is wrong with it.  0: good; 1: errors. */
int warden_check(const char *path);

/* Print the ruleset that PATH means.  0, or 1. */
int warden_print_ruleset(const char *path);

/* Print the ruleset that was loaded last, from PATH's state folder. */
int warden_print_kept(const char *path);

/* What a capture file shows. */
struct warden_replay {
	const char *config; /* NULL: the default one, if it is there */
	const char *file;
	bool json;
	bool quiet;
};

/* Become postern-sensor, which reads it.  Returns 1 where that fails. */
int warden_replay(const struct warden_replay *wanted);

#endif
