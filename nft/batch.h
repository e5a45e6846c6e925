/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_NFT_BATCH_H
#define POSTERN_NFT_BATCH_H

/*
 * batch: set elements in and out, in one transaction.
 *
 * Elements that follow each other with the same set and direction travel in
 * one message.  The kernel takes a batch whole or not at all.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

struct batch;
struct netlink;

/* Elements that one batch may hold, so that a commit stays short. */
#define BATCH_ELEMENTS_MAX 8192u

enum batch_step {
	BATCH_ADD,
	BATCH_DELETE,
};

/* Batches over NL, which must outlive them, on the table inet TABLE.
 * -ENOMEM. */
__attribute__((warn_unused_result)) int
batch_new(struct batch **out, struct netlink *nl, const char *table);
void batch_free(struct batch *b);

/* Forget what was put, and begin anew. */
void batch_begin(struct batch *b);

/*
 * Put the element P into, or out of, SET.  LEFT_MS: its term; 0: none.
 * Names that are the same string in memory share a message.
 * Call no more than BATCH_ELEMENTS_MAX times between begin and commit.
 */
void batch_put(struct batch *b, enum batch_step step, const char *set,
	       const struct prefix *p, uint64_t left_ms);

/* The same for a key, the LEN bytes of VALUE, as the kernel holds it. */
void batch_put_key(struct batch *b, enum batch_step step, const char *set,
		   const uint8_t *value, size_t len, uint64_t left_ms);

/* Elements put since batch_begin(). */
unsigned int batch_count(const struct batch *b);

/*
 * Give the batch to the kernel and read every answer.
 * -ENOENT: the table, a set, or an element to delete, is not there.
 * -ENFILE: a set is full.  -EEXIST, -EINVAL, -ENOMEM ...: as the kernel says.
 * On failure nothing was changed.
 */
__attribute__((warn_unused_result)) int batch_commit(struct batch *b);

/* Transactions that the kernel took so far. */
uint64_t batch_commits(const struct batch *b);

#endif
