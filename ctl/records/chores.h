/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_CHORES_H
#define POSTERN_RECORDS_CHORES_H

/*
 * chores: packs closed segments and deletes what is due, a step at a time.
 */
#include <stdbool.h>

#include "ctl/records/keeping.h"
#include "ctl/records/pack.h"

struct chores {
	struct keeping keeping;
	int rclass; /* being looked at; CLASS_SEALS: all were */
	bool is_packing; /* first all are packed, then some are deleted */
	struct pack *pack; /* of the segment being packed */
	uint64_t packing; /* its number */
	uint64_t failed[CLASS_COUNT]; /* left alone: it cannot be packed */
	uint64_t deleted; /* segments, since chores_begin() */
	int error; /* -errno of what failed last */
};

/* Look at everything again. */
void chores_begin(struct chores *c);
/* One step.  False: there is nothing more to do. */
bool chores_step(struct chores *c, uint64_t now_ns);
void chores_fini(struct chores *c);

#endif
