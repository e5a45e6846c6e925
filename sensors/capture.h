/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_CAPTURE_H
#define POSTERN_SENSORS_CAPTURE_H

/*
 * capture: frames from an interface or a file.  The one place that knows
 * libpcap.
 *
 * Functions that return int return 0 or a negative errno value; why, in words,
 * is in ERROR.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensors/frame.h"

#define CAPTURE_ERROR_SIZE 256

struct capture;

struct capture_wish {
	const char *interface; /* or "nflog:GROUP" */
	const char *filter; /* pcap-filter(7); "" is everything */
	bool promiscuous;
	uint32_t ring_mb;
};

/* Of a live capture; all since its beginning. */
struct capture_stats {
	uint64_t received;
	uint64_t dropped; /* for want of room in the ring */
	uint64_t dropped_early; /* by the interface or its driver */
};

/* What is called for each frame; DATA lives until it returns. */
typedef void (*capture_taker)(void *ctx, const uint8_t *data, size_t len,
			      uint64_t time_ns);

/* Needs the right to capture now, and none later.  -ENODEV: there is no such
 * interface, or it is down.  -EPERM.  -E2BIG: the kernel takes no filter of
 * that length. */
__attribute__((warn_unused_result)) int
capture_open_live(struct capture **out, const struct capture_wish *wish,
		  char error[CAPTURE_ERROR_SIZE]);

/* A pcap or pcapng file; "-" is the standard input. */
__attribute__((warn_unused_result)) int
capture_open_file(struct capture **out, const char *path,
		  char error[CAPTURE_ERROR_SIZE]);

/* C may be NULL. */
void capture_close(struct capture *c);

enum frame_link capture_link(const struct capture *c);
/* The name of its link layer, for people. */
const char *capture_link_name(const struct capture *c);
/* Readable when there are frames; of a live capture. */
int capture_fd(const struct capture *c);

/*
 * Take at most COUNT frames (0: as many as come at once; of a file, all).
 * Returns how many, 0: none are there, or the file is at its end; or -errno:
 * the interface is gone, the file is damaged.
 */
int capture_read(struct capture *c, int count, capture_taker take, void *ctx,
		 char error[CAPTURE_ERROR_SIZE]);

void capture_stats(struct capture *c, struct capture_stats *out);

#endif
