/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_CLASS_H
#define POSTERN_RECORDS_CLASS_H

/*
 * class: the sorts of records.  Each has a folder, a chain and a period of
 * its own.
 *
 * The first two take what comes by the thousand, the others what somebody
 * should read.  Custody tells what happened to the records themselves: who
 * held, deleted, exported and evaluated them.  Seals prove all the others.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/act.h"

enum rclass {
	CLASS_ACTS, /* what was decided and done; the state is their replay */
	CLASS_EVENTS, /* what was seen */
	CLASS_SYSTEM, /* deaths, drift, gaps, repairs */
	CLASS_ALARMS, /* what somebody has to look at */
	CLASS_CUSTODY,
	CLASS_SEALS, /* the last: it is written after all the others */
	CLASS_COUNT
};

/* The longest word, and its NUL. */
#define CLASS_NAME_SIZE 8

/* "acts": the name of its folder, too. */
const char *class_name(enum rclass rclass);
/* The class of the LEN bytes at WORD; CLASS_COUNT: there is none. */
enum rclass class_by_name(const char *word, size_t len);

/* Where an act is kept. */
enum rclass class_of_act(const struct act *act);

#endif
