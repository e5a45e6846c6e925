/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_RECORD_H
#define POSTERN_RECORDS_RECORD_H

/*
 * record: one line of the journal, as postern-records(5) describes it.
 *
 * A line begins with what all records have (the head), goes on with what its
 * kind has, and ends with its hash, which this module neither makes nor
 * checks (chain.h).  There is one spelling: what is read here and written
 * again gives the same bytes, and every other line is refused.
 *
 * Every int function returns 0, or -EBADMSG: not a record.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/records/class.h"
#include "ctl/records/saved.h"

#define RECORD_HASH_SIZE 32
/* The longest line, with its newline: a full one of bans has 90 kB. */
#define RECORD_SIZE_MAX (128u << 10)
/* What of a line its hash does not cover: ,"hash":"..."} */
#define RECORD_END_LEN 75
/* Bans in one record: as many as one message brings. */
#define RECORD_BANS_MAX 96

struct record {
	uint8_t rclass; /* enum class */
	uint64_t seq; /* gap-free in the class, from 1 */
	uint64_t time_ns; /* UTC */
	bool synchronised; /* the clock that told the time */
	bool is_first; /* of its segment: PREV is there */
	uint8_t prev[RECORD_HASH_SIZE]; /* the hash that it continues from */
	uint8_t kind; /* enum act_kind; ACT_NONE: one of the next, or a word
			 that is unknown here */
	bool is_bans; /* a part of a checkpoint */
	bool is_event;
	bool is_original; /* a piece of an event's line */
	bool is_seal;
	uint64_t id; /* of an act; 0: none of postern-ctl's */
	uint64_t count; /* of the bans */

	/* Where it is written; points into the line. */
	const char *body;
	size_t body_len;
	size_t hashed_len; /* of the line's bytes that the hash covers */
	uint8_t hash[RECORD_HASH_SIZE];
};

/* Read the head and the hash of the LEN bytes of LINE, without newline. */
__attribute__((warn_unused_result)) int
record_open(struct record *out, const char *line, size_t len);

/* Read the act that R, opened, tells of. */
__attribute__((warn_unused_result)) int record_read_act(struct act *out,
							const struct record *r);

/*
 * The same of an act that a later version wrote, perhaps: what is not known of
 * it is passed over, where it does not say what is banned, held or shut.
 * 1: something was.  -EBADMSG: that cannot be understood.
 */
__attribute__((warn_unused_result)) int
record_read_later_act(struct act *out, const struct record *r);

/* Read the bans that R, opened, holds.  IS_LATER: elements behind those that
 * are known are passed over.  On failure some were told already. */
__attribute__((warn_unused_result)) int record_read_bans(const struct record *r,
							 bool is_later,
							 saved_fn *tell,
							 void *ctx);

/* The same of an event; it was seen at R's time. */
__attribute__((warn_unused_result)) int
record_read_sighting(struct sighting *out, const struct record *r);

/* The same of a piece of a line. */
__attribute__((warn_unused_result)) int
record_read_original(struct original *out, const struct record *r);

/*
 * Write a record to the RECORD_SIZE_MAX bytes at OUT, up to where its hash
 * stands: HEAD's class, seq, clock, prev, and for all but acts its time.
 * Returns its length.
 */
size_t record_write_act(char *out, const struct record *head,
			const struct act *act);
size_t record_write_bans(char *out, const struct record *head,
			 const struct saved_ban *bans, size_t count);

size_t record_write_sighting(char *out, const struct record *head,
			     const struct sighting *sighting);

size_t record_write_original(char *out, const struct record *head,
			     const struct original *original);

/* Only the begin of a seal (seal.h writes the rest). */
size_t record_write_seal_head(char *out, const struct record *head);

/* End the LEN bytes at OUT with HASH and a newline.  Returns the length. */
size_t record_close(char *out, size_t len,
		    const uint8_t hash[RECORD_HASH_SIZE]);

#endif
