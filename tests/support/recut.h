/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_RECUT_H
#define POSTERN_TESTS_RECUT_H

/*
 * recut: a real capture, and the same bytes in other segments.
 */
#include "tests/support/scene.h"

/* Read the IP packets of a capture file.  False: it cannot be read. */
bool recut_read(struct scene *out, const char *path);

struct recut {
	size_t most; /* bytes in a segment; 0: as they are */
	/* Cut so much at most: of a larger capture every so manieth connection,
	 * that one as a whole; 0: all. */
	size_t bytes;
	bool random; /* 1 to MOST, not always MOST */
	bool overlap; /* begin some segments before the end of the last */
	bool twice; /* repeat some */
	size_t fragment; /* bytes in a fragment; 0: none */
	/* Places that a packet may be out of order among those of its
	 * connection, behind the handshake; 0: none. */
	size_t reach;
};

/* The packets of FROM, cut anew. */
void recut(struct scene *out, const struct scene *from, const struct recut *how,
	   struct random *random);

#endif
