/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cover: neighbours in the order of addresses are joined.
 */
#include "sensors/cover.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

/* How many bits A and B, of one family, begin with alike. */
static unsigned int common_bits(const struct prefix *a, const struct prefix *b)
{
	unsigned int most = a->length < b->length ? a->length : b->length;
	unsigned int bits = 0;

	while (bits < most && a->addr[bits / 8] == b->addr[bits / 8])
		bits += 8;
	if (bits < most)
		bits += (unsigned int)__builtin_clz(
				(unsigned int)(a->addr[bits / 8] ^
					       b->addr[bits / 8])) -
			24;
	return bits < most ? bits : most;
}

/* Drop what the one before it contains. */
static size_t drop_inner(struct prefix *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !prefix_contains(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	}
	return kept;
}

/* Join the two that are nearest.  False: no two are of one family. */
static bool join(struct prefix *list, size_t count)
{
	size_t best = 0;
	int most = -1;

	for (size_t i = 1; i < count; i++) {
		int bits;

		if (list[i - 1].family != list[i].family)
			continue;
		bits = (int)common_bits(&list[i - 1], &list[i]);
		/* The bits that they lack count: families differ in length. */
		bits += list[i].family == PREFIX_IP4 ? 96 : 0;
		if (bits > most) {
			most = bits;
			best = i;
		}
	}
	if (most < 0)
		return false;
	list[best - 1] = prefix_truncate(
		&list[best], common_bits(&list[best - 1], &list[best]));
	return true;
}

size_t cover_few(struct prefix *list, size_t count, size_t most)
{
	qsort(list, count, sizeof(list[0]), compare);
	count = drop_inner(list, count);
	while (count > most && join(list, count))
		count = drop_inner(list, count);
	return count;
}
