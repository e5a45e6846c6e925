/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_COUNTERS_H
#define POSTERN_NFT_COUNTERS_H

/*
 * counters: what the named counters of our table say.
 */
#include "ctl/core/msg.h"

struct netlink;

/* Tell HEAR each counter; its tag is 0.  -ENOENT: the table is gone. */
__attribute__((warn_unused_result)) int
counters_read(struct netlink *nl,
	      void (*hear)(void *ctx, const struct counter *counter),
	      void *ctx);

#endif
