/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_EDGE_H
#define POSTERN_TESTS_EDGE_H

/*
 * edge: input that ends at an unreadable page, so that reading one byte too
 * far ends the test even without a sanitizer.
 */
#include <stddef.h>

/* A copy of LEN bytes of DATA whose end is the end of readable memory.
 * The caller gives it to edge_free() with the same LEN. */
char *edge_copy(const void *data, size_t len);
void edge_free(char *copy, size_t len);

#endif
