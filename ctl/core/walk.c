/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk: the values that structs are made of.
 */
#include "ctl/core/walk.h"

#include <errno.h>

#include "ctl/core/config.h"

void walk_u8(struct walk *w, uint8_t *value, unsigned int limit)
{
	if (!w->reading) {
		cursor_put_u8(&w->c, *value);
		return;
	}
	*value = cursor_get_u8(&w->c);
	if (*value > limit)
		w->error = -EBADMSG;
	if (w->error || w->c.failed)
		*value = 0;
}

void walk_bool(struct walk *w, bool *value)
{
	uint8_t byte = *value;

	walk_u8(w, &byte, 1);
	*value = byte != 0;
}

void walk_u16(struct walk *w, uint16_t *value)
{
	if (w->reading)
		*value = cursor_get_u16(&w->c);
	else
		cursor_put_u16(&w->c, *value);
}

void walk_u32(struct walk *w, uint32_t *value)
{
	if (w->reading)
		*value = cursor_get_u32(&w->c);
	else
		cursor_put_u32(&w->c, *value);
}

void walk_u64(struct walk *w, uint64_t *value)
{
	if (w->reading)
		*value = cursor_get_u64(&w->c);
	else
		cursor_put_u64(&w->c, *value);
}

void walk_text(struct walk *w, char *text, size_t size)
{
	if (w->reading)
		cursor_get_text(&w->c, text, size);
	else
		cursor_put_text(&w->c, text, size);
}

void walk_prefix(struct walk *w, struct prefix *p)
{
	if (w->reading)
		cursor_get_prefix(&w->c, p);
	else
		cursor_put_prefix(&w->c, p);
}

void walk_prefixes(struct walk *w, struct prefix *list, uint8_t *count)
{
	walk_u8(w, count, CONFIG_ADDRESSES_MAX);
	for (uint8_t i = 0; i < *count; i++)
		walk_prefix(w, &list[i]);
}

void walk_set(struct walk *w, struct prefixset *set)
{
	uint32_t count = (uint32_t)set->count;

	walk_u32(w, &count);
	for (uint32_t i = 0; i < count; i++) {
		struct prefix p = { 0 };

		if (!w->reading)
			p = set->items[i];
		walk_prefix(w, &p);
		if (w->c.failed || w->error)
			return;
		if (w->reading)
			w->error = prefixset_add(set, &p);
	}
	if (w->reading)
		prefixset_seal(set);
}
