/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_WARDEN_ALTERATION_H
#define POSTERN_WARDEN_ALTERATION_H

/*
 * alteration: what the records are told of a configuration that came into
 * force: for each of its files a hash, and the lines in which it differs from
 * what was told last.
 *
 * Each is an act of the kind ACT_CONFIG.  Its NAME says what it is; FILE is the
 * last part of the file's path:
 *
 *   before   REASON is the file's hash and path as it was told last, as
 *            sha256sum(1) prints them; COUNT its size in bytes
 *   file     the same as it is now; without "file", it is gone
 *   removed  REASON is line COUNT of what was before
 *   added    REASON is line COUNT of what is now
 *   more     what follows in the same line
 *   omitted  COUNT lines that differ are not told
 *
 * A file that did not change has "file" alone.
 */
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/warden/conf/bundle.h"

/* Acts about lines, for all files of a configuration together. */
#define ALTERATION_LINES_MAX 1000u

typedef void alteration_tell_fn(void *ctx, const struct act *act);

/* Tell how NOW, the texts of the configuration CONFIG_ID, differs from
 * BEFORE. */
void alteration_tell(const struct bundle *before, const struct bundle *now,
		     uint64_t config_id, alteration_tell_fn *tell, void *ctx);

#endif
