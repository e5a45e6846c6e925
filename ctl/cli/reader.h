/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CLI_READER_H
#define POSTERN_CLI_READER_H

/*
 * reader: the verbs that read records start postern-read or postern-verify,
 * which do it with the user's rights: no daemon is needed, and none can be
 * made to open files for somebody.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct cli;

/* Arguments of the program that is to be started; all are borrowed. */
#define READER_ARGS_MAX 40

struct reader_call {
	const char *args[READER_ARGS_MAX + 1];
	int count;
};

/* One more; or an option with its value, unless that is NULL. */
void reader_add(struct reader_call *call, const char *arg);
void reader_option(struct reader_call *call, const char *name,
		   const char *value);

/* What the configuration says of the records. */
struct reader_about {
	char text[8192]; /* lines: a word, a space, its value */
	char path[512]; /* of the records; the default where nothing is said */
	unsigned int review_days;
};

/* Ask posternd; FOLDER, where not NULL, is taken instead of its path. */
void reader_about(const struct cli *cli, const char *folder,
		  struct reader_about *out);
/* Each line that begins with "info " goes along. */
void reader_infos(struct reader_call *call, struct reader_about *about);

/* postern-read's is-held and is-sealed: there is none with that number. */
#define READER_NOT_HELD 3

/* Run PROGRAM, one of libexec's, or beside us; its exit status. */
int reader_run(const char *program, struct reader_call *call);

/* Run it, and read what it prints from the file that is returned; NULL: it cannot
 * be started.  reader_close() waits for its end: its exit status. */
FILE *reader_open(const char *program, struct reader_call *call, pid_t *pid);
int reader_close(FILE *in, pid_t pid);

/* Become it: never returns on success. */
int reader_become(const char *program, struct reader_call *call);

/* A point in time; 0, or ANSWER_USAGE after saying why not. */
int reader_when(const char *verb, const char *text, uint64_t *out);
/* Is it a kind of record, or a sign of events?  NULL is.  As reader_when(). */
int reader_kind(const char *verb, const char *text);
int reader_sign(const char *verb, const char *text);
/* Bits of "acts,events".  As reader_when(). */
int reader_classes(const char *verb, const char *text, uint8_t *out);

#endif
