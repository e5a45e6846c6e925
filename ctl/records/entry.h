/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_ENTRY_H
#define POSTERN_RECORDS_ENTRY_H

/*
 * entry: a record as people read it: when, what, to whom, until when, by whose
 * decision, and why.  Texts stay escaped as they are in the record: harmless
 * on any terminal.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Print the record LINE, of TIME_NS, and a newline.  WIDTH: broken between
 * words into lines no wider; 0: one line, however long.  -ENOMEM, or -EPIPE:
 * OUT takes no more. */
__attribute__((warn_unused_result)) int entry_show(FILE *out, const char *line,
						   size_t len, uint64_t time_ns,
						   size_t width);

#endif
