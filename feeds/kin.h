/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_KIN_H
#define POSTERN_FEEDS_KIN_H

/*
 * kin: by its name, is a file an older part of a log?
 *
 * Knows what those who rotate logs call the old parts of "eve.json":
 * "eve.json.1", "eve.json-20261121", "eve.json.20261121-1795278769",
 * "eve-2026-11-21.json", each perhaps compressed.  Threads are no parts:
 * "eve.1.json" is a log of its own.
 *
 * Pure: no system calls.
 */
#include <stdbool.h>

bool kin_is_part(const char *log, const char *name);
bool kin_is_compressed(const char *name);

/*
 * Of two parts of LOG, which is older by its name?  Below 0: A is.  0: the
 * names do not tell.  Numbers count up with age, dates down.
 */
int kin_compare_age(const char *log, const char *a, const char *b);

/* Does NAME match PATTERN, in which * is any text? */
bool kin_matches(const char *pattern, const char *name);

#endif
