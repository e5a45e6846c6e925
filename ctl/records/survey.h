/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_SURVEY_H
#define POSTERN_RECORDS_SURVEY_H

/*
 * survey: what an earlier life left in the folder: from where the state can
 * be told again, where the next record goes, and what is torn or damaged.
 *
 * Segments of acts are checked from the newest back to the newest one that
 * begins with a whole checkpoint, those of other classes to the newest with a
 * good record; or to the first that is not packed.  It changes nothing.  What
 * is older is for postern-verify(1).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/records/check.h"
#include "ctl/records/folder.h"

struct survey {
	enum rclass rclass;
	struct finding *findings; /* of the segments checked, rising; owned */
	size_t count;

	uint64_t base; /* segment to tell the state from */
	bool base_counts; /* the checkpoint that it begins with counts */

	uint64_t seq; /* of the newest good record; 0: there is none */
	uint64_t last_id; /* of the newest act */
	uint8_t hash[RECORD_HASH_SIZE];
	uint64_t segment; /* where the next record goes */
	uint64_t end; /* how many of its bytes stay */
	bool exists; /* else it is still to be made */

	uint64_t torn; /* bytes behind END that go */
	char torn_head[ACT_REASON_SIZE]; /* the first of them */
};

/* The caller gives *OUT to survey_fini().  -errno. */
__attribute__((warn_unused_result)) int survey_make(struct survey *out,
						    const struct folder *folder,
						    struct chain *chain);
void survey_fini(struct survey *survey);

/* F is damaged, and no record says so yet. */
bool survey_is_news(const struct survey *survey, const struct finding *f);

#endif
