/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * account: a table that is full when it is full.
 */
#include "sensors/account.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define PLACES 131072u
#define ROWS   (PLACES / 2)

struct account {
	uint64_t seed;
	uint64_t left_out;
	size_t count;
	uint32_t places[PLACES]; /* row + 1 */
	struct account_row rows[ROWS];
};

struct account *account_new(void)
{
	struct account *a = calloc(1, sizeof(*a));

	if (a &&
	    getrandom(&a->seed, sizeof(a->seed), 0) != (ssize_t)sizeof(a->seed))
		abort();
	return a;
}

void account_free(struct account *a)
{
	free(a);
}

static struct account_row *take_row(struct account *a,
				    const struct event *event)
{
	uint64_t hash = prefix_hash(&event->source, a->seed) + event->sign;
	struct account_row *row;

	for (;; hash++) {
		uint32_t *place = &a->places[hash % PLACES];

		if (*place == 0) {
			if (a->count == ROWS)
				return NULL;
			*place = (uint32_t)++a->count;
			row = &a->rows[a->count - 1];
			row->source = event->source;
			row->sign = event->sign;
			row->first_ns = event->time_ns;
			return row;
		}
		row = &a->rows[*place - 1];
		if (row->sign == event->sign &&
		    prefix_equal(&row->source, &event->source))
			return row;
	}
}

void account_add(struct account *a, const struct event *event)
{
	struct account_row *row = take_row(a, event);

	if (!row) {
		a->left_out++;
		return;
	}
	row->count++;
	row->last_ns = event->time_ns;
	if (event->proof > row->proof)
		row->proof = event->proof;
	if (event->culprit > row->culprit)
		row->culprit = event->culprit;
}

static int compare(const void *a, const void *b)
{
	const struct account_row *x = a, *y = b;

	if (x->sign != y->sign)
		return x->sign < y->sign ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return prefix_compare(&x->source, &y->source);
}

/* The places point elsewhere afterwards: nothing is added any more. */
const struct account_row *account_rows(struct account *a, size_t *count)
{
	qsort(a->rows, a->count, sizeof(a->rows[0]), compare);
	*count = a->count;
	return a->rows;
}

uint64_t account_left_out(const struct account *a)
{
	return a->left_out;
}
