/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_LOAD_H
#define POSTERN_NFT_LOAD_H

/*
 * load: nft text into the kernel, as one transaction, through libnftables.
 *
 * To write only: libnftables lists every element of every set before it
 * answers a question.
 */
#include <stdbool.h>
#include <stddef.h>

#define LOAD_ERROR_SIZE 160

/*
 * Load TEXT.  On failure nothing was changed, and ERROR says in one line what
 * the kernel or the parser did not like.
 * -EINVAL: not taken.  -ENOMEM: no context.
 */
__attribute__((warn_unused_result)) int load_text(const char *text,
						  char error[LOAD_ERROR_SIZE]);

/*
 * A context is used once, and freed only by load_tidy(), a second or so later:
 * while the kernel still waits for an RCU grace period to free what a
 * transaction deleted, closing a netlink socket waits with it, some 13 ms, and
 * nobody can commit anything meanwhile.  True: there is something to tidy.
 */
bool load_is_untidy(void);
void load_tidy(void);

#endif
