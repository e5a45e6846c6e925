/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chores: class by class.
 */
#include "ctl/records/chores.h"

#include <errno.h>
#include <stdlib.h>

void chores_begin(struct chores *c)
{
	c->is_again = c->packing != 0;
	if (c->is_again)
		return;
	c->rclass = 0;
	c->is_packing = true;
	c->deleted = 0;
}

/* The oldest segment that may be packed, or 0.  The newest may not: the chain
 * goes on in it.  Nor may acts that the state is told from. */
static uint64_t find_plain(const struct chores *c)
{
	const struct books *books = c->keeping.books;
	uint64_t limit = c->rclass == CLASS_ACTS ? books->base : UINT64_MAX;
	uint64_t *numbers, found = 0;
	size_t count;

	if (folder_list(books->folders[c->rclass], &numbers, &count))
		return 0;
	for (size_t i = 0; i + 1 < count && !found; i++) {
		if (numbers[i] < limit && numbers[i] > c->failed[c->rclass])
			found = numbers[i];
	}
	free(numbers);
	return found;
}

void chores_packed(struct chores *c, int err)
{
	if (err) {
		c->error = err;
		c->failed[c->rclass] = c->packing;
	}
	c->packing = 0;
	if (c->is_again)
		c->rclass = 0;
	c->is_again = false;
}

/* Have the next segment packed.  False: there is none. */
static bool pack_more(struct chores *c)
{
	int err;

	c->packing = find_plain(c);
	if (!c->packing)
		return false;
	err = packer_start(c->packer, c->keeping.books->folders[c->rclass],
			   c->packing);
	if (err)
		chores_packed(c, err);
	return true;
}

static bool delete_more(struct chores *c, uint64_t now_ns)
{
	int got = keeping_step(&c->keeping, (enum rclass)c->rclass, now_ns);

	if (got < 0)
		c->error = got;
	if (got > 0)
		c->deleted++;
	return got > 0;
}

bool chores_step(struct chores *c, uint64_t now_ns)
{
	if (c->packing)
		return false;
	if (c->rclass == CLASS_SEALS && c->is_packing) {
		c->rclass = 0;
		c->is_packing = false;
	}
	if (c->rclass == CLASS_SEALS)
		return false;
	if (c->is_packing ? pack_more(c) : delete_more(c, now_ns))
		return true;
	c->rclass++;
	return true;
}
