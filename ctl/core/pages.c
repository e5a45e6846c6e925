/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pages: more address space than is wanted, without what stands over.
 */
#include "ctl/core/pages.h"

#include <stdint.h>
#include <sys/mman.h>

#define HUGE ((size_t)2 << 20)

static size_t whole(size_t len)
{
	return (len + HUGE - 1) & ~(HUGE - 1);
}

void *pages_new(size_t len)
{
	size_t wanted = whole(len), room = wanted + HUGE;
	uint8_t *all, *memory;
	size_t before;

	if (len == 0 || room < len)
		return NULL;
	all = mmap(NULL, room, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (all == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)all & (HUGE - 1);
	memory = all + before;
	if (before)
		munmap(all, before);
	munmap(memory + wanted, room - before - wanted);
	/* A kernel without such pages says so, and small ones will do. */
	(void)!madvise(memory, wanted, MADV_HUGEPAGE);
	return memory;
}

void pages_free(void *memory, size_t len)
{
	if (memory)
		munmap(memory, whole(len));
}
