/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_NAMING_H
#define POSTERN_FEEDS_NAMING_H

/*
 * naming: the names of a few addresses, asked for side by side.
 *
 * So many addresses at a time, and the answers of the last ones are kept: who
 * asks again soon is answered at once, and where no name server answers, what
 * was known before stays.
 */
#include "ctl/core/msg.h"

struct dns;
struct naming;

/* SAY hears each answer, with CTX.  NULL: no memory. */
struct naming *naming_new(struct dns *dns,
			  void (*say)(void *ctx, const struct named *answer),
			  void *ctx);
/* After dns_free(): no answer may come any more.  Accepts NULL. */
void naming_free(struct naming *naming);

/* Who is HOST, a full address?  NOW_S: any clock that does not run back. */
void naming_ask(struct naming *naming, const struct prefix *host, double now_s);

#endif
