/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lengths: sorted lists, which change seldom.
 */
#include "ctl/daemon/lengths.h"

#include <string.h>

/* Where LENGTH is in LIST, or would be. */
static uint8_t place_of(const struct lengths_list *list, uint8_t length)
{
	uint8_t at = 0;

	while (at < list->count && list->items[at] < length)
		at++;
	return at;
}

void lengths_add(struct lengths *lengths, const struct prefix *p)
{
	struct lengths_list *list = &lengths->families[p->family == PREFIX_IP6];
	uint8_t at;

	if (list->prefixes[p->length]++)
		return;
	at = place_of(list, p->length);
	memmove(&list->items[at + 1], &list->items[at],
		(size_t)(list->count - at));
	list->items[at] = p->length;
	list->count++;
	lengths->shape++;
}

void lengths_remove(struct lengths *lengths, const struct prefix *p)
{
	struct lengths_list *list = &lengths->families[p->family == PREFIX_IP6];
	uint8_t at;

	if (--list->prefixes[p->length])
		return;
	at = place_of(list, p->length);
	list->count--;
	memmove(&list->items[at], &list->items[at + 1],
		(size_t)(list->count - at));
	lengths->shape++;
}
