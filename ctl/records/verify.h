/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_VERIFY_H
#define POSTERN_RECORDS_VERIFY_H

/*
 * verify: is a folder of records what was written?
 *
 * Every segment is read once: the seals first, then what they prove.  It needs
 * no program that runs, no configuration, and memory only for what the seals
 * tell.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/records/folder.h"
#include "ctl/records/seals.h"
#include "ctl/records/ticket.h"

#define VERIFY_WHAT_SIZE 256

struct verify_wish {
	const char *path; /* of the records */
	bool is_part; /* an export: older or newer segments need not be here */
	struct ticket *ticket; /* of an export that names its own record: what
				  it was to hold must be here; else NULL */
};

/* Of one class. */
struct verify_class {
	uint64_t segments;
	uint64_t records; /* good ones */
	uint64_t bytes; /* as they were before they were packed */
	uint64_t unproven; /* behind the last seal */
	uint64_t bad;
	uint64_t first_seq;
	uint64_t last_seq;
	char file[FOLDER_FILE_SIZE]; /* of the first bad one; "": none */
	uint64_t line;
	char what[VERIFY_WHAT_SIZE];
};

struct verdict {
	bool is_whole;
	struct verify_class classes[CLASS_COUNT];
	struct seals seals;
};

/*
 * Read it all.  OUT's seals holds the anchor and the witnesses already; the
 * caller gives OUT to verify_fini() in any case.
 * -errno: the folder cannot be opened, or there is no memory.
 */
__attribute__((warn_unused_result)) int
verify_run(struct verdict *out, const struct verify_wish *wish);
void verify_fini(struct verdict *verdict);

#endif
