/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SEALER_H
#define POSTERN_RECORDS_SEALER_H

/*
 * sealer: makes seals, in an order in which a death at any instant leaves a
 * chain of seals that goes on.
 *
 * All records first, then the key after the next, then the seal, then the
 * change of keys; each is on disk before the next begins.  What failed is
 * taken up again at the next call.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/records/books.h"
#include "ctl/records/keys.h"
#include "ctl/records/seal.h"

struct sealer {
	struct books *books; /* not owned */
	struct keys keys;
	struct seal last; /* the newest; SEQ 0: there is none */
	uint64_t last_seq;
	uint64_t last_ns; /* its time, UTC */
	bool is_pending; /* it is not on disk for certain */
	bool is_advancing; /* it is, but the keys are still the old ones */
};

/*
 * Go on from the newest seal in BOOKS, which must outlive S.
 * -ENOKEY: its secret is not here: no seal can follow it.
 */
__attribute__((warn_unused_result)) int sealer_open(struct sealer *s,
						    struct books *books);
void sealer_close(struct sealer *s);

/* Seal all that was taken.  -errno: not all of it is on disk; or -ENOKEY. */
__attribute__((warn_unused_result)) int sealer_seal(struct sealer *s,
						    enum seal_reason reason);

/* When the records began, UTC: when the first seal was made, or earlier where
 * the seals saw more time go by since than the calendar.  0: nobody knows. */
uint64_t sealer_begun_ns(const struct sealer *s);

/* Of the seal with number SEQ, the newest that can be read where SEQ is 0:
 * its record's line, at most RECORD_SIZE_MAX bytes at LINE.  Returns the
 * line's length, 0: there is none, or -errno. */
int sealer_find(const struct folder *seals, uint64_t seq, char *line);

/* The same seal, read: the number and time of its record, and, where OUT is not
 * NULL, itself.  1: it is there; 0: there is none; -EBADMSG, another -errno. */
__attribute__((warn_unused_result)) int
sealer_read(const struct folder *seals, uint64_t seq, uint64_t *found_seq,
	    uint64_t *time_ns, struct seal *out);

#endif
