/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_PAGES_H
#define POSTERN_CORE_PAGES_H

/*
 * pages: memory for big tables that are looked up at random places.
 *
 * In pages of 4 KB each look-up costs a walk through the page tables beside the
 * line that it wants: a quarter of the time of the whole judge.  The kernel is
 * asked for pages of 2 MB, and may refuse.  Memory is touched as it is used, in
 * steps of a page.
 */
#include <stddef.h>

/* LEN bytes of zeros, at an address that is a multiple of 2 MB, for
 * pages_free().  NULL: no memory. */
void *pages_new(size_t len);
void pages_free(void *memory, size_t len); /* accepts NULL */

#endif
