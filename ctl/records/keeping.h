/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_KEEPING_H
#define POSTERN_RECORDS_KEEPING_H

/*
 * keeping: the only place where records are deleted.
 *
 * Whole packed segments, the oldest of a class first, once its period is over
 * by the calendar and by the time that the seals saw go by, which no clock can
 * be set ahead of; never under a hold, never below the floor.  What goes is
 * recorded, and that is sealed, before it goes.  Custody stays as long as it
 * has a hold in force, or the word for what is missing before a class's first
 * record.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/config.h"
#include "ctl/records/books.h"
#include "ctl/records/holds.h"
#include "ctl/records/seal.h"

/* Seals what was recorded.  -errno: it could not be. */
typedef int keeping_seal_fn(void *ctx);

struct keeping {
	struct books *books; /* not owned, as the rest */
	const struct records *config;
	const struct holds *holds;
	const struct seal *seal; /* the newest */
	keeping_seal_fn *prove;
	void *ctx;
};

/* Days that RCLASS is kept by CONFIG; never below the floor. */
uint32_t keeping_days(const struct records *config, enum rclass rclass);

/*
 * Delete the oldest segment of RCLASS if it is due at NOW_NS.  1: it is gone,
 * and the next may be due.  0: none is.  -errno: it was not deleted.
 */
__attribute__((warn_unused_result)) int
keeping_step(const struct keeping *k, enum rclass rclass, uint64_t now_ns);

#endif
