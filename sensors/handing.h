/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_HANDING_H
#define POSTERN_SENSORS_HANDING_H

/*
 * handing: files on their way to postern-scan, and what it says of them.
 *
 * Frames do not wait for a scanner: where there is no room, or nobody listens,
 * a file is not looked at, and counted.  What is to be said of a file if it is
 * bad stays here meanwhile; nothing that belongs to somebody's mail does.
 */
#include <stdint.h>

#include "ctl/core/msg.h"
#include "sensors/dialogue.h"

/* Files that are on their way at the same time, verdicts awaited included. */
#define HANDING_FILES 256u

struct ev_loop;
struct handing;

/*
 * Over the pair FD.  SINK hears, with ARG, of each bad file.  BROKEN: as of a
 * wire.  *OUT is the caller's, for handing_free().  -ENOMEM.
 */
struct handing_start {
	struct ev_loop *loop;
	int fd;
	struct hello hello; /* of the sensor's life */
	dialogue_sink sink;
	void (*broken)(void *arg, int err);
	void (*changed)(void *arg); /* handing_tell() has news */
	void *arg;
};
__attribute__((warn_unused_result)) int
handing_new(struct handing **out, const struct handing_start *start);
void handing_free(struct handing *h);

/* What hearing_new() takes; stays the handing's own. */
const struct handoff *handing_handoff(const struct handing *h);

/* Say what was put, at the end of a turn of the loop. */
void handing_flush(struct handing *h);

/* Fill in what ROW says of the scanner. */
void handing_tell(const struct handing *h, struct sensing *row);

#endif
