/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_PLAYCTL_H
#define POSTERN_TESTS_PLAYCTL_H

/*
 * playctl: postern-ctl, played for postern-records, which runs whole, but for
 * its confinement, in a process of its own.
 *
 * Link with --wrap=fdatasync,--wrap=fsync: what the program makes certain on
 * disk is then known, and the power can fail.
 */
#include <sys/types.h>

#include "ctl/core/chan.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

#define CTL_ACTS_MAX 60000

/* What is on disk for certain, as the program's own calls made it so. */
struct disk {
	ino_t inode; /* of the segment that was synced last */
	off_t size;
	ino_t named; /* of the newest one whose name will last */
};

/* Shared with the program. */
extern struct disk *ctl_disk;

struct ctl {
	char *path;
	int fds[2]; /* ours, and that of records: kept over its lives */
	pid_t pid; /* of records, or 0 */
	uint32_t epoch; /* of its newest life */
	uint32_t own_epoch;
	struct chan chan;
	struct random random;

	/* What was heard. */
	bool is_answered; /* our newest hello, as far as can be told */
	bool is_live; /* and all was restored since: acts may be said */
	uint16_t turn; /* of its newest hello */
	uint64_t restores;
	struct restored restored; /* the newest */
	struct journal_state journal;
	uint64_t journals;
	uint64_t kept;
	uint64_t kept_first; /* since it was set to 0 */
	uint64_t bans; /* rows since the newest hello */
	uint64_t acts;

	struct act sent[CTL_ACTS_MAX]; /* by id: what a real ctl keeps, too */
	uint64_t id;
};

int ctl_set_up(void **state);
int ctl_tear_down(void **state);

/* Begin a life of records; and one that tells all it has to restore. */
void ctl_start(struct ctl *c);
void ctl_meet(struct ctl *c);
/* End it with SIGNAL, or wait for its end (0).  Its exit status; -1: a signal
 * ended it. */
int ctl_finish(struct ctl *c, int signal);

void ctl_say(struct ctl *c, enum msg_kind kind, const void *row);
void ctl_say_hello(struct ctl *c);
void ctl_say_act(struct ctl *c, uint64_t id);
/* Say hello again: once it is answered, all that was said before was heard. */
void ctl_ask_again(struct ctl *c);

/* New acts, with the next numbers. */
void ctl_act(struct ctl *c, enum act_kind kind, enum origin origin);
void ctl_acts(struct ctl *c, size_t count);
void ctl_checkpoint(struct ctl *c, size_t bans);

uint64_t ctl_now_ms(void);
/* Exchange what can be exchanged now, or within WAIT_MS. */
void ctl_exchange(struct ctl *c, int wait_ms);
/* Exchange messages for WAIT_MS, or until what is heard is DONE. */
bool ctl_run(struct ctl *c, bool (*done)(const struct ctl *c),
	     uint64_t wait_ms);
/* The same; the test fails when it takes too long. */
void ctl_wait(struct ctl *c, bool (*done)(const struct ctl *c));
bool ctl_is_restored(const struct ctl *c);
bool ctl_is_kept(const struct ctl *c); /* all that was said */
bool ctl_is_failing(const struct ctl *c); /* the disk is */

/* All records are good, and tell of acts up to LEAST_ID at least. */
void ctl_assert_whole(struct ctl *c, uint64_t least_id);

#endif
