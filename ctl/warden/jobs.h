/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_JOBS_H
#define POSTERN_WARDEN_JOBS_H

/*
 * jobs: what posternd does without becoming a daemon.
 */
#include "ctl/core/config.h"
#include "ctl/warden/conf/findings.h"

/* Where the other programs are: beside posternd, or where they were
 * installed.  Returns BUF. */
const char *jobs_folder(char buf[512]);

/* Read and check PATH.  NULL: FINDINGS says why; what is only odd is warned
 * of there.  BUNDLE: see findings.h.  The caller gives it to config_free(). */
struct config *jobs_load(const char *path, struct findings *findings,
			 struct bundle *bundle);

/* Read and check PATH; say what is wrong with it.  0: good; 1: errors. */
/* Write the part of the program ROLE_WORD ("ctl", "feed") to standard output:
 * for `postern replay`. */
int jobs_print_part(const char *path, const char *role_word);
int jobs_check(const char *path);

/* Print the ruleset that PATH means.  0, or 1. */
int jobs_print_ruleset(const char *path);

/* Print the ruleset that was loaded last, from PATH's state folder. */
int jobs_print_kept(const char *path);

#endif
