/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_COVER_H
#define POSTERN_SENSORS_COVER_H

/*
 * cover: few prefixes in the place of many.
 */
#include "ctl/core/prefix.h"

/*
 * Make at most MOST prefixes (at least one of each family stays) of the COUNT
 * in LIST that cover all of them: those that lie next to each other are joined
 * first.  Sorts LIST; returns how many are left in it.  For thousands, not
 * more: each that is joined costs a walk along all.
 */
size_t cover_few(struct prefix *list, size_t count, size_t most);

#endif
