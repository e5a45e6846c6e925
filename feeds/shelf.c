/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shelf: knows a folder and what the names in it mean.
 */
#include "feeds/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "feeds/age.h"
#include "feeds/head.h"
#include "feeds/kin.h"

/* A folder with more parts of one log is not taken whole. */
#define ENTRIES_MAX 4096

#define OPEN_FLAGS  (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static void describe(struct shelf_entry *entry, const char *name,
		     const struct statx *st)
{
	*entry = (struct shelf_entry){
		.device = makedev(st->stx_dev_major, st->stx_dev_minor),
		.inode = st->stx_ino,
		.size = st->stx_size,
		.age_ns = age_of(st),
		.compressed = kin_is_compressed(name),
	};
	snprintf(entry->name, sizeof(entry->name), "%s", name);
}

static int add_entry(struct shelf *shelf, const char *name,
		     const struct statx *st)
{
	if (shelf->count == shelf->room) {
		size_t room = shelf->room ? 2 * shelf->room : 16;
		struct shelf_entry *entries =
			reallocarray(shelf->entries, room, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		shelf->entries = entries;
		shelf->room = room;
	}
	describe(&shelf->entries[shelf->count++], name, st);
	return 0;
}

static bool is_of_log(const struct shelf *shelf, const char *name)
{
	return strcmp(name, shelf->log) == 0 || kin_is_part(shelf->log, name);
}

static int read_entries(struct shelf *shelf, DIR *dir)
{
	const struct dirent *d;
	struct statx st;
	int err = 0;

	while (!err && shelf->count < ENTRIES_MAX && (d = readdir(dir))) {
		if (is_of_log(shelf, d->d_name) &&
		    age_look(dirfd(dir), d->d_name, &st) == 0 &&
		    S_ISREG(st.stx_mode))
			err = add_entry(shelf, d->d_name, &st);
	}
	return err;
}

/*
 * By the names, which tell best: a new file may be made while the old one is
 * still written to, and a compressed one is made last.
 */
int shelf_compare(const struct shelf *shelf, const struct shelf_entry *a,
		  const struct shelf_entry *b)
{
	bool a_is_log = strcmp(a->name, shelf->log) == 0;
	int order = kin_compare_age(shelf->log, a->name, b->name);

	if (a_is_log || strcmp(b->name, shelf->log) == 0)
		return a_is_log ? 1 : -1;
	if (order != 0)
		return order;
	return (a->age_ns > b->age_ns) - (a->age_ns < b->age_ns);
}

static int compare_entries(const void *a, const void *b, void *shelf)
{
	return shelf_compare(shelf, a, b);
}

/* Of a folder that may be entered, but not read, there is the log alone. */
static int add_log(struct shelf *shelf)
{
	char path[PATH_MAX];
	struct statx st;

	if (snprintf(path, sizeof(path), "%s/%s", shelf->dir, shelf->log) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	if (age_look(AT_FDCWD, path, &st) || !S_ISREG(st.stx_mode))
		return -EACCES;
	return add_entry(shelf, shelf->log, &st);
}

int shelf_open(struct shelf *out, const char *dir, const char *log)
{
	struct shelf shelf = { .dir = dir, .log = log };
	DIR *d = opendir(dir);
	int err;

	if (d) {
		err = read_entries(&shelf, d);
		closedir(d);
	} else {
		err = errno == EACCES ? add_log(&shelf) : -errno;
	}
	if (err) {
		shelf_fini(&shelf);
		return err;
	}
	if (shelf.count)
		qsort_r(shelf.entries, shelf.count, sizeof(*shelf.entries),
			compare_entries, &shelf);
	*out = shelf;
	return 0;
}

void shelf_fini(struct shelf *shelf)
{
	free(shelf->entries);
	shelf->entries = NULL;
	shelf->count = 0;
}

int shelf_get(const struct shelf *shelf, const struct shelf_entry *entry,
	      int *out)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", shelf->dir, entry->name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, OPEN_FLAGS);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_dev != entry->device ||
	    st.st_ino != entry->inode) {
		close(fd);
		return -ESTALE;
	}
	*out = fd;
	return 0;
}

/* Is the file at FD, which is closed where it is not, the one of P? */
static bool is_wanted(int fd, const struct position *p)
{
	struct head head;

	if (head_read(&head, fd) == 0 && head_fits(&head, p))
		return true;
	close(fd);
	return false;
}

/* By inode, under any name; where too few bytes are known, of the log. */
static int find_inode(const struct shelf *shelf, const struct position *p,
		      int *out, struct shelf_entry *found)
{
	DIR *dir = opendir(shelf->dir);
	const struct dirent *d;
	struct statx st;
	int err = -ENOENT;

	if (!dir)
		return errno == EACCES ? -ENOENT : -errno;
	while (err && (d = readdir(dir))) {
		int fd;

		if (d->d_ino != p->inode ||
		    (p->head_len < HEAD_ENOUGH && !is_of_log(shelf, d->d_name)))
			continue;
		fd = openat(dirfd(dir), d->d_name, OPEN_FLAGS);
		if (fd < 0) {
			err = -errno;
			continue;
		}
		if (!is_wanted(fd, p))
			continue;
		if (age_look(fd, "", &st) || !S_ISREG(st.stx_mode)) {
			close(fd);
			continue;
		}
		describe(found, d->d_name, &st);
		*out = fd;
		err = 0;
	}
	closedir(dir);
	return err;
}

int shelf_find_copy(const struct shelf *shelf, const struct position *position,
		    int *out, struct shelf_entry *found)
{
	int result = -ENOENT;

	if (position->head_len < HEAD_ENOUGH)
		return -ENOENT;
	for (size_t i = 0; i < shelf->count; i++) {
		const struct shelf_entry *entry = &shelf->entries[i];
		int err;

		if (entry->compressed || entry->size < position->offset)
			continue;
		err = shelf_get(shelf, entry, out);
		if (err == 0 && is_wanted(*out, position)) {
			*found = *entry;
			return 0;
		}
		if (err == -EACCES)
			result = err;
	}
	return result;
}

/* The device is not asked for: a disk may get another number when the
 * machine starts again. */
int shelf_find(const struct shelf *shelf, const struct position *position,
	       int *out, struct shelf_entry *found)
{
	int err = find_inode(shelf, position, out, found);

	if (err == -ENOENT)
		err = shelf_find_copy(shelf, position, out, found);
	return err;
}
