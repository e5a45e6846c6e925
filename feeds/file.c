/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file: reads with pread(2), so that the place to go on is kept in one place.
 */
#include "feeds/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/clock.h"

/* See the file as one that was never read. */
static int identify(struct file *f)
{
	struct position *p = &f->reading.position;
	struct stat st;
	int err = head_read(&f->head, f->fd);

	if (err)
		return err;
	if (fstat(f->fd, &st) < 0)
		return -errno;
	*p = (struct position){ .device = st.st_dev, .inode = st.st_ino };
	head_tell(&f->head, p);
	f->mark = (struct line_mark){ 0 };
	f->read_to = 0;
	f->size = (uint64_t)st.st_size;
	f->emptied = false;
	f->opened_ns = (int64_t)clock_calendar_ns();
	f->ready = true;
	f->told = false;
	return 0;
}

int file_new(struct file **out, int fd, const char *name, const char *path)
{
	struct file *f = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	f->fd = fd;
	f->watch = -1;
	f->path = strdup(path);
	err = f->path ? identify(f) : -ENOMEM;
	if (err) {
		f->fd = -1;
		file_free(f);
		return err;
	}
	snprintf(f->reading.file, sizeof(f->reading.file), "%s", name);
	*out = f;
	return 0;
}

void file_free(struct file *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	free(f);
}

void file_seek(struct file *f, const struct position *position)
{
	f->reading.position.offset = position->offset;
	f->mark = (struct line_mark){
		.next = position->offset,
		.done = position->offset,
	};
	f->read_to = position->offset;
}

int file_renew(struct file *f, uint16_t stream)
{
	struct reading fresh = { .stream = stream };

	memcpy(fresh.file, f->reading.file, sizeof(fresh.file));
	f->reading = fresh;
	return identify(f);
}

void file_await(struct file *f)
{
	f->emptied = true;
	f->ready = false;
	f->mark = (struct line_mark){ 0 };
	f->read_to = 0;
	f->size = 0;
}

bool file_has_content(const struct file *f)
{
	struct stat st;

	return fstat(f->fd, &st) == 0 && st.st_size > 0;
}

bool file_is_shortened(const struct file *f)
{
	struct head head;
	struct stat st;

	if (head_read(&head, f->fd) ||
	    !head_fits(&head, &f->reading.position) || fstat(f->fd, &st) < 0)
		return false;
	return (uint64_t)st.st_size < f->read_to;
}

bool file_go_back(struct file *f)
{
	struct position to = f->reading.position;
	struct stat st;

	f->ready = true;
	if (fstat(f->fd, &st) < 0)
		return false;
	f->size = (uint64_t)st.st_size;
	/* Only the beginning of a line was cut off: it is read anew. */
	if (f->size >= to.offset) {
		file_seek(f, &to);
		return true;
	}
	to.offset = f->size;
	file_seek(f, &to);
	return false;
}

int file_look(struct file *f)
{
	struct stat st;
	uint64_t size;

	if (fstat(f->fd, &st) < 0)
		return -errno;
	size = (uint64_t)st.st_size;
	f->unlinked = st.st_nlink == 0;
	if (size < f->read_to)
		return -ESTALE;
	f->size = size;
	return 0;
}

static ssize_t read_block(int fd, char *to, size_t room, uint64_t offset)
{
	ssize_t n;

	do
		n = pread(fd, to, room, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/*
 * The head is compared after the block was read: then the block cannot be
 * from a time after the file was cut and written anew.
 */
static int check_head(struct file *f)
{
	struct position *p = &f->reading.position;
	struct head head;
	int err = head_read(&head, f->fd);

	if (err)
		return err;
	if (f->emptied && head.len == 0)
		return 0;
	if (!head_fits(&head, p))
		return -ESTALE;
	if (head.len > p->head_len) {
		f->head = head;
		head_tell(&head, p);
	}
	return 0;
}

int file_read(struct file *f, struct line *l, size_t *out)
{
	size_t room;
	char *to = line_room(l, &room);
	ssize_t n = read_block(f->fd, to, room, line_offset(l));
	int err;

	if (n < 0)
		return (int)n;
	err = check_head(f);
	if (!err && n == 0)
		err = file_look(f);
	if (err)
		return err;
	line_took(l, (size_t)n);
	f->read_to = line_offset(l);
	if (f->read_to > f->size)
		f->size = f->read_to;
	*out = (size_t)n;
	return 0;
}

int64_t file_changed_ns(const struct file *f)
{
	struct stat st;

	if (fstat(f->fd, &st) < 0)
		return 0;
	return st.st_mtim.tv_sec * (int64_t)CLOCK_NS_PER_S + st.st_mtim.tv_nsec;
}

uint64_t file_behind(const struct file *f)
{
	uint64_t offset = f->reading.position.offset;

	return f->size > offset ? f->size - offset : 0;
}
