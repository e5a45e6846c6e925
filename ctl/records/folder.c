/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * folder: paths, names, locks.  Knows no record.
 */
#include "ctl/records/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CLASS	     "acts"
#define NAME_FORMAT  CLASS "-%020" PRIu64 ".jsonl"
#define FOLDER_MODE  0750
#define SEGMENT_MODE 0640

struct folder {
	int fd; /* of PATH/acts, which bears the lock */
};

static int open_folder(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Records that others can write to prove nothing. */
static int check_owner(int fd, const char **advice)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != geteuid()) {
		*advice = "it belongs to another user; give it to "
			  "postern-records with chown -R";
		return -EPERM;
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH)) {
		*advice = "others may write to it; take that away with "
			  "chmod -R go-w";
		return -EPERM;
	}
	return 0;
}

/* A file system that is read-only needs no new folder to be read from. */
static int make_class(int parent)
{
	if (mkdirat(parent, CLASS, FOLDER_MODE) < 0)
		return errno == EEXIST ? 0 : -errno;
	return fsync(parent) < 0 ? -errno : 0;
}

static int open_class(int parent, const char **advice)
{
	int fd, err;

	err = check_owner(parent, advice);
	if (err)
		return err;
	fd = open_folder(parent, CLASS);
	if (fd == -ENOENT) {
		err = make_class(parent);
		if (err)
			return err;
		fd = open_folder(parent, CLASS);
	}
	if (fd < 0)
		return fd;
	err = check_owner(fd, advice);
	if (!err && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
		*advice = "another postern-records writes to it; is postern "
			  "running twice?";
	}
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int folder_open(struct folder **out, const char *path, const char **advice)
{
	struct folder *folder;
	int parent, fd;

	*advice = NULL;
	parent = open_folder(AT_FDCWD, path);
	if (parent < 0)
		return parent;
	fd = open_class(parent, advice);
	close(parent);
	if (fd < 0)
		return fd;
	folder = calloc(1, sizeof(*folder));
	if (!folder) {
		close(fd);
		return -ENOMEM;
	}
	folder->fd = fd;
	*out = folder;
	return 0;
}

void folder_close(struct folder *folder)
{
	if (!folder)
		return;
	close(folder->fd);
	free(folder);
}

const char *folder_name(uint64_t first_seq, char buf[FOLDER_NAME_SIZE])
{
	snprintf(buf, FOLDER_NAME_SIZE, NAME_FORMAT, first_seq);
	return buf;
}

uint64_t folder_number(const char *name)
{
	char again[FOLDER_NAME_SIZE];
	uint64_t number;

	if (sscanf(name, CLASS "-%20" SCNu64, &number) != 1)
		return 0;
	return strcmp(folder_name(number, again), name) == 0 ? number : 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* A stream of its own: the position of a shared one would be shared. */
static DIR *open_stream(const struct folder *folder)
{
	int fd = open_folder(folder->fd, ".");
	DIR *dir;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

static int add_number(uint64_t **numbers, size_t *count, uint64_t number)
{
	uint64_t *more = *numbers;

	/* A full array has a power of two. */
	if ((*count & (*count - 1)) == 0) {
		more = realloc(more, (*count ? 2 * *count : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		*numbers = more;
	}
	more[(*count)++] = number;
	return 0;
}

int folder_list(const struct folder *folder, uint64_t **out, size_t *count)
{
	uint64_t *numbers = NULL;
	size_t found = 0;
	struct dirent *entry;
	DIR *dir;
	int err = 0;

	dir = open_stream(folder);
	if (!dir)
		return -errno;
	while (!err) {
		errno = 0;
		entry = readdir(dir);
		if (!entry) {
			err = -errno;
			break;
		}
		if (folder_number(entry->d_name) != 0)
			err = add_number(&numbers, &found,
					 folder_number(entry->d_name));
	}
	closedir(dir);
	if (err) {
		free(numbers);
		return err;
	}
	if (found)
		qsort(numbers, found, sizeof(*numbers), compare);
	*out = numbers;
	*count = found;
	return 0;
}

static int open_segment(const struct folder *folder, uint64_t first_seq,
			int flags)
{
	char name[FOLDER_NAME_SIZE];
	int fd = openat(folder->fd, folder_name(first_seq, name),
			flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
			SEGMENT_MODE);

	return fd < 0 ? -errno : fd;
}

int folder_read(const struct folder *folder, uint64_t first_seq)
{
	return open_segment(folder, first_seq, O_RDONLY);
}

int folder_append(const struct folder *folder, uint64_t first_seq)
{
	return open_segment(folder, first_seq, O_WRONLY | O_APPEND);
}

int folder_create(const struct folder *folder, uint64_t first_seq)
{
	return open_segment(folder, first_seq,
			    O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
}

int folder_sync(const struct folder *folder)
{
	return fsync(folder->fd) < 0 ? -errno : 0;
}

static uint64_t bytes_of(const struct folder *folder, uint64_t first_seq)
{
	char name[FOLDER_NAME_SIZE];
	struct stat st;

	if (fstatat(folder->fd, folder_name(first_seq, name), &st,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return (uint64_t)st.st_size;
}

uint64_t folder_bytes(const struct folder *folder)
{
	uint64_t *numbers = NULL;
	uint64_t bytes = 0;
	size_t count = 0;

	if (folder_list(folder, &numbers, &count))
		return 0;
	for (size_t i = 0; i < count; i++)
		bytes += bytes_of(folder, numbers[i]);
	free(numbers);
	return bytes;
}

uint64_t folder_free_bytes(const struct folder *folder)
{
	struct statvfs fs;

	if (fstatvfs(folder->fd, &fs) < 0)
		return 0;
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}
