/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * search: knows shelves and chains.
 */
#include "feeds/search.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feeds/age.h"
#include "feeds/shelf.h"

/* A folder, opened for one look. */
struct look {
	char dir[PATH_MAX];
	struct shelf shelf;
};

static int look_open(struct look *look, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (!slash || len >= sizeof(look->dir))
		return -EINVAL;
	memcpy(look->dir, path, len);
	look->dir[len] = '\0';
	return shelf_open(&look->shelf, len ? look->dir : "/", slash + 1);
}

static void say_lost(const struct search *s, enum gap_kind kind,
		     const struct position *position)
{
	struct gap gap = { .kind = (uint8_t)kind, .position = *position };

	snprintf(gap.file, sizeof(gap.file), "%s", s->name);
	s->lost(s->ctx, &gap);
}

/* Take over FD as a file to read from its beginning; NULL: no memory. */
static struct file *open_part(const struct search *s, const struct look *look,
			      const struct shelf_entry *entry, int fd)
{
	char path[PATH_MAX + NAME_MAX + 2];
	struct file *f;

	snprintf(path, sizeof(path), "%s/%s", look->dir, entry->name);
	if (file_new(&f, fd, s->name, path)) {
		close(fd);
		return NULL;
	}
	return f;
}

/* What one saved row led to. */
struct hit {
	struct shelf_entry entry;
	struct file *file;
};

static int open_saved(const struct search *s, const struct look *look,
		      struct position position, struct hit *out)
{
	int fd, err;

	out->file = NULL;
	err = shelf_find(&look->shelf, &position, &fd, &out->entry);
	if (err)
		return err;
	out->file = open_part(s, look, &out->entry, fd);
	if (!out->file)
		return -ENOMEM;
	if (position.offset > out->file->size) {
		position.offset = out->file->size;
		say_lost(s, GAP_TRUNCATED, &position);
	}
	file_seek(out->file, &position);
	return 0;
}

static void sort_in(const struct look *look, struct hit *list, size_t *count,
		    const struct hit *found)
{
	size_t at = *count;

	while (at > 0 && shelf_compare(&look->shelf, &found->entry,
				       &list[at - 1].entry) < 0) {
		list[at] = list[at - 1];
		at--;
	}
	list[at] = *found;
	(*count)++;
}

/* The same file may stand in two rows: as a log's part, and as a copy. */
static bool merge(const struct hit *list, size_t count, const struct file *f)
{
	for (size_t i = 0; i < count; i++) {
		struct file *known = list[i].file;
		const struct position *p = &known->reading.position;

		if (p->inode != f->reading.position.inode ||
		    p->device != f->reading.position.device)
			continue;
		if (p->offset > f->reading.position.offset)
			file_seek(known, &f->reading.position);
		return true;
	}
	return false;
}

/*
 * A row of a file that was empty leads, by its inode alone, to that file
 * under the name of an older part.  When it leads to the log itself, it tells
 * nothing: the log may have been cut, any number of times.
 */
static bool tells_nothing(const struct look *look, const struct resume *row,
			  const struct hit *hit)
{
	return row->position.head_len == 0 &&
	       (!hit->file || strcmp(hit->entry.name, look->shelf.log) == 0);
}

/* What was found so far, the oldest first. */
struct hits {
	struct hit list[SEARCH_FILES_MAX];
	size_t count;
};

/* -errno: the row's file may be there, and cannot be opened now. */
static int find_row(const struct search *s, const struct look *look,
		    const struct resume *row, struct hits *hits)
{
	struct hit hit;
	int err = open_saved(s, look, row->position, &hit);

	if (err && err != -ENOENT)
		return err;
	if (tells_nothing(look, row, &hit) ||
	    (hit.file && merge(hits->list, hits->count, hit.file)))
		file_free(hit.file);
	else if (!hit.file)
		say_lost(s, GAP_FILE_LOST, &row->position);
	else
		sort_in(look, hits->list, &hits->count, &hit);
	return 0;
}

int search_saved(const struct search *s, const struct resume *rows,
		 size_t count, struct search_result *out)
{
	struct hits hits = { .count = 0 };
	struct look look;
	int err = look_open(&look, s->path);

	out->count = 0;
	if (err)
		return err;
	for (size_t i = 0; i < count && !err; i++) {
		if (strcmp(rows[i].file, s->name) == 0 &&
		    rows[i].position.inode != 0 &&
		    hits.count < SEARCH_FILES_MAX)
			err = find_row(s, &look, &rows[i], &hits);
	}
	for (size_t i = 0; i < hits.count; i++) {
		if (err)
			file_free(hits.list[i].file);
		else
			out->files[out->count++] = hits.list[i].file;
	}
	shelf_fini(&look.shelf);
	return err;
}

/* All that was opened so far is as old as this, or older. */
struct limit {
	const struct shelf_entry *entry; /* NULL: it is not in the folder */
	int64_t age_ns; /* then this counts */
};

static const struct shelf_entry *find_entry(const struct shelf *shelf,
					    const struct file *f)
{
	for (size_t i = 0; i < shelf->count; i++) {
		if (shelf->entries[i].inode == f->reading.position.inode)
			return &shelf->entries[i];
	}
	return NULL;
}

static const struct shelf_entry *newest_compressed(const struct shelf *shelf)
{
	for (size_t i = shelf->count; i > 0; i--) {
		if (shelf->entries[i - 1].compressed)
			return &shelf->entries[i - 1];
	}
	return NULL;
}

/*
 * The newest open file.  When all that was to be resumed is lost, it is the
 * newest of those that were compressed, since the oldest are compressed
 * first.
 */
static struct limit find_limit(const struct search *s,
			       const struct file *newest,
			       const struct shelf *shelf)
{
	if (newest)
		return (struct limit){
			.entry = find_entry(shelf, newest),
			.age_ns = age_of_fd(newest->fd),
		};
	if (s->resumed)
		return (struct limit){
			.entry = newest_compressed(shelf),
			.age_ns = INT64_MAX,
		};
	return (struct limit){
		.age_ns = s->since_ns ? s->since_ns
				      : chain_newest_age_ns(s->chain, s->name),
	};
}

static bool is_newer(const struct shelf *shelf, const struct shelf_entry *entry,
		     const struct limit *limit)
{
	if (limit->entry)
		return shelf_compare(shelf, entry, limit->entry) > 0;
	return entry->age_ns >= limit->age_ns;
}

/* An entry that is not compressed: take it, or remember that it is old. */
static void take_part(const struct search *s, const struct look *look,
		      const struct shelf_entry *entry, bool newer,
		      struct search_result *out)
{
	struct file *f;
	int fd;

	if (shelf_get(&look->shelf, entry, &fd))
		return;
	f = open_part(s, look, entry, fd);
	if (!f)
		return;
	if (newer && out->count < SEARCH_FILES_MAX &&
	    !chain_knows(s->chain, f)) {
		out->files[out->count++] = f;
		return;
	}
	chain_remember(s->chain, f);
	file_free(f);
}

void search_missed(const struct search *s, const struct file *newest,
		   struct search_result *out)
{
	const struct position nowhere = { 0 };
	struct limit limit;
	struct look look;

	out->count = 0;
	if (look_open(&look, s->path))
		return;
	limit = find_limit(s, newest, &look.shelf);
	for (size_t i = 0; i < look.shelf.count; i++) {
		const struct shelf_entry *entry = &look.shelf.entries[i];
		bool newer = is_newer(&look.shelf, entry, &limit);

		if (strcmp(entry->name, look.shelf.log) == 0 ||
		    chain_find_inode(s->chain, entry->device, entry->inode))
			continue;
		if (!entry->compressed)
			take_part(s, &look, entry, newer, out);
		else if (s->resumed && newer)
			say_lost(s, GAP_FILE_LOST, &nowhere);
	}
	shelf_fini(&look.shelf);
}

struct file *search_copy(const struct search *s, const struct file *f)
{
	struct shelf_entry entry;
	struct file *copy = NULL;
	struct look look;
	int fd;

	if (look_open(&look, s->path))
		return NULL;
	if (shelf_find_copy(&look.shelf, &f->reading.position, &fd, &entry) ==
	    0)
		copy = open_part(s, &look, &entry, fd);
	if (copy)
		file_seek(copy, &f->reading.position);
	shelf_fini(&look.shelf);
	return copy;
}
