/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines: the longest common subsequence, after the common head and tail are put
 * aside.  What is compared here is small, or differs in few places.
 */
#include "ctl/core/lines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* 32 MB, and less than a second. */
#define CELLS_MAX (16u << 20)

size_t lines_length(const char *line)
{
	return strcspn(line, "\n");
}

int lines_split(struct lines *out, const char *text)
{
	size_t room = 1;

	for (const char *c = text; *c; c++)
		room += *c == '\n';
	*out = (struct lines){ .at = calloc(room, sizeof(*out->at)) };
	if (!out->at)
		return -ENOMEM;
	while (*text) {
		out->at[out->count++] = text;
		text += lines_length(text);
		text += *text == '\n';
	}
	return 0;
}

void lines_fini(struct lines *lines)
{
	free(lines->at);
	*lines = (struct lines){ 0 };
}

static bool same(const char *a, const char *b)
{
	size_t len = lines_length(a);

	return len == lines_length(b) && memcmp(a, b, len) == 0;
}

/* What differs: lines FROM up to their ends. */
struct middle {
	const struct lines *a;
	const struct lines *b;
	size_t from;
	size_t a_to;
	size_t b_to;
};

static struct middle find_middle(const struct lines *a, const struct lines *b)
{
	struct middle m = { a, b, 0, a->count, b->count };

	while (m.from < m.a_to && m.from < m.b_to &&
	       same(a->at[m.from], b->at[m.from]))
		m.from++;
	while (m.a_to > m.from && m.b_to > m.from &&
	       same(a->at[m.a_to - 1], b->at[m.b_to - 1])) {
		m.a_to--;
		m.b_to--;
	}
	return m;
}

/* table[i][j]: how many lines the tails from i of A and j of B share.  NULL: it
 * would be too big. */
static uint16_t *share_table(const struct middle *m)
{
	size_t width = m->b_to - m->from + 1, height = m->a_to - m->from + 1;
	uint16_t *table;

	if (width > UINT16_MAX || height > UINT16_MAX ||
	    width * height > CELLS_MAX)
		return NULL;
	table = calloc(height * width, sizeof(*table));
	if (!table)
		return NULL;
	for (size_t i = height - 1; i-- > 0;) {
		for (size_t j = width - 1; j-- > 0;) {
			uint16_t *cell = &table[i * width + j];
			uint16_t down = cell[width], right = cell[1];

			if (same(m->a->at[m->from + i], m->b->at[m->from + j]))
				*cell = (uint16_t)(cell[width + 1] + 1);
			else
				*cell = down > right ? down : right;
		}
	}
	return table;
}

size_t lines_diff(const struct lines *old, const struct lines *next,
		  lines_tell_fn *tell, void *ctx)
{
	const struct middle m = find_middle(old, next);
	uint16_t *table = share_table(&m);
	size_t width = m.b_to - m.from + 1;
	size_t i = m.from, j = m.from, told = 0;

	while (i < m.a_to || j < m.b_to) {
		const uint16_t *cell =
			table ? &table[(i - m.from) * width + j - m.from]
			      : NULL;

		if (cell && i < m.a_to && j < m.b_to &&
		    same(old->at[i], next->at[j])) {
			i++;
			j++;
			continue;
		}
		told++;
		if (j == m.b_to ||
		    (i < m.a_to && (!cell || cell[width] >= cell[1])))
			tell(ctx, '-', i++);
		else
			tell(ctx, '+', j++);
	}
	free(table);
	return told;
}
