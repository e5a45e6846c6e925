/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFSHARED_H
#define POSTERN_WARDEN_CONFSHARED_H

/*
 * confshared: lists of shared senders: a prefix on a line, comments behind #
 * or ;.
 */
#include "ctl/core/config.h"
#include "ctl/warden/conf/findings.h"

/* Add what the file PATH lists.  A line that is none is warned of and left
 * out; a file that cannot be read is an error. */
void confshared_read(struct config *config, const char *path,
		     struct findings *findings);

/* The same, for the LEN bytes of a file. */
void confshared_parse(struct config *config, const char *text, size_t len,
		      struct findings *findings);

#endif
