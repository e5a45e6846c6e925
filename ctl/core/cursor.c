/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cursor: bounds-checked fields.  Knows bytes; knows no message.
 */
#include "ctl/core/cursor.h"

#include "ctl/core/prefix.h"

struct cursor cursor_over(void *data, size_t len)
{
	uint8_t *bytes = data;

	return (struct cursor){ .at = bytes, .end = bytes + len };
}

struct cursor cursor_reading(const void *data, size_t len)
{
	/* The get functions below never write through it. */
	return cursor_over((void *)(uintptr_t)data, len);
}

void cursor_put_text(struct cursor *c, const char *text, size_t size)
{
	uint8_t *to = cursor_take(c, size);
	size_t len;

	if (!to)
		return;
	len = strnlen(text, size - 1);
	memcpy(to, text, len);
	memset(to + len, 0, size - len);
}

void cursor_put_prefix(struct cursor *c, const struct prefix *p)
{
	cursor_put_u8(c, p->family);
	cursor_put_u8(c, p->length);
	cursor_put_bytes(c, p->addr, sizeof(p->addr));
}

void cursor_put_zeros(struct cursor *c, size_t len)
{
	uint8_t *to = cursor_take(c, len);

	if (to)
		memset(to, 0, len);
}

bool cursor_get_bool(struct cursor *c)
{
	return cursor_get_enum(c, 2) != 0;
}

uint8_t cursor_get_enum(struct cursor *c, unsigned int count)
{
	uint8_t value = cursor_get_u8(c);

	if (value >= count) {
		c->failed = true;
		return 0;
	}
	return value;
}

void cursor_get_text(struct cursor *c, char *out, size_t size)
{
	size_t len;

	cursor_get_bytes(c, out, size);
	len = strnlen(out, size);
	/* All behind the first zero is zero, too: each equals its neighbour. */
	if (len == size ||
	    memcmp(out + len, out + len + 1, size - len - 1) != 0)
		c->failed = true;
	if (c->failed)
		memset(out, 0, size);
}

void cursor_get_prefix(struct cursor *c, struct prefix *out)
{
	static const struct prefix none;
	struct prefix p = { 0 };

	p.family = cursor_get_u8(c);
	p.length = cursor_get_u8(c);
	cursor_get_bytes(c, p.addr, sizeof(p.addr));
	if (!prefix_equal(&p, &none) && !prefix_is_valid(&p))
		c->failed = true;
	*out = c->failed ? none : p;
}

void cursor_get_zeros(struct cursor *c, size_t len)
{
	const uint8_t *from = cursor_take(c, len);

	for (size_t i = 0; from && i < len; i++) {
		if (from[i] != 0)
			c->failed = true;
	}
}

size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

bool cursor_done(const struct cursor *c)
{
	return !c->failed && c->at == c->end;
}
