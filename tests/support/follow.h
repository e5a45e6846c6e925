/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_FOLLOW_H
#define POSTERN_TESTS_FOLLOW_H

/*
 * follow: a folder of logs, and a source that reads them, driven by hand.
 *
 * It plays the part of postern-ctl: counts each event by the number that its
 * line bears (the flow_id of evegen), and keeps the positions to resume at.
 * Time passes only when it is told to.
 */
#include "feeds/sieve.h"
#include "feeds/source.h"
#include "tests/support/evegen.h"
#include "tests/support/random.h"

#define FOLLOW_NUMBERS_MAX 65536
#define FOLLOW_STREAMS_MAX 256
#define FOLLOW_SAVED_MAX   512

struct follow {
	char dir[64]; /* the folder, which is removed at the end */
	char path[128]; /* that is followed */
	struct config *config;
	struct sieve sieve;
	struct source_sink sink;
	struct source *source;
	struct random random; /* of the lines */
	uint64_t now_ns;
	uint32_t written; /* alerts so far: they are numbered from 0 */
	uint16_t times[FOLLOW_NUMBERS_MAX]; /* that each number came */
	uint32_t order; /* events whose number was not above the last one's */
	uint32_t last;
	struct resume saved[FOLLOW_SAVED_MAX];
	size_t saved_count;
	struct reading readings[FOLLOW_STREAMS_MAX]; /* the newest, by stream */
	uint32_t gaps[GAP_COUNT];
	uint32_t strays; /* events of a stream without a READING */
};

/* Make the folder; NAME is what is followed in it. */
void follow_init(struct follow *f, const char *name);
/* Remove it, and all in it. */
void follow_fini(struct follow *f);

/* The same as a cmocka fixture, whose state is a struct follow of one's own. */
#define FOLLOW_LOG "eve.json"
int follow_set_up(void **state);
int follow_tear_down(void **state);

/* Follow another name in the same folder. */
void follow_as(struct follow *f, const char *name);

/* Begin to read, at the saved positions. */
void follow_start(struct follow *f);
/* End, as if killed. */
void follow_stop(struct follow *f);
/* Take what happened, and read until there is no more. */
void follow_settle(struct follow *f);
/* Take what happened; read one block at most. */
void follow_step(struct follow *f);
/* Let time pass; then take what happened. */
void follow_pass(struct follow *f, uint32_t seconds);

/* NAME in the folder, as a path.  The text lives until the next call but
 * three. */
const char *follow_path(const struct follow *f, const char *name);
/* Open NAME to append to it; it is made where it does not exist. */
int follow_open(const struct follow *f, const char *name);
/* Append a numbered alert to FD. */
void follow_alert(struct follow *f, int fd);
void follow_alerts(struct follow *f, int fd, uint32_t count);
/* Append TEXT. */
void follow_text(int fd, const char *text, size_t len);
void follow_rename(const struct follow *f, const char *from, const char *to);
void follow_remove(const struct follow *f, const char *name);
/* Copy FROM to TO, and cut FROM to nothing, as copytruncate does. */
void follow_copytruncate(const struct follow *f, const char *from,
			 const char *to);

/* How many of the written alerts did not come once and only once. */
uint32_t follow_wrong(const struct follow *f);
/* The READING of the newest unfinished stream of FILE; NULL: none. */
const struct reading *follow_reading(const struct follow *f, const char *file);

#endif
