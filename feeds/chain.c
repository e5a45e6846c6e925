/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain: an array in which the files of a log stand from the oldest to the
 * newest.  Logs do not stand in any order.
 */
#include "feeds/chain.h"

#include <errno.h>
#include <string.h>

#include "feeds/age.h"

void chain_fini(struct chain *c)
{
	for (size_t i = 0; i < c->count; i++)
		file_free(c->files[i]);
	c->count = 0;
}

static bool is_stream(const struct chain *c, uint16_t number)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->files[i]->reading.stream == number)
			return true;
	}
	return false;
}

uint16_t chain_new_stream(const struct chain *c)
{
	for (uint16_t number = 1; number <= CHAIN_FILES_MAX; number++) {
		if (!is_stream(c, number))
			return number;
	}
	return 0;
}

static size_t index_of(const struct chain *c, const struct file *f)
{
	size_t i = 0;

	while (i < c->count && c->files[i] != f)
		i++;
	return i;
}

int chain_add(struct chain *c, struct file *f, const struct file *before)
{
	size_t at = before ? index_of(c, before) : c->count;

	if (c->count == CHAIN_FILES_MAX)
		return -EMFILE;
	f->reading.stream = chain_new_stream(c);
	memmove(&c->files[at + 1], &c->files[at],
		(c->count - at) * sizeof(struct file *));
	c->files[at] = f;
	c->count++;
	return 0;
}

void chain_remove(struct chain *c, struct file *f)
{
	size_t at = index_of(c, f);

	if (at == c->count)
		return;
	chain_remember(c, f);
	c->count--;
	memmove(&c->files[at], &c->files[at + 1],
		(c->count - at) * sizeof(struct file *));
	file_free(f);
}

struct file *chain_find_inode(const struct chain *c, uint64_t device,
			      uint64_t inode)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct position *p = &c->files[i]->reading.position;

		if (p->inode == inode && p->device == device)
			return c->files[i];
	}
	return NULL;
}

struct file *chain_find_watch(const struct chain *c, int watch)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->files[i]->watch == watch)
			return c->files[i];
	}
	return NULL;
}

static bool is_same_log(const struct file *a, const struct file *b)
{
	return strcmp(a->reading.file, b->reading.file) == 0;
}

struct file *chain_newest(const struct chain *c, const char *name)
{
	for (size_t i = c->count; i > 0; i--) {
		if (strcmp(c->files[i - 1]->reading.file, name) == 0)
			return c->files[i - 1];
	}
	return NULL;
}

struct file *chain_predecessor(const struct chain *c, const struct file *f)
{
	for (size_t i = index_of(c, f); i > 0; i--) {
		if (is_same_log(c->files[i - 1], f))
			return c->files[i - 1];
	}
	return NULL;
}

struct file *chain_successor(const struct chain *c, const struct file *f)
{
	for (size_t i = index_of(c, f) + 1; i < c->count; i++) {
		if (is_same_log(c->files[i], f))
			return c->files[i];
	}
	return NULL;
}

bool chain_is_turn(const struct chain *c, const struct file *f)
{
	for (size_t i = 0; i < c->count && c->files[i] != f; i++) {
		if (c->files[i]->ready && is_same_log(c->files[i], f))
			return false;
	}
	return true;
}

struct file *chain_next(const struct chain *c, const struct file *after)
{
	size_t start = after ? index_of(c, after) + 1 : 0;

	for (size_t i = 0; i < c->count; i++) {
		struct file *f = c->files[(start + i) % c->count];

		if (f->ready && chain_is_turn(c, f))
			return f;
	}
	return NULL;
}

static size_t memory_count(const struct chain *c)
{
	return c->remembered < CHAIN_MEMORY_MAX ? c->remembered
						: CHAIN_MEMORY_MAX;
}

/* The same file, or a copy: both begin with what is known of it. */
static bool is_copy(const struct position *known, const struct file *f)
{
	return known->head_len >= HEAD_ENOUGH && head_fits(&f->head, known);
}

/* Few bytes are the same in many files, and an inode alone would tell of
 * whoever got it next. */
static bool is_same(const struct chain_memory *m, const struct file *f,
		    int64_t age_ns)
{
	return m->position.head_len < HEAD_ENOUGH &&
	       m->position.inode == f->reading.position.inode &&
	       m->age_ns == age_ns;
}

static bool is_remembered(const struct chain *c, const struct file *f,
			  int64_t age_ns)
{
	for (size_t i = 0; i < memory_count(c); i++) {
		if (is_copy(&c->memory[i].position, f) ||
		    is_same(&c->memory[i], f, age_ns))
			return true;
	}
	return false;
}

void chain_remember(struct chain *c, const struct file *f)
{
	int64_t age_ns = age_of_fd(f->fd);
	struct chain_memory *m;

	if (is_remembered(c, f, age_ns))
		return;
	m = &c->memory[c->remembered++ % CHAIN_MEMORY_MAX];
	m->position = f->reading.position;
	m->age_ns = age_ns;
	memcpy(m->log, f->reading.file, sizeof(m->log));
}

bool chain_knows(const struct chain *c, const struct file *f)
{
	for (size_t i = 0; i < c->count; i++) {
		if (is_copy(&c->files[i]->reading.position, f))
			return true;
	}
	return is_remembered(c, f, age_of_fd(f->fd));
}

int64_t chain_newest_age_ns(const struct chain *c, const char *name)
{
	int64_t newest_ns = INT64_MIN;

	for (size_t i = 0; i < memory_count(c); i++) {
		const struct chain_memory *m = &c->memory[i];

		if (strcmp(m->log, name) == 0 && m->age_ns > newest_ns)
			newest_ns = m->age_ns;
	}
	return newest_ns == INT64_MIN ? INT64_MAX : newest_ns;
}
