/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capping: a measure per minute.
 */
#include "ctl/daemon/capping.h"

#define MINUTE_S 60u
/* Doublings beyond which nothing reaches. */
#define DOUBLINGS_MAX 20u

uint64_t capping_space(const struct prefix *p)
{
	unsigned int bits = p->family == PREFIX_IP6 ? 64 : 32;

	return p->length >= bits ? 1 : 1ull << (bits - p->length);
}

static void turn(struct capping *c, uint32_t now_s)
{
	if (c->minute == now_s / MINUTE_S)
		return;
	c->minute = now_s / MINUTE_S;
	c->bans = 0;
	c->space = 0;
}

/* How many whole measures are used; no limit: none. */
static uint64_t measures(uint64_t used, uint64_t limit)
{
	return limit ? used / limit : 0;
}

static uint64_t doublings(const struct capping *c, const struct cap *cap)
{
	uint64_t by_bans = measures(c->bans, cap->bans);
	uint64_t by_space = measures(c->space, cap->space);
	uint64_t most = by_bans > by_space ? by_bans : by_space;

	return most < DOUBLINGS_MAX ? most : DOUBLINGS_MAX;
}

bool capping_take(struct capping *c, const struct cap *cap,
		  const struct prefix *p, uint64_t points, uint64_t needed,
		  uint32_t now_s)
{
	turn(c, now_s);
	if (points < needed << doublings(c, cap)) {
		c->held++;
		return false;
	}
	c->bans++;
	c->space += capping_space(p);
	return true;
}

bool capping_is_full(const struct capping *c, const struct cap *cap,
		     uint32_t now_s)
{
	return c->minute == now_s / MINUTE_S && doublings(c, cap) > 0;
}
