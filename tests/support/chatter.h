/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_CHATTER_H
#define POSTERN_TESTS_CHATTER_H

/*
 * chatter: any bytes as a dialogue, for fuzz targets.
 *
 * The client begins.  0xff: the other side goes on; 0xfe: a gap; 0xfd: a
 * second later; 0xfc and a byte: that byte.  Everything else is said.  Played
 * twice, whole and byte by byte; ends the program when the events differ.
 */
#include <stddef.h>
#include <stdint.h>

void chatter_play(const uint8_t *data, size_t len, uint16_t port,
		  const char *proxy);

#endif
