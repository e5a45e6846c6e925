/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_FILTER_H
#define POSTERN_SENSORS_FILTER_H

/*
 * filter: what the kernel is to hand to a sensor, in the words of
 * pcap-filter(7): the declared servers' mail, and what anybody else
 * inside sends to port 25.
 *
 * It also keeps forgers out.  Somebody outside can send a whole dialogue alone,
 * both sides of it, and so have a victim banned who never sent a packet: all
 * that a capture sees of an interface looks alike.  Here what a server said
 * has to go the way that the server's packets go.
 *
 * The kernel takes a filter of limited length.  Where addresses are too many,
 * fewer prefixes that cover them stand in their place: more is captured then
 * than is looked at.
 */
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/config.h"

/* Prefixes in a list, for a start: libpcap takes 60 ms to compile so many, and
 * minutes where all addresses of many servers are named. */
#define FILTER_PREFIXES 32u

/* The filter for a sensor on INTERFACE, with about MOST prefixes in each list,
 * for free().  NULL: no memory. */
char *filter_make(const struct config *config, const char *interface,
		  size_t most);

#endif
