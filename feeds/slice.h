/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_SLICE_H
#define POSTERN_FEEDS_SLICE_H

/*
 * slice: a piece of somebody else's bytes.  It owns nothing and ends with
 * no NUL.
 */
#include <stddef.h>

struct slice {
	const char *at;
	size_t len;
};

#endif
