/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_CORE_FNV_H
#define POSTERN_CORE_FNV_H

/*
 * fnv: FNV-1a, 64 bits (draft-eastlake-fnv): tells one text from another where
 * nobody gains by two that have the same.
 */
#include <stddef.h>
#include <stdint.h>

#define FNV_BEGIN 0xcbf29ce484222325u

/* HASH, or FNV_BEGIN, with LEN bytes more. */
static inline uint64_t fnv_add(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash;
}

#endif
