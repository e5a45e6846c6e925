/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensors/dialogue/gather.h"

#include <string.h>
#include <strings.h>

void gather_reset(struct gather *g)
{
	*g = (struct gather){ 0 };
}

static void keep(struct gather *g, uint8_t *room, size_t size,
		 const uint8_t *bytes, size_t len)
{
	size_t n = size - g->kept;

	if (n > len)
		n = len;
	memcpy(room + g->kept, bytes, n);
	g->kept = (uint16_t)(g->kept + n);
}

/* A line without end wraps no counter. */
static void grow(struct gather *g, size_t len)
{
	g->len = len > UINT32_MAX / 2 - g->len ? UINT32_MAX / 2
					       : g->len + (uint32_t)len;
}

size_t gather_take(struct gather *g, uint8_t *room, size_t size,
		   const uint8_t *bytes, size_t len, uint64_t now_ns,
		   struct line *out, bool *done)
{
	const uint8_t *end = memchr(bytes, '\n', len);
	size_t n = end ? (size_t)(end - bytes) : len;

	*done = end != NULL;
	if (g->len == 0)
		g->start_ns = now_ns;
	if (n > 0)
		g->cr = bytes[n - 1] == '\r';
	if (!end || g->len > 0) {
		keep(g, room, size, bytes, n);
		grow(g, n);
		out->text = room;
		out->len = g->kept;
	} else {
		grow(g, n);
		out->text = bytes;
		out->len = n < size ? n : size;
	}
	if (!end)
		return n;
	out->whole = g->len - (g->cr ? 1u : 0u);
	if (out->len > out->whole)
		out->len = out->whole;
	out->bare = !g->cr;
	out->start_ns = g->start_ns;
	gather_reset(g);
	return n + 1;
}

bool line_begins(const struct line *line, const char *word)
{
	size_t len;

	/* Most words differ in their first letter. */
	if (line->len == 0 || ((line->text[0] ^ (uint8_t)*word) & 0xdf))
		return false;
	len = strlen(word);
	return line->len >= len &&
	       strncasecmp((const char *)line->text, word, len) == 0;
}
