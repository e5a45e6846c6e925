/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_PAGES_H
#define POSTERN_SENSORS_PAGES_H

/*
 * pages: the memory in which bytes of all streams wait, made at start.
 *
 * A page holds an aligned piece of one stream, so that a byte has its place
 * wherever it came from, one bit says that it is there, and a million
 * segments of one byte take no more room than one of a million bytes.
 */
#include <stdint.h>

#include "sensors/hash.h"

#define PAGE_BITS  11u
#define PAGE_SIZE  (1u << PAGE_BITS)
#define PAGE_WORDS (PAGE_SIZE / 64)
#define PAGE_MARKS 32u

/* No page. */
#define PAGE_NONE UINT32_MAX

struct page {
	uint64_t number; /* of the piece: its offset by PAGE_SIZE */
	uint32_t owner; /* which stream */
	uint32_t chain; /* next of the same hash */
	uint32_t prev; /* of the same stream */
	uint32_t next;
	/* From this byte on, the sender had read its peer up to ACK. */
	uint32_t mark_ack[PAGE_MARKS];
	uint16_t mark_at[PAGE_MARKS];
	uint8_t mark_count;
	uint64_t there[PAGE_WORDS]; /* bit by byte */
	uint64_t doubtful[PAGE_WORDS]; /* a better copy may come */
	uint64_t starts[PAGE_WORDS]; /* a segment began here */
	uint8_t data[PAGE_SIZE];
};

struct pages;

/* NULL: no memory.  The caller gives it to pages_free(). */
struct pages *pages_new(uint32_t count, struct hash_key key);
void pages_free(struct pages *p);

uint32_t pages_left(const struct pages *p);

/* Page NUMBER of OWNER, or NULL.  Quicker where HINT is its index; it may be
 * anything. */
struct page *pages_find(struct pages *p, uint32_t owner, uint64_t number,
			uint32_t hint);
uint32_t pages_index(const struct pages *p, const struct page *page);

/* A fresh one, which must not be there yet, put in front of the list that
 * begins at *LIST.  NULL: none is left. */
struct page *pages_take(struct pages *p, uint32_t owner, uint64_t number,
			uint32_t *list);
void pages_give(struct pages *p, struct page *page, uint32_t *list);

/* By its number in a list. */
struct page *pages_at(struct pages *p, uint32_t index);

#endif
