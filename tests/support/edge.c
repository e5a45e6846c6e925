/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/edge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Bytes of whole pages for LEN bytes, without the unreadable one. */
static size_t room_for(size_t len, size_t page)
{
	return (len + page) / page * page;
}

char *edge_copy(const void *data, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = room_for(len, page);
	char *base;

	base = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED || mprotect(base + room, page, PROT_NONE) < 0)
		abort();
	if (len)
		memcpy(base + room - len, data, len);
	return base + room - len;
}

void edge_free(char *copy, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = room_for(len, page);

	munmap(copy + len - room, room + page);
}
