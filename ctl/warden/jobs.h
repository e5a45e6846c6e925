/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_JOBS_H
#define POSTERN_WARDEN_JOBS_H

/*
 * jobs: what posternd does without becoming a daemon.
 */
#include <stdbool.h>

#include "ctl/core/config.h"
#include "ctl/warden/conf/findings.h"

#define JOBS_CONFIG "/etc/postern/postern.conf"

/* Where the other programs are: beside posternd, or where they were
 * installed.  Returns BUF. */
const char *jobs_folder(char buf[512]);

/* Read and check PATH.  NULL: FINDINGS says why; what is only odd is warned
 * of there.  The caller gives it to config_free(). */
struct config *jobs_load(const char *path, struct findings *findings);

/* Read and check PATH; say what is wrong with it.  0: good; 1: errors. */
int jobs_check(const char *path);

/* Print the ruleset that PATH means.  0, or 1. */
int jobs_print_ruleset(const char *path);

/* Print the ruleset that was loaded last, from PATH's state folder. */
int jobs_print_kept(const char *path);

/* What a capture file shows. */
struct jobs_replay {
	const char *config; /* NULL: the default one, if it is there */
	const char *file;
	bool json;
	bool quiet;
};

/* Become postern-sensor, which reads it.  Returns 1 where that fails. */
int jobs_replay(const struct jobs_replay *wanted);

#endif
