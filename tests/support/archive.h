/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_ARCHIVE_H
#define POSTERN_TESTS_ARCHIVE_H

/*
 * archive: a small folder of records of all classes, with seals.
 */
#include "ctl/records/books.h"
#include "ctl/records/sealer.h"
#include "ctl/records/verify.h"

struct archive {
	char *path;
	struct books books;
	struct sealer sealer;
	uint64_t id;
	uint64_t number;
	uint8_t anchor[SIGNER_PUBLIC_SIZE];
};

/* For cmocka: *STATE is an archive that is open and empty but for its first
 * seal. */
int archive_set_up(void **state);
int archive_tear_down(void **state);

/* What a life of the program begins with, and its end without a word. */
void archive_open(struct archive *a);
void archive_close(struct archive *a);

/* Take COUNT acts of KIND; COUNT events. */
void archive_acts(struct archive *a, enum act_kind kind, size_t count);
void archive_events(struct archive *a, size_t count);
void archive_seal(struct archive *a, enum seal_reason reason);
/* Close the newest segment of CLASS. */
void archive_turn(struct archive *a, enum rclass rclass);

/* A few of everything, in two segments of acts, all of it sealed. */
void archive_fill(struct archive *a);

/* The caller gives the result to verify_fini(). */
struct verdict archive_verify(const struct archive *a);

/* The path of the segment with number SEQ; valid until the next call. */
const char *archive_file(const struct archive *a, enum rclass rclass,
			 uint64_t seq);

#endif
