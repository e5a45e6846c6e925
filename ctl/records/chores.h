/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_CHORES_H
#define POSTERN_RECORDS_CHORES_H

/*
 * chores: has closed segments packed, and deletes what is due, a step at a
 * time.
 */
#include <stdbool.h>

#include "ctl/records/keeping.h"
#include "ctl/records/packer.h"

struct chores {
	struct keeping keeping; /* set by the owner */
	struct packer *packer; /* not owned; it tells chores_packed() */
	int rclass; /* being looked at; CLASS_SEALS: all were */
	bool is_packing; /* first all are packed, then some are deleted */
	uint64_t packing; /* the segment that is being packed; 0: none */
	bool is_again; /* everything is to be looked at again after it */
	uint64_t failed[CLASS_COUNT]; /* left alone: it cannot be packed */
	uint64_t deleted; /* segments, since chores_begin() */
	int error; /* -errno of what failed last */
};

/* Look at everything again. */
void chores_begin(struct chores *c);
/* One step.  False: there is nothing more to do, or not before the segment
 * PACKING is packed. */
bool chores_step(struct chores *c, uint64_t now_ns);
/* What was being packed is, or ERR says why it is not. */
void chores_packed(struct chores *c, int err);

#endif
