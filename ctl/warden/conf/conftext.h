/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFTEXT_H
#define POSTERN_WARDEN_CONFTEXT_H

/*
 * conftext: the text of the configuration, before libconfuse reads it.
 *
 * libconfuse 3.3 takes a file that ends inside a section for a whole one,
 * miscounts the lines behind comments, does not know comments inside lists,
 * drops characters that it does not know, and expands ${NAME} from the
 * environment.  Text that went through here is free of all this: words,
 * "strings" that stand for themselves, and { } = , with balanced braces.
 */
#include <stdbool.h>
#include <stddef.h>

#include "ctl/warden/conf/findings.h"

/* More braces than any configuration within the limits of config.h needs. */
#define CONFTEXT_BRACES_MAX 8192
#define CONFTEXT_DEPTH_MAX  8
#define CONFTEXT_VALUE_MAX  1000 /* bytes of a word or string */

/* What an empty list becomes: libconfuse says nothing of one that is. */
#define CONFTEXT_EMPTY "\1"

/*
 * Check TEXT, LEN bytes and a NUL behind them, turn comments into spaces, and
 * take off blanks at the end, in place.  False: an error was found.
 */
bool conftext_clean(char *text, size_t len, struct findings *findings);

/*
 * Turn the statement that begins with WORD on LINE, up to its end, into
 * spaces.  TEXT is clean.  False: there is no such statement.
 */
bool conftext_drop(char *text, int line, const char *word);

#endif
