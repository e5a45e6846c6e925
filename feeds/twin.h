/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_TWIN_H
#define POSTERN_FEEDS_TWIN_H

/*
 * twin: does a wanted name stand twice in its object, with two values?
 *
 * A JSON parser keeps one of the two and tells no more.
 */
#include <stdbool.h>

#include "feeds/slice.h"

/* In LINE, a JSON object that jansson accepted. */
bool twin_is_in(struct slice line);

#endif
