/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_RECORDS_DISK_H
#define POSTERN_RECORDS_DISK_H

/*
 * disk: how long there is room.
 */
#include <stdbool.h>
#include <stdint.h>

/* What is known when the question is asked. */
struct disk_view {
	uint64_t now_ns; /* UTC */
	uint64_t bytes; /* of all records */
	uint64_t recent_bytes; /* of them, written in the last RECENT_S */
	uint64_t recent_s; /* up to a week */
	uint64_t free_bytes;
	uint64_t total_bytes; /* of the file system */
	uint32_t keep_days; /* the longest period of a class */
};

/*
 * When the disk will be full if as much is written as lately; 0: never, since
 * as much will be deleted by then, or nobody can know yet.
 */
uint64_t disk_full_ns(const struct disk_view *view);

/* There is so little left that less must be written: a twentieth, and 1 GiB at
 * most. */
bool disk_is_short(const struct disk_view *view);

#endif
