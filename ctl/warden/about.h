/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_ABOUT_H
#define POSTERN_WARDEN_ABOUT_H

/*
 * about: what other programs of postern ask of the configuration at PATH.
 *
 * Print where the records are and how they are kept, a word and its value a
 * line; returns the exit status.
 */
int about_records(const char *path);

#endif
