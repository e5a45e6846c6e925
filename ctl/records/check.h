/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_CHECK_H
#define POSTERN_RECORDS_CHECK_H

/*
 * check: one segment against its own chain.
 *
 * A line is good when it is a record, in sequence, and its hash is right for
 * the line before.  Behind a bad line the chain goes on from the hash that
 * stands there, so that one fault is told once and not a thousand times.
 *
 * Lines behind the last good one that are no records, and one last record with
 * a wrong hash, are a torn tail: a write that was never finished.  Everything
 * else that is bad is damage.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/records/chain.h"
#include "ctl/records/checkpoint.h"
#include "ctl/records/class.h"

struct scroll;

enum flaw {
	FLAW_NONE,
	FLAW_NO_RECORD, /* not a line that this program writes */
	FLAW_CHANGED, /* its hash is another's */
	FLAW_MISSING, /* records before it are gone */
	FLAW_ORDER, /* it stands behind a later one, or twice */
	FLAW_START, /* a segment begins in the midst, or elsewhere than named */
	FLAW_SEAL, /* a seal proves another record with this number */
	FLAW_UNREADABLE, /* the disk does not give it back */
	FLAW_COUNT
};

/* Where an earlier life said that it found damage. */
struct declared {
	uint64_t segment;
	uint64_t line;
};

/* The latest that are remembered; an older one may be declared again. */
#define CHECK_DECLARED_MAX 16

/* What a seal says of a record. */
struct point {
	uint64_t seq;
	uint64_t seal; /* its number */
	uint64_t time_ns; /* of the seal */
	uint8_t hash[RECORD_HASH_SIZE];
};

/* The points of a class, rising; AT is the next to come. */
struct points {
	struct point *list; /* owned by who fills it */
	size_t count;
	size_t at;
};

/* Hears each good record of a segment. */
typedef void check_hear_fn(void *ctx, const struct record *record,
			   const char *line);

struct check {
	struct chain *chain;
	enum rclass rclass;
	uint64_t named; /* the number in the segment's name */
	struct points *points; /* NULL: nothing is sealed */
	check_hear_fn *hear; /* NULL: nobody */
	void *ctx;
};

struct finding {
	enum rclass rclass;
	uint64_t named; /* the number in the segment's name */
	uint64_t size; /* bytes read */
	uint64_t good_end; /* behind the last good line */
	uint64_t lines; /* good ones */

	int error; /* -errno that ended the reading */

	enum flaw flaw; /* of the first line that is damage */
	uint64_t flaw_line;
	uint64_t bad_lines;
	enum flaw tail_flaw; /* the same of the torn tail */
	uint64_t tail_line;
	uint64_t tail_lines;
	bool tail_ends; /* with a record: nothing more belongs to it */
	bool is_open; /* the last line has no newline */

	/* Of good lines: */
	uint64_t first_seq; /* 0: there is none */
	uint64_t first_ns; /* its time */
	uint64_t last_seq;
	uint64_t last_id; /* the highest; 0: none */
	uint8_t prev[RECORD_HASH_SIZE]; /* what the first continues from */
	uint8_t hash[RECORD_HASH_SIZE]; /* of the last */
	struct checkpoint checkpoint;
	uint64_t foreign; /* of kinds that this program does not know */
	struct declared declared[CHECK_DECLARED_MAX];
	size_t declared_count; /* ever; the array is a ring */
};

/*
 * Read a segment from SCROLL and say what is found.  A disk that does not give
 * it back is damage.
 */
void check_scroll(struct finding *out, const struct check *check,
		  struct scroll *scroll);
/* The same from FD.  -ENOMEM. */
__attribute__((warn_unused_result)) int
check_segment(struct finding *out, const struct check *check, int fd);

/* One more bad line; and: what looks like a torn tail is damage. */
void check_note_bad(struct finding *f, enum flaw flaw, uint64_t line);
void check_condemn_tail(struct finding *f);

/* The name of an ACT_TORN that tells of damage; its reason begins with the
 * segment's name, its count is the line. */
#define CHECK_DAMAGED "damaged"

const char *check_flaw_words(enum flaw flaw);

#endif
