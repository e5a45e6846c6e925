/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFREADER_H
#define POSTERN_WARDEN_CONFREADER_H

/*
 * confreader: takes the nodes of a file into a struct config.
 *
 * What is refused leaves its field as it was and the reader goes on, so that
 * one run tells all that is wrong.
 */
#include <stdbool.h>

#include "ctl/core/config.h"
#include "ctl/warden/conf/conftree.h"
#include "ctl/warden/conf/findings.h"
#include "ctl/warden/conf/nearest.h"

struct confreader {
	struct config *config;
	struct findings *findings;
	/* Statements were taken out: what is missing may have been in them. */
	bool is_partial;
	/* Each server's setting, until all servers are known. */
	const struct confnode *send_only[CONFIG_SERVERS_MAX];
};

/* Read each setting of SECTION into TARGET, in the order of its words. */
void confreader_section(struct confreader *r, const struct confnode *section,
			void *target);

/* An error at NODE: the sections that it is in, and then FORMAT. */
__attribute__((format(printf, 3, 4))) void
confreader_error(struct confreader *r, const struct confnode *node,
		 const char *format, ...);

/* VALUE cannot be taken: its setting, the value itself, and then FORMAT. */
__attribute__((format(printf, 3, 4))) void
confreader_refuse(struct confreader *r, const struct confnode *value,
		  const char *format, ...);

/* SECTION lacks something: FORMAT says what to write. */
__attribute__((format(printf, 3, 4))) void
confreader_missing(struct confreader *r, const struct confnode *section,
		   const char *format, ...);

/*
 * There is no such thing as VALUE names.  NEAREST was asked about all there
 * are; ADVICE follows where none is close.
 */
void confreader_unknown(struct confreader *r, const struct confnode *value,
			const struct nearest *nearest, const char *advice);

/* Does SETTING have at least one value, and at most COUNT?  If not, say so. */
bool confreader_fits(struct confreader *r, const struct confnode *setting,
		     size_t count);

#endif
