/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_FEEDS_HEAD_H
#define POSTERN_FEEDS_HEAD_H

/*
 * head: by which a file is known again, whatever it is called by then.
 *
 * Device and inode are not enough: an inode is given away again, a copy has
 * another one, and a file cut to nothing and written anew keeps it.  The
 * first bytes of a log tell, since each line bears its time.  A file may have
 * had fewer of them when it was seen first, so their number goes with them.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/event.h"

/* So many bytes are enough: a line's time and flow stand within. */
#define HEAD_MAX 128

/* Fewer bytes tell a file only together with its inode. */
#define HEAD_ENOUGH 64

struct head {
	char bytes[HEAD_MAX];
	uint32_t len; /* less than HEAD_MAX: the file was no longer */
};

/* The head of the file at FD, as it is now.  -errno of reading it. */
__attribute__((warn_unused_result)) int head_read(struct head *out, int fd);

/* Does a file with this head begin as P tells? */
bool head_fits(const struct head *head, const struct position *p);

/* Let P tell this head. */
void head_tell(const struct head *head, struct position *p);

#endif
