/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: each line under the one that opens its block.
 */
#include "ctl/cli/diff.h"

#include <stdio.h>
#include <string.h>

#include "ctl/cli/show.h"
#include "ctl/core/lines.h"

static int same(const char *a, const char *b)
{
	size_t len = lines_length(a);

	return len == lines_length(b) && memcmp(a, b, len) == 0;
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
	const struct lines *old;
	const struct lines *next;
	const char *block; /* the one that was named last */
};

static void print_line(void *ctx, char sign, size_t number)
{
	struct printing *p = ctx;
	const struct lines *lines = sign == '+' ? p->next : p->old;
	const char *block = block_of(lines, number);
	const char *line = lines->at[number];

	if (block && (!p->block || !same(block, p->block)))
		printf("%s%.*s%s\n", show_begin(SHOW_BOLD),
		       (int)lines_length(block), block, show_end());
	/* What follows stands in it, and it was shown just now. */
	p->block = opens(line) > 0 ? line : block;
	printf("%s%c%.*s%s\n", show_begin(sign == '+' ? SHOW_GREEN : SHOW_RED),
	       sign, (int)lines_length(line), line, show_end());
}

size_t diff_print(const char *old_text, const char *new_text)
{
	struct lines old = { 0 }, next = { 0 };
	struct printing p = { .old = &old, .next = &next };
	size_t changed = 0;

	if (lines_split(&old, old_text) == 0 &&
	    lines_split(&next, new_text) == 0)
		changed = lines_diff(&old, &next, print_line, &p);
	lines_fini(&old);
	lines_fini(&next);
	return changed;
}
