/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stock: a place per file, found by its number; the quietest is searched for
 * only when there is no room, once for a chunk.
 */
#include "sensors/virus/stock.h"

#include <stdlib.h>
#include <string.h>

struct stock {
	size_t chunks;
	size_t used;
	size_t largest;
	uint64_t now; /* counts what is done */
	void (*lost)(void *ctx, uint64_t number);
	void *ctx;
	struct stock_file files[STOCK_FILES];
};

struct stock *stock_new(size_t chunks, size_t largest,
			void (*lost)(void *ctx, uint64_t number), void *ctx)
{
	struct stock *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->chunks = chunks;
	s->largest = largest;
	s->lost = lost;
	s->ctx = ctx;
	return s;
}

static void drop_bytes(struct stock *s, struct stock_file *file)
{
	while (file->first) {
		struct stock_chunk *chunk = file->first;

		file->first = chunk->next;
		free(chunk);
		s->used--;
	}
	file->last = NULL;
}

void stock_free(struct stock *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < STOCK_FILES; i++)
		drop_bytes(s, &s->files[i]);
	free(s);
}

void stock_done(struct stock *s, struct stock_file *file)
{
	drop_bytes(s, file);
	*file = (struct stock_file){ 0 };
}

/* Its place stays taken until its end has come, where that is still to come. */
static void give_up(struct stock *s, struct stock_file *file)
{
	uint64_t number = file->number;
	bool ready = file->ready;

	stock_done(s, file);
	if (!ready)
		*file = (struct stock_file){ .number = number,
					     .given_up = true };
	s->lost(s->ctx, number);
}

static struct stock_file *quietest(struct stock *s)
{
	struct stock_file *found = NULL;

	for (size_t i = 0; i < STOCK_FILES; i++) {
		struct stock_file *f = &s->files[i];

		if (f->first && !f->taken &&
		    (!found || f->touched < found->touched))
			found = f;
	}
	return found;
}

static struct stock_chunk *new_chunk(struct stock *s)
{
	struct stock_file *quiet;
	struct stock_chunk *chunk;

	while (s->used >= s->chunks) {
		quiet = quietest(s);
		if (!quiet)
			return NULL;
		give_up(s, quiet);
	}
	chunk = malloc(sizeof(*chunk));
	if (!chunk)
		return NULL;
	chunk->next = NULL;
	chunk->len = 0;
	s->used++;
	return chunk;
}

/* False: FILE is no more. */
static bool extend(struct stock *s, struct stock_file *file)
{
	struct stock_chunk *chunk = new_chunk(s);

	/* To make room, it may itself have been the quietest. */
	if (file->given_up) {
		if (chunk)
			s->used--;
		free(chunk);
		return false;
	}
	if (!chunk) {
		give_up(s, file);
		return false;
	}
	if (file->last)
		file->last->next = chunk;
	else
		file->first = chunk;
	file->last = chunk;
	return true;
}

static struct stock_file *place_of(struct stock *s, uint64_t number)
{
	struct stock_file *file = &s->files[number % STOCK_FILES];

	if (file->number == number)
		return file;
	if (file->taken)
		return NULL;
	/* Who numbers files has forgotten the one that was here. */
	stock_done(s, file);
	file->number = number;
	return file;
}

void stock_add(struct stock *s, uint64_t number, const uint8_t *bytes,
	       size_t len)
{
	struct stock_file *file = place_of(s, number);

	if (!file) {
		s->lost(s->ctx, number);
		return;
	}
	if (file->given_up || file->ready)
		return;
	if (len > s->largest - file->len) {
		give_up(s, file);
		return;
	}
	file->touched = ++s->now;
	file->len += len;
	while (len > 0) {
		size_t n;

		if ((!file->last || file->last->len == STOCK_CHUNK) &&
		    !extend(s, file))
			return;
		n = STOCK_CHUNK - file->last->len;
		if (n > len)
			n = len;
		memcpy(file->last->bytes + file->last->len, bytes, n);
		file->last->len += n;
		bytes += n;
		len -= n;
	}
}

void stock_end(struct stock *s, uint64_t number, bool whole)
{
	struct stock_file *file = &s->files[number % STOCK_FILES];

	if (file->number != number || file->ready)
		return;
	file->touched = ++s->now;
	if (whole && !file->given_up)
		file->ready = true;
	else
		stock_done(s, file);
}

struct stock_file *stock_take(struct stock *s)
{
	struct stock_file *found = NULL;

	for (size_t i = 0; i < STOCK_FILES; i++) {
		struct stock_file *f = &s->files[i];

		if (f->ready && !f->taken &&
		    (!found || f->touched < found->touched))
			found = f;
	}
	if (found)
		found->taken = true;
	return found;
}

void stock_return(struct stock *s, struct stock_file *file)
{
	(void)s;
	file->taken = false;
}

void stock_clear(struct stock *s)
{
	for (size_t i = 0; i < STOCK_FILES; i++) {
		if (!s->files[i].taken)
			stock_done(s, &s->files[i]);
	}
}

size_t stock_chunks(const struct stock *s)
{
	return s->used;
}
