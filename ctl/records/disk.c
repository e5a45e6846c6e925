/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk: a rate, and what it comes to.  No system call, no clock.
 */
#include "ctl/records/disk.h"

#include "ctl/core/clock.h"

#define DAY_S	    86400ull
#define SHORT_PART  20u
#define SHORT_BYTES (1ull << 30)
/* A shorter time says nothing about a day. */
#define LEAST_S 3600u

uint64_t disk_full_ns(const struct disk_view *view)
{
	double rate, need, left_s;

	if (view->recent_s < LEAST_S || view->recent_bytes == 0)
		return 0;
	rate = (double)view->recent_bytes / (double)view->recent_s;
	need = rate * (double)(view->keep_days * DAY_S);
	if (need <= (double)(view->bytes + view->free_bytes))
		return 0;
	left_s = (double)view->free_bytes / rate;
	return view->now_ns + (uint64_t)left_s * CLOCK_NS_PER_S;
}

bool disk_is_short(const struct disk_view *view)
{
	uint64_t least = view->total_bytes / SHORT_PART;

	if (least > SHORT_BYTES)
		least = SHORT_BYTES;
	return view->free_bytes < least;
}
