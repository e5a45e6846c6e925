/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_SCREEN_H
#define POSTERN_SENSORS_SCREEN_H

/*
 * screen: text for a person, in lines that fit 80 columns.
 */
#include <stddef.h>

/*
 * Print TEXT, of printable ASCII, and end the line.  USED columns of it are
 * taken; what follows the first line begins at column INDENT.  Broken at a
 * space, or anywhere where there is none.
 */
void screen_print(const char *text, size_t used, size_t indent);

#endif
