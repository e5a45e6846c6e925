/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_CAPPING_H
#define POSTERN_DAEMON_CAPPING_H

/*
 * capping: how much may be banned in a minute without a person.
 *
 * A rule that is wrong, or a feed that lies, shall not shut out the Internet.
 * What a minute may take is counted, in bans and in addresses; above it a
 * prefix needs twice the points, above twice that four times, and so on: the
 * worst still go.  Reads no clock.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/config.h"

struct capping {
	uint32_t minute;
	uint64_t bans; /* in this minute */
	uint64_t space;
	uint64_t held; /* decisions that were not taken, ever */
};

/* IPv4 addresses, or /64 of IPv6, that P is; at least 1. */
uint64_t capping_space(const struct prefix *p);

/*
 * May P be banned at NOW_S, with POINTS where NEEDED would do?  If so it
 * counts.  Not: it is to go on until it is among the worst.
 */
bool capping_take(struct capping *c, const struct cap *cap,
		  const struct prefix *p, uint64_t points, uint64_t needed,
		  uint32_t now_s);

/* Is this minute's measure full? */
bool capping_is_full(const struct capping *c, const struct cap *cap,
		     uint32_t now_s);

#endif
