/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CHECK_H
#define POSTERN_WARDEN_CHECK_H

/*
 * check: what is only wrong together in a configuration whose single values
 * are all right (conffile.h).
 *
 * posternd, its reload and `postern check` come here by check_load() and write
 * what it found by findings_write(): they say the same sentences.
 */
#include "ctl/core/config.h"
#include "ctl/warden/conf/findings.h"
#include "ctl/warden/host.h"

/*
 * Load the file PATH and check it.  NULL: there are errors, which FINDINGS
 * has; there may be warnings in either case.  For config_free().
 */
struct config *check_load(const char *path, const struct host *host,
			  struct findings *findings);

/*
 * Add what is wrong with CONFIG on HOST to FINDINGS, and fill in what only
 * the host knows: the number of control's group.
 */
void check_config(struct config *config, const struct host *host,
		  struct findings *findings);

/* Ask HOST anew who its name servers are: they are never banned. */
void check_resolvers(struct config *config, const struct host *host);

#endif
