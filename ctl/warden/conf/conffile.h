/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_CONFFILE_H
#define POSTERN_WARDEN_CONFFILE_H

/*
 * conffile: the configuration file (postern.conf(5)), read by libconfuse.
 *
 * Says of each setting what is wrong with it alone; what is only wrong
 * together is warden/check.h's.  Only posternd links this.
 */
#include <stddef.h>

#include "ctl/core/config.h"
#include "ctl/warden/conf/findings.h"

/*
 * The configuration that the file PATH declares, with each default filled in.
 * NULL: there are errors, which FINDINGS has.  It may have warnings all the
 * same.  The caller gives the result to config_free().
 */
struct config *conffile_load(const char *path, struct findings *findings);

/* As conffile_load(), for the LEN bytes of a file. */
struct config *conffile_parse(const char *text, size_t len,
			      struct findings *findings);

#endif
