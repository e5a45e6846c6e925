/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_SENSORS_STOCK_H
#define POSTERN_SENSORS_STOCK_H

/*
 * stock: files that are being collected, and those that wait to be looked at.
 *
 * A fixed number of files, a bounded number of bytes.  When there is no room,
 * the file that was quiet the longest goes: who sends many files slowly makes
 * only these blind.  No system call but for memory.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STOCK_FILES 256u /* a number's place is its remainder by this */
#define STOCK_CHUNK 16384u

struct stock_chunk {
	struct stock_chunk *next;
	size_t len;
	uint8_t bytes[STOCK_CHUNK];
};

struct stock_file {
	uint64_t number;
	struct stock_chunk *first;
	struct stock_chunk *last;
	size_t len;
	uint64_t touched; /* counts up */
	bool ready; /* whole */
	bool taken; /* by somebody: it cannot go */
	bool given_up; /* more of it will come, and is not wanted */
	uint8_t tries; /* the taker's own */
};

struct stock;

/* Room for CHUNKS chunks; no file is longer than LARGEST bytes.  LOST hears of
 * each file that had to go.  NULL: no memory. */
struct stock *stock_new(size_t chunks, size_t largest,
			void (*lost)(void *ctx, uint64_t number), void *ctx);
void stock_free(struct stock *s);

/* More of file NUMBER, which may begin with this. */
void stock_add(struct stock *s, uint64_t number, const uint8_t *bytes,
	       size_t len);
/* It is whole, or will never be. */
void stock_end(struct stock *s, uint64_t number, bool whole);

/* Take the file that has waited the longest; NULL: none. */
struct stock_file *stock_take(struct stock *s);
/* It is done with, or is to wait again. */
void stock_done(struct stock *s, struct stock_file *file);
void stock_return(struct stock *s, struct stock_file *file);

/* Forget all but what is taken. */
void stock_clear(struct stock *s);

size_t stock_chunks(const struct stock *s); /* in use */

#endif
