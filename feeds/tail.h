/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_TAIL_H
#define POSTERN_FEEDS_TAIL_H

/*
 * tail: follows the files of a path, through everything that those who
 * rotate logs do to them, and loses and repeats nothing.
 *
 * A file is followed by itself, not by its name.  When the name leads to
 * another file, the old one is read to its end first, and goes on being read
 * until its last writer has closed it, since an IDS writes to it until it is
 * told of the change.  A file that was cut and written anew is another file;
 * what it had not been read of is looked for in its copy.
 */
#include "feeds/source.h"

/*
 * Follow PATH, of a log, or with * in its last part of several.  The sieve
 * and the sink must outlive *OUT, which is the caller's, for source_free().
 * Nothing is opened before source_begin() and source_wake().
 * -ENOMEM.
 */
__attribute__((warn_unused_result)) int
tail_new(struct source **out, const char *path, const struct sieve *sieve,
	 const struct source_sink *sink);

#endif
