/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * folder: paths, names, locks.  Knows no record.
 */
#include "ctl/records/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SUFFIX	     ".jsonl"
#define FOLDER_MODE  0750
#define SEGMENT_MODE 0640

struct folder {
	int fd; /* of PATH/CLASS, which bears the lock */
	enum rclass rclass;
	bool protects;
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
		*advice =
			"it belongs to another user; give it to "
			"postern-records with chown -R (and chattr -R -a before)";
		return -EPERM;
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH)) {
		*advice = "others may write to it; take that away with "
			  "chmod -R go-w";
		return -EPERM;
	}
	return 0;
}

/* Let the group GID read, here and in what is made here later.  A file system
 * that is read-only stays as it is. */
static int share(int fd, int gid)
{
	struct stat st;

	if (gid < 0)
		return 0;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_gid == (gid_t)gid && st.st_mode & S_ISGID)
		return 0;
	if (fchown(fd, (uid_t)-1, (gid_t)gid) < 0 ||
	    fchmod(fd, FOLDER_MODE | S_ISGID) < 0)
		return errno == EROFS ? 0 : -errno;
	return 0;
}

/* A file system that is read-only needs no new folder to be read from. */
static int make_class(int parent, enum rclass rclass)
{
	if (mkdirat(parent, class_name(rclass), FOLDER_MODE) < 0)
		return errno == EEXIST ? 0 : -errno;
	return fsync(parent) < 0 ? -errno : 0;
}

static int lock(int fd, const char **advice)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return -errno;
	*advice = "another postern-records writes to it; is postern running "
		  "twice?";
	return -EBUSY;
}

static int open_class(int parent, enum rclass rclass, int gid,
		      const char **advice)
{
	int fd, err;

	err = check_owner(parent, advice);
	if (!err)
		err = share(parent, gid);
	if (err)
		return err;
	fd = open_folder(parent, class_name(rclass));
	if (fd == -ENOENT) {
		err = make_class(parent, rclass);
		if (err)
			return err;
		fd = open_folder(parent, class_name(rclass));
	}
	if (fd < 0)
		return fd;
	err = check_owner(fd, advice);
	if (!err)
		err = share(fd, gid);
	if (!err)
		err = lock(fd, advice);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int make_folder(struct folder **out, int fd, enum rclass rclass)
{
	struct folder *folder;

	if (fd < 0)
		return fd;
	folder = calloc(1, sizeof(*folder));
	if (!folder) {
		close(fd);
		return -ENOMEM;
	}
	folder->fd = fd;
	folder->rclass = rclass;
	*out = folder;
	return 0;
}

int folder_open(struct folder **out, const char *path, enum rclass rclass,
		int gid, const char **advice)
{
	int parent, fd;

	*advice = NULL;
	parent = open_folder(AT_FDCWD, path);
	if (parent < 0)
		return parent;
	fd = open_class(parent, rclass, gid, advice);
	close(parent);
	return make_folder(out, fd, rclass);
}

int folder_open_reading(struct folder **out, const char *path,
			enum rclass rclass)
{
	int parent, fd;

	parent = open_folder(AT_FDCWD, path);
	if (parent < 0)
		return parent;
	fd = open_folder(parent, class_name(rclass));
	close(parent);
	return make_folder(out, fd, rclass);
}

void folder_close(struct folder *folder)
{
	if (!folder)
		return;
	close(folder->fd);
	free(folder);
}

void folder_protect(struct folder *folder)
{
	folder->protects = true;
}

bool folder_protects(const struct folder *folder)
{
	return folder->protects;
}

enum rclass folder_class(const struct folder *folder)
{
	return folder->rclass;
}

int folder_fd(const struct folder *folder)
{
	return folder->fd;
}

const char *folder_name(enum rclass rclass, uint64_t first_seq,
			char buf[FOLDER_NAME_SIZE])
{
	snprintf(buf, FOLDER_NAME_SIZE, "%s-%020" PRIu64, class_name(rclass),
		 first_seq);
	return buf;
}

const char *folder_file(enum rclass rclass, uint64_t first_seq,
			const char *suffix, char buf[FOLDER_FILE_SIZE])
{
	char name[FOLDER_NAME_SIZE];

	snprintf(buf, FOLDER_FILE_SIZE, "%s" SUFFIX "%s",
		 folder_name(rclass, first_seq, name), suffix);
	return buf;
}

uint64_t folder_number(enum rclass rclass, const char *name)
{
	char again[FOLDER_NAME_SIZE];
	uint64_t number;
	size_t len = strlen(class_name(rclass));

	if (strncmp(name, class_name(rclass), len) != 0 ||
	    sscanf(name + len, "-%20" SCNu64, &number) != 1)
		return 0;
	return strcmp(folder_name(rclass, number, again), name) == 0 ? number
								     : 0;
}

/* The number in a file's name; *IS_PACKED says which sort it is. */
static uint64_t number_of_file(enum rclass rclass, const char *file,
			       bool *is_packed)
{
	char name[FOLDER_NAME_SIZE];
	const char *suffix = strstr(file, SUFFIX);

	if (!suffix || (size_t)(suffix - file) >= sizeof(name))
		return 0;
	memcpy(name, file, (size_t)(suffix - file));
	name[suffix - file] = '\0';
	suffix += sizeof(SUFFIX) - 1;
	*is_packed = strcmp(suffix, FOLDER_PACKED) == 0;
	if (!*is_packed && *suffix != '\0')
		return 0;
	return folder_number(rclass, name);
}

static int compare(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	if (x->number != y->number)
		return x->number > y->number ? 1 : -1;
	return x->is_packed - y->is_packed;
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

static int add_segment(struct segment **list, size_t *count,
		       const struct segment *segment)
{
	struct segment *more = *list;

	/* A full array has a power of two. */
	if ((*count & (*count - 1)) == 0) {
		more = realloc(more, (*count ? 2 * *count : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		*list = more;
	}
	more[(*count)++] = *segment;
	return 0;
}

static int read_names(const struct folder *folder, DIR *dir,
		      struct segment **list, size_t *count)
{
	for (;;) {
		struct segment segment;
		struct dirent *entry;
		int err;

		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		segment.number = number_of_file(folder->rclass, entry->d_name,
						&segment.is_packed);
		if (segment.number == 0)
			continue;
		err = add_segment(list, count, &segment);
		if (err)
			return err;
	}
}

/* Where both are there, packing was not finished: the plain one counts. */
static size_t leave_out_doubles(struct segment *list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || list[kept - 1].number != list[i].number)
			list[kept++] = list[i];
	}
	return kept;
}

int folder_list_all(const struct folder *folder, struct segment **out,
		    size_t *count)
{
	struct segment *list = NULL;
	size_t found = 0;
	DIR *dir = open_stream(folder);
	int err;

	if (!dir)
		return -errno;
	err = read_names(folder, dir, &list, &found);
	closedir(dir);
	if (err) {
		free(list);
		return err;
	}
	if (found)
		qsort(list, found, sizeof(*list), compare);
	*out = list;
	*count = leave_out_doubles(list, found);
	return 0;
}

int folder_list(const struct folder *folder, uint64_t **out, size_t *count)
{
	struct segment *list;
	size_t found, kept = 0;
	int err = folder_list_all(folder, &list, &found);

	if (err)
		return err;
	*out = malloc((found + 1) * sizeof(**out));
	if (!*out) {
		free(list);
		return -ENOMEM;
	}
	for (size_t i = 0; i < found; i++) {
		if (!list[i].is_packed)
			(*out)[kept++] = list[i].number;
	}
	free(list);
	*count = kept;
	return 0;
}

static int open_segment(const struct folder *folder, uint64_t first_seq,
			const char *suffix, int flags)
{
	char file[FOLDER_FILE_SIZE];
	int fd = openat(folder->fd,
			folder_file(folder->rclass, first_seq, suffix, file),
			flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
			SEGMENT_MODE);

	return fd < 0 ? -errno : fd;
}

int folder_read(const struct folder *folder, uint64_t first_seq)
{
	return open_segment(folder, first_seq, "", O_RDONLY);
}

int folder_read_packed(const struct folder *folder, uint64_t first_seq)
{
	return open_segment(folder, first_seq, FOLDER_PACKED, O_RDONLY);
}

int folder_append(const struct folder *folder, uint64_t first_seq)
{
	return open_segment(folder, first_seq, "", O_WRONLY | O_APPEND);
}

int folder_create(const struct folder *folder, uint64_t first_seq)
{
	return open_segment(folder, first_seq, "",
			    O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
}

int folder_sync(const struct folder *folder)
{
	return fsync(folder->fd) < 0 ? -errno : 0;
}

static uint64_t bytes_of(const struct folder *folder,
			 const struct segment *segment, uint64_t since_s)
{
	char file[FOLDER_FILE_SIZE];
	struct stat st;

	folder_file(folder->rclass, segment->number,
		    segment->is_packed ? FOLDER_PACKED : "", file);
	if (fstatat(folder->fd, file, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    (uint64_t)st.st_mtime < since_s)
		return 0;
	return (uint64_t)st.st_size;
}

uint64_t folder_recent_bytes(const struct folder *folder, uint64_t since_s)
{
	struct segment *list;
	uint64_t bytes = 0;
	size_t count = 0;

	if (folder_list_all(folder, &list, &count))
		return 0;
	for (size_t i = 0; i < count; i++)
		bytes += bytes_of(folder, &list[i], since_s);
	free(list);
	return bytes;
}

uint64_t folder_bytes(const struct folder *folder)
{
	return folder_recent_bytes(folder, 0);
}

uint64_t folder_total_bytes(const struct folder *folder)
{
	struct statvfs fs;

	if (fstatvfs(folder->fd, &fs) < 0)
		return 0;
	return (uint64_t)fs.f_blocks * fs.f_frsize;
}

uint64_t folder_free_bytes(const struct folder *folder)
{
	struct statvfs fs;

	if (fstatvfs(folder->fd, &fs) < 0)
		return 0;
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}
