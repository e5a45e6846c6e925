/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_TABLE_H
#define POSTERN_NFT_TABLE_H

/*
 * table: our table in the kernel, kept as it is meant to be.
 *
 * Loads the skeleton, sets the gate, takes orders, rebuilds the bans by
 * generation and swap, notices and repairs what others do.  What is meant to
 * be banned it does not know: after a repair it asks for a rebuild.
 *
 * Every int function returns 0 or a negative errno value.
 */
#include "ctl/core/config.h"
#include "ctl/core/msg.h"
#include "nft/load.h"

struct table;

/*
 * Load the skeleton of CONFIG, which must outlive it: in place of the one that
 * is there, whose bans and gate stay; or, where none is, with the gate shut.
 * The text is kept in the state folder once it is loaded.  On failure ERROR
 * says why.
 */
__attribute__((warn_unused_result)) int table_open(struct table **out,
						   const struct config *config,
						   char error[LOAD_ERROR_SIZE]);
void table_close(struct table *t);

/* Cut one session.  As table_apply(). */
__attribute__((warn_unused_result)) int table_cut(struct table *t,
						  const struct cut *cut);

/* As banset_apply() and banset_fill(); where our sets turn out to be gone,
 * the table is repaired and -ENOENT returned. */
__attribute__((warn_unused_result)) int
table_apply(struct table *t, const struct order *orders, size_t count);
__attribute__((warn_unused_result)) int
table_fill(struct table *t, const struct order *orders, size_t count);

/* Begin a new generation of ban sets; swap it in.  -EINVAL: see
 * table_error().  -ENOENT: no rebuild was begun. */
__attribute__((warn_unused_result)) int table_begin_rebuild(struct table *t);
__attribute__((warn_unused_result)) int table_end_rebuild(struct table *t);
bool table_is_rebuilding(const struct table *t);

__attribute__((warn_unused_result)) int table_set_gate(struct table *t,
						       enum gate gate);

/* Count what bans drop of P from now on; family 0: nobody's. */
__attribute__((warn_unused_result)) int table_trace(struct table *t,
						    const struct prefix *p);

__attribute__((warn_unused_result)) int
table_lookup(struct table *t, const struct prefix *address, struct found *out);

/* Readable when others changed any ruleset; then table_check(). */
int table_watch_fd(const struct table *t);

/*
 * See what others did to our table, and repair it.  1: *OUT says who did
 * something; ask again.  0: nothing more.
 */
int table_check(struct table *t, struct drift *out);

/* A drift that was met by other ways than the watch, once. */
bool table_take_drift(struct table *t, struct drift *out);

/* While the ruleset cannot be loaded (table_state()->loaded is false): after
 * how many seconds table_retry() is worth a call; 0: it is loaded. */
double table_retry_s(const struct table *t);
/* Try again.  0: loaded, and a rebuild is wanted; or a negative errno. */
__attribute__((warn_unused_result)) int table_retry(struct table *t);

/* The text for the next boot could not be saved: a negative errno; 0: it is
 * there.  table_keep() tries once more. */
int table_keep_error(const struct table *t);
void table_keep(struct table *t);

const struct kernel_state *table_state(const struct table *t);
const char *table_error(const struct table *t);
struct netlink *table_netlink(struct table *t);

#endif
