/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nearest: edit distance (insert, delete, change, swap two neighbours).
 */
#include "ctl/warden/conf/nearest.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

/* No known word is longer. */
#define LENGTH_MAX 40u

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* The optimal string alignment distance; row I + 1 is that of A's byte I. */
static unsigned int distance(const char *a, size_t a_len, const char *b,
			     size_t b_len)
{
	unsigned int rows[LENGTH_MAX + 2][LENGTH_MAX + 1];

	for (size_t k = 0; k <= b_len; k++)
		rows[0][k] = (unsigned int)k;
	for (size_t i = 1; i <= a_len; i++) {
		rows[i][0] = (unsigned int)i;
		for (size_t k = 1; k <= b_len; k++) {
			unsigned int cost = a[i - 1] != b[k - 1];

			rows[i][k] = least(
				rows[i - 1][k - 1] + cost,
				least(rows[i - 1][k], rows[i][k - 1]) + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1])
				rows[i][k] = least(rows[i][k],
						   rows[i - 2][k - 2] + 1);
		}
	}
	return rows[a_len][b_len];
}

struct nearest nearest_to(const char *text)
{
	return (struct nearest){ .text = text, .distance = UINT_MAX };
}

void nearest_try(struct nearest *n, const char *candidate)
{
	size_t text_len = strlen(n->text);
	size_t len = strlen(candidate);
	unsigned int found;

	if (text_len > LENGTH_MAX || len > LENGTH_MAX)
		return;
	found = distance(n->text, text_len, candidate, len);
	if (found < n->distance) {
		n->distance = found;
		n->best = candidate;
	}
}

const char *nearest_word(const struct nearest *n)
{
	/* One slip, and another for every six characters; not every one. */
	if (!n->best || n->distance > 1 + strlen(n->best) / 6 ||
	    n->distance >= strlen(n->text))
		return NULL;
	return n->best;
}
