/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pages: an array, a list of what is free, and chains by hash.
 */
#include "sensors/pages.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct pages {
	struct hash_key key;
	uint32_t count;
	uint32_t fresh; /* this one and those behind it were never used */
	uint32_t free; /* chain of those that came back */
	uint32_t left;
	uint32_t mask;
	uint32_t *heads;
	struct page *items;
};

struct pages *pages_new(uint32_t count, struct hash_key key)
{
	struct pages *p = calloc(1, sizeof(*p));
	uint32_t heads = 1024;

	while (heads < count)
		heads *= 2;
	if (!p)
		return NULL;
	p->items = calloc(count, sizeof(*p->items));
	p->heads = malloc(heads * sizeof(*p->heads));
	if (!p->items || !p->heads) {
		pages_free(p);
		return NULL;
	}
	memset(p->heads, 0xff, heads * sizeof(*p->heads));
	p->key = key;
	p->count = count;
	p->left = count;
	p->mask = heads - 1;
	p->free = PAGE_NONE;
	return p;
}

void pages_free(struct pages *p)
{
	if (!p)
		return;
	free(p->items);
	free(p->heads);
	free(p);
}

uint32_t pages_left(const struct pages *p)
{
	return p->left;
}

struct page *pages_at(struct pages *p, uint32_t index)
{
	return &p->items[index];
}

static uint32_t *head_of(struct pages *p, uint32_t owner, uint64_t number)
{
	uint64_t hash =
		hash_fold((number << 24 ^ owner) ^ p->key.a, p->key.b | 1);

	return &p->heads[(hash ^ hash >> 32) & p->mask];
}

static bool is_page(const struct page *page, uint32_t owner, uint64_t number)
{
	return page->number == number && page->owner == owner;
}

struct page *pages_find(struct pages *p, uint32_t owner, uint64_t number,
			uint32_t hint)
{
	uint32_t at;

	if (hint < p->fresh && is_page(&p->items[hint], owner, number))
		return &p->items[hint];
	for (at = *head_of(p, owner, number); at != PAGE_NONE;
	     at = p->items[at].chain) {
		if (is_page(&p->items[at], owner, number))
			return &p->items[at];
	}
	return NULL;
}

uint32_t pages_index(const struct pages *p, const struct page *page)
{
	return (uint32_t)(page - p->items);
}

struct page *pages_take(struct pages *p, uint32_t owner, uint64_t number,
			uint32_t *list)
{
	uint32_t *head, index;
	struct page *page;

	if (p->free != PAGE_NONE) {
		index = p->free;
		p->free = p->items[index].chain;
	} else if (p->fresh < p->count) {
		index = p->fresh++;
	} else {
		return NULL;
	}
	p->left--;
	page = &p->items[index];
	memset(page, 0, offsetof(struct page, data));
	head = head_of(p, owner, number);
	page->number = number;
	page->owner = owner;
	page->chain = *head;
	*head = index;
	page->prev = PAGE_NONE;
	page->next = *list;
	if (*list != PAGE_NONE)
		p->items[*list].prev = index;
	*list = index;
	return page;
}

static void unchain(struct pages *p, const struct page *page, uint32_t index)
{
	uint32_t *at = head_of(p, page->owner, page->number);

	while (*at != index)
		at = &p->items[*at].chain;
	*at = page->chain;
}

void pages_give(struct pages *p, struct page *page, uint32_t *list)
{
	uint32_t index = (uint32_t)(page - p->items);

	unchain(p, page, index);
	if (page->next != PAGE_NONE)
		p->items[page->next].prev = page->prev;
	if (page->prev != PAGE_NONE)
		p->items[page->prev].next = page->next;
	else
		*list = page->next;
	page->owner = PAGE_NONE; /* no hint leads here */
	page->chain = p->free;
	p->free = index;
	p->left++;
}
