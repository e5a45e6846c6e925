/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_TICKET_H
#define POSTERN_RECORDS_TICKET_H

/*
 * ticket: the record of the export that a bag was made by, as the bag names
 * it, and what the bag must hold by it.
 *
 * The bag's own words prove nothing: they tell only the number of the act.
 * What was asked for stands in custody, and a seal proves that.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl/records/check.h"
#include "ctl/records/record.h"

struct ticket {
	uint64_t id; /* of the act; 0: the bag names none */

	/* Found in custody: */
	uint64_t seq; /* 0: it is not there, or no seal proves it */
	struct act act;
	uint64_t newest_id; /* of the newest export that a seal proves */
	uint64_t seal; /* the first that proves it */
};

/* The number that the bag at PATH names, or 0. */
uint64_t ticket_number(const char *path);

/* Hear a record of custody, whose seals are POINTS. */
void ticket_hear(struct ticket *t, const struct record *record,
		 const struct points *points);

/* Was the class asked for?  Custody always is. */
bool ticket_wants(const struct ticket *t, enum rclass rclass);

/*
 * The number up to which records of a class, whose seals are POINTS, must be
 * there, 0: none.  They are what the ticket's seal tells; of an export with an
 * end, what the last seal before that end tells, for which records lie between
 * that and the end nobody can know.
 */
uint64_t ticket_end(const struct ticket *t, enum rclass rclass,
		    const struct points *points);

/* Find the act ID in custody of the records at PATH.  -ENOENT: it is not
 * there. */
__attribute__((warn_unused_result)) int
ticket_find(struct ticket *out, const char *path, uint64_t id);

/* What was asked for, when and by whom, as lines "Postern-...: ...". */
void ticket_write(const struct ticket *t, FILE *out);
/* The same for people, in a line. */
void ticket_tell(const struct ticket *t, FILE *out);

#endif
