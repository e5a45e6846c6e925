/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_HOLDS_H
#define POSTERN_RECORDS_HOLDS_H

/*
 * holds: what custody tells: which records nobody may delete, and up to when
 * somebody evaluated them, or holds a seal.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/core/prefix.h"

struct folder;

/* More open holds than this are refused; were there more, none would be
 * deleted at all. */
#define HOLDS_MAX 4096u

struct hold {
	uint64_t id; /* of the act that began it */
	uint64_t since_ns; /* UTC; 0: from the first record on */
	uint64_t before_ns; /* UTC; 0: no end */
	struct prefix prefix; /* family 0: all */
	uint8_t classes; /* bits of enum rclass; 0: all */
};

/* Periods evaluated that others before them wait to be: more are forgotten, and
 * stay to be done. */
#define HOLDS_REVIEWS_MAX 32u

struct review {
	uint64_t since_ns;
	uint64_t end_ns;
};

struct holds {
	struct hold *list; /* owned */
	size_t count;
	bool is_overfull;
	uint64_t begun_ns; /* UTC, the first seal; 0: none yet */
	uint64_t reviewed_ns; /* all before it was evaluated; 0: nothing */
	struct review reviews[HOLDS_REVIEWS_MAX]; /* apart, later than that */
	size_t review_count;
	uint64_t newest_seal; /* no later one can be held elsewhere */
	uint64_t witnessed_seal; /* number of the newest seal held elsewhere */
	uint64_t witnessed_ns; /* its time; 0: it cannot be found */
};

/* Read all of custody in the records at PATH.  The caller gives *OUT to
 * holds_fini().  -errno. */
__attribute__((warn_unused_result)) int holds_read(struct holds *out,
						   const char *path);
void holds_fini(struct holds *h);

/* Take an act of custody.  A witness of a seal behind newest_seal says nothing;
 * of another, the caller looks up the time with holds_date(). */
void holds_hear(struct holds *h, const struct act *act);

/* Find witnessed_ns among the SEALS. */
void holds_date(struct holds *h, const struct folder *seals);

#endif
