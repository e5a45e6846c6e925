/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_FILTER_H
#define POSTERN_SENSORS_FILTER_H

/*
 * filter: what the kernel is to hand to a sensor, in the words of
 * pcap-filter(7): the declared servers' mail and nothing else.
 *
 * It also keeps forgers out.  Somebody outside can send a whole dialogue alone,
 * both sides of it, and so have a victim banned who never sent a packet: all
 * that a capture sees of an interface looks alike.  Here what a server said
 * has to go the way that the server's packets go.
 */
#include "ctl/core/config.h"

/* The filter for a sensor on INTERFACE, for free().  NULL: no memory. */
char *filter_make(const struct config *config, const char *interface);

#endif
