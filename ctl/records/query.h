/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_QUERY_H
#define POSTERN_RECORDS_QUERY_H

/*
 * query: which records somebody wants to see.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/prefix.h"

struct query {
	uint8_t classes; /* bits of enum rclass; 0: all but the seals */
	uint64_t since_ns; /* UTC; 0: from the first on */
	uint64_t before_ns; /* UTC; 0: no end */
	struct prefix address; /* family 0: any */
	const char *sign; /* NULL: any */
	const char *server; /* NULL: any; a name, of events alone */
	const char *kind; /* NULL: any but checkpoints and positions */
	bool all; /* these, too, and seals */
};

/* Only times and classes are asked for. */
bool query_is_plain(const struct query *q);
/* It asks for CLASS. */
bool query_wants(const struct query *q, unsigned int rclass);
/* Does LINE, a record, answer Q?  *TIME_NS is its time. */
bool query_takes(const struct query *q, const char *line, size_t len,
		 uint64_t *time_ns);

/* Read "acts,events".  -EINVAL. */
__attribute__((warn_unused_result)) int query_classes(uint8_t *out,
						      const char *text);

#endif
