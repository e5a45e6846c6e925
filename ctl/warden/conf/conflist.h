/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFLIST_H
#define POSTERN_WARDEN_CONFLIST_H

/*
 * conflist: files of prefixes: one on a line, comments behind # or ;.
 */
#include <stdint.h>

#include "ctl/core/prefixset.h"
#include "ctl/warden/conf/findings.h"

struct conflist {
	struct prefixset *set; /* where they go; the caller seals it */
	uint8_t widest4; /* shortest prefix lengths that are taken */
	uint8_t widest6;
	const char *too_wide; /* what is said of a wider one */
	size_t most; /* of the set; what is more is left out, and said */
};

/* Add what the file PATH lists.  A line that is none is warned of and left
 * out; a file that cannot be read is an error. */
void conflist_read(const struct conflist *list, const char *path,
		   struct findings *findings);

/* The same, for the LEN bytes of a file. */
void conflist_parse(const struct conflist *list, const char *text, size_t len,
		    struct findings *findings);

#endif
