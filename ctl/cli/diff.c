/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: the longest common subsequence of lines, after the common head and tail
 * are put aside.  Rulesets are small; where two were not, all of the middle
 * would be shown as changed.
 */
#include "ctl/cli/diff.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cli/show.h"

#define LINES_MAX 8192u

struct lines {
	const char *text;
	const char **at;
	size_t count;
};

static size_t length(const char *line)
{
	return strcspn(line, "\n");
}

static int split(struct lines *lines, const char *text)
{
	size_t room = 1;

	for (const char *c = text; *c; c++)
		room += *c == '\n';
	*lines = (struct lines){ .text = text };
	lines->at = calloc(room, sizeof(*lines->at));
	if (!lines->at)
		return -1;
	while (*text) {
		lines->at[lines->count++] = text;
		text += length(text);
		text += *text == '\n';
	}
	return 0;
}

static int same(const char *a, const char *b)
{
	size_t len = length(a);

	return len == length(b) && memcmp(a, b, len) == 0;
}

/* How many more blocks LINE opens than it closes. */
static int opens(const char *line)
{
	int net = 0;

	for (; *line && *line != '\n'; line++)
		net += (*line == '{') - (*line == '}');
	return net;
}

/* The line that opens the block that line NUMBER stands in, or NULL. */
static const char *block_of(const struct lines *lines, size_t number)
{
	int closed = 0;

	while (number-- > 0) {
		closed -= opens(lines->at[number]);
		if (closed < 0)
			return lines->at[number];
	}
	return NULL;
}

struct printing {
	const struct lines *a;
	const struct lines *b;
	const char *block; /* the one that was named last */
	size_t changed;
};

static void print_line(struct printing *p, const struct lines *lines,
		       size_t number, char sign)
{
	const char *block = block_of(lines, number);
	const char *line = lines->at[number];

	if (block && (!p->block || !same(block, p->block)))
		printf("%s%.*s%s\n", show_begin(SHOW_BOLD), (int)length(block),
		       block, show_end());
	/* What follows stands in it, and it was shown just now. */
	p->block = opens(line) > 0 ? line : block;
	printf("%s%c%.*s%s\n", show_begin(sign == '+' ? SHOW_GREEN : SHOW_RED),
	       sign, (int)length(line), line, show_end());
	p->changed++;
}

/* table[i][j]: how many lines the tails from i of A and j of B share. */
static uint16_t *share_table(const struct lines *a, const struct lines *b,
			     size_t from, size_t a_to, size_t b_to)
{
	size_t width = b_to - from + 1;
	uint16_t *table = calloc((a_to - from + 1) * width, sizeof(*table));

	if (!table)
		return NULL;
	for (size_t i = a_to; i-- > from;) {
		for (size_t j = b_to; j-- > from;) {
			uint16_t *cell = &table[(i - from) * width + j - from];
			uint16_t down = cell[width], right = cell[1];

			if (same(a->at[i], b->at[j]))
				*cell = (uint16_t)(cell[width + 1] + 1);
			else
				*cell = down > right ? down : right;
		}
	}
	return table;
}

static void print_middle(struct printing *p, size_t from, size_t a_to,
			 size_t b_to)
{
	size_t width = b_to - from + 1;
	uint16_t *table = NULL;
	size_t i = from, j = from;

	if (a_to - from < LINES_MAX && b_to - from < LINES_MAX)
		table = share_table(p->a, p->b, from, a_to, b_to);
	while (i < a_to || j < b_to) {
		const uint16_t *cell =
			table ? &table[(i - from) * width + j - from] : NULL;

		if (table && i < a_to && j < b_to &&
		    same(p->a->at[i], p->b->at[j])) {
			i++;
			j++;
		} else if (j == b_to ||
			   (i < a_to && (!cell || cell[width] >= cell[1]))) {
			print_line(p, p->a, i++, '-');
		} else {
			print_line(p, p->b, j++, '+');
		}
	}
	free(table);
}

size_t diff_print(const char *old_text, const char *new_text)
{
	struct lines a = { 0 }, b = { 0 };
	struct printing p = { .a = &a, .b = &b };
	size_t from = 0, a_to, b_to;

	if (split(&a, old_text) == 0 && split(&b, new_text) == 0) {
		a_to = a.count;
		b_to = b.count;
		while (from < a_to && from < b_to &&
		       same(a.at[from], b.at[from]))
			from++;
		while (a_to > from && b_to > from &&
		       same(a.at[a_to - 1], b.at[b_to - 1])) {
			a_to--;
			b_to--;
		}
		print_middle(&p, from, a_to, b_to);
	}
	free(a.at);
	free(b.at);
	return p.changed;
}
