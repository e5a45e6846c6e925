/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_CHAIN_H
#define POSTERN_FEEDS_CHAIN_H

/*
 * chain: the open files of one feed, those of one log in the order of their
 * age, and the memory of those that are done with.
 *
 * A file is read when all older ones of its log have been read to their end.
 */
#include "feeds/file.h"

/* Stream numbers are below 256: postern-ctl keeps a row for each. */
#define CHAIN_FILES_MAX	 255
#define CHAIN_MEMORY_MAX 512

/* A file that is done with. */
struct chain_memory {
	struct position position;
	int64_t age_ns; /* as age.h tells */
	char log[MSG_FILE_SIZE];
};

struct chain {
	struct file *files[CHAIN_FILES_MAX]; /* owned */
	size_t count;
	struct chain_memory memory[CHAIN_MEMORY_MAX]; /* a ring */
	size_t remembered;
};

void chain_fini(struct chain *c);

/* Put F, now owned here, behind all others of its log, or before BEFORE, and
 * give it a stream number.  -EMFILE: there are too many. */
__attribute__((warn_unused_result)) int
chain_add(struct chain *c, struct file *f, const struct file *before);
/* The least number above 0 that no open file has; 0: there is none. */
uint16_t chain_new_stream(const struct chain *c);
/* Let F go, and remember it. */
void chain_remove(struct chain *c, struct file *f);

struct file *chain_find_inode(const struct chain *c, uint64_t device,
			      uint64_t inode);
struct file *chain_find_watch(const struct chain *c, int watch);
/* The newest file of the log NAME, or NULL. */
struct file *chain_newest(const struct chain *c, const char *name);
/* The next older and the next newer file of the same log, or NULL. */
struct file *chain_predecessor(const struct chain *c, const struct file *f);
struct file *chain_successor(const struct chain *c, const struct file *f);

/* Is it F's turn: has everything older of its log been read? */
bool chain_is_turn(const struct chain *c, const struct file *f);
/* The next file after AFTER, which may be NULL, that can be read now. */
struct file *chain_next(const struct chain *c, const struct file *after);

/* F, which need not be in the chain, is done with. */
void chain_remember(struct chain *c, const struct file *f);
/* Is F, which is not in the chain, open or done with, or a copy of one that
 * is? */
bool chain_knows(const struct chain *c, const struct file *f);
/* When the newest of the files of the log NAME that are done with was made;
 * INT64_MAX: there is none. */
int64_t chain_newest_age_ns(const struct chain *c, const char *name);

#endif
