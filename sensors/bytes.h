/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_BYTES_H
#define POSTERN_SENSORS_BYTES_H

/*
 * bytes: numbers in network byte order, at any address; and the arithmetic of
 * TCP's sequence numbers, which wrap around (RFC 9293 section 3.4).
 */
#include <stdbool.h>
#include <stdint.h>

static inline uint16_t bytes_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t bytes_u32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/* How far A is behind B; negative: before it. */
static inline int32_t seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static inline bool seq_before(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) < 0;
}

#endif
