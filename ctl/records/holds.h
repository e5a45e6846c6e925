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

struct holds {
	struct hold *list; /* owned */
	size_t count;
	bool is_overfull;
	uint64_t reviewed_ns; /* end of the newest period evaluated */
	uint64_t witnessed_seal; /* number of the newest seal held elsewhere */
	uint64_t witnessed_ns; /* when that was told */
};

/* Read all of custody in the records at PATH.  The caller gives *OUT to
 * holds_fini().  -errno. */
__attribute__((warn_unused_result)) int holds_read(struct holds *out,
						   const char *path);
void holds_fini(struct holds *h);

/* Take an act of custody. */
void holds_hear(struct holds *h, const struct act *act);

#endif
