/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_UNPACK_H
#define POSTERN_RECORDS_UNPACK_H

/*
 * unpack: the bytes that a packed segment held.
 *
 * It is a row of zstd frames (RFC 8878), each of whole lines: zstdcat(1)
 * reads it, too.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct unpack;

/* Over FD, which the caller keeps, from its begin.  -ENOMEM. */
__attribute__((warn_unused_result)) int unpack_open(struct unpack **out,
						    int fd);
void unpack_close(struct unpack *u);

/* Go on at the frame that begins at OFFSET of the file. */
void unpack_seek(struct unpack *u, uint64_t offset);

/* Up to ROOM bytes at BUF.  0: that was all.  -errno of reading; -EBADMSG: it
 * is not what was packed, or ends in the midst of a frame. */
ssize_t unpack_read(struct unpack *u, char *buf, size_t room);

#endif
