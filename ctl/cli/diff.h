/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_DIFF_H
#define POSTERN_CLI_DIFF_H

/*
 * diff: which lines of a text differ from another's.
 */
#include <stddef.h>

/*
 * Print the lines of OLD that are not in NEW with a minus, those of NEW that
 * are not in OLD with a plus, each group under the line of the chain or set
 * that it stands in.  Returns how many lines differ.
 */
size_t diff_print(const char *old_text, const char *new_text);

#endif
