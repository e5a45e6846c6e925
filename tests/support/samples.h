/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_SAMPLES_H
#define POSTERN_TESTS_SAMPLES_H

/*
 * samples: texts in a file of tests/data, each with the exact sentences that
 * it must call forth.
 *
 *     --- given
 *     policy { threshold = 0 }
 *     --- says
 *     1: policy: threshold "0" is not a number from 1 to 1000000
 *
 * What stands under "--- before" goes before each text that follows it; what
 * stands above the first line of dashes is for the reader alone.
 */
#include <stddef.h>
#include <stdio.h>

/* Write to OUT what TEXT calls forth. */
typedef void samples_judge(const char *text, size_t len, FILE *out);

/* Judge each sample of tests/data/NAME; ends the test where one differs. */
void samples_run(const char *name, samples_judge *judge);

/* The whole file PATH, with a NUL behind its *LEN bytes, for free(). */
char *samples_read(const char *path, size_t *len);

#endif
