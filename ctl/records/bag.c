/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bag: manifests, made and checked.  Section numbers are RFC 8493's.
 */
#include "ctl/records/bag.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/escape.h"
#include "ctl/records/signer.h"

#define PATH_SIZE    4096
#define HEX_SIZE     (2 * SIGNER_HASH_SIZE)
#define MANIFEST     "manifest-sha512.txt"
#define TAG_MANIFEST "tagmanifest-sha512.txt"

bool bag_is_here(const char *path)
{
	char file[PATH_SIZE];

	snprintf(file, sizeof(file), "%s/bagit.txt", path);
	return access(file, F_OK) == 0;
}

static int hash_of(const char *file, char hex[HEX_SIZE + 1])
{
	uint8_t hash[SIGNER_HASH_SIZE];
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int err;

	if (fd < 0)
		return -errno;
	err = signer_hash_file(hash, fd);
	close(fd);
	for (size_t i = 0; i < sizeof(hash) && !err; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return err;
}

/* A name that stays within the bag (5.2), and that we would give. */
static bool is_name_sound(const char *name)
{
	return name[0] != '/' && name[0] != '\0' && !strstr(name, "..") &&
	       strlen(name) < 256;
}

/* One line: a hash, white space, a name. */
static int check_line(const char *path, char *line, char *flaw, size_t size)
{
	char hex[HEX_SIZE + 1], file[PATH_SIZE], shown[1024];
	char *name = line + HEX_SIZE;
	int err;

	line[strcspn(line, "\r\n")] = '\0';
	if (strlen(line) <= HEX_SIZE || (*name != ' ' && *name != '\t')) {
		snprintf(flaw, size, "a manifest has a line that is none");
		return -EBADMSG;
	}
	*name++ = '\0';
	name += strspn(name, " \t*");
	escape_text(shown, sizeof(shown), name, strlen(name));
	if (!is_name_sound(name)) {
		snprintf(flaw, size, "a manifest names %.100s", shown);
		return -EBADMSG;
	}
	snprintf(file, sizeof(file), "%s/%s", path, name);
	err = hash_of(file, hex);
	if (err)
		snprintf(flaw, size, "%.100s: %s", shown, strerror(-err));
	else if (strcmp(hex, line) != 0)
		snprintf(flaw, size,
			 "%.100s was changed: its SHA-512 is "
			 "another than in the manifest",
			 shown);
	return err ? err : strcmp(hex, line) != 0 ? -EBADMSG : 0;
}

static int check_manifest(const char *path, const char *manifest, char *flaw,
			  size_t size, size_t *named)
{
	char file[PATH_SIZE];
	char *line = NULL;
	size_t room = 0;
	FILE *in;
	int err = 0;

	snprintf(file, sizeof(file), "%s/%s", path, manifest);
	in = fopen(file, "re");
	if (!in) {
		err = -errno;
		snprintf(flaw, size, "%s: %s", manifest, strerror(-err));
		return err;
	}
	while (!err && getline(&line, &room, in) > 0) {
		err = check_line(path, line, flaw, size);
		++*named;
	}
	free(line);
	fclose(in);
	return err;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Hears each file below the bag's data, or beside it. */
typedef int bag_file_fn(void *ctx, const char *name, const char *file);

static int walk(const char *path, bool is_data, bag_file_fn *hear, void *ctx)
{
	char root[PATH_SIZE];
	char *roots[] = { root, NULL };
	FTSENT *entry;
	int err = 0;
	FTS *fts;

	snprintf(root, sizeof(root), "%s%s", path, is_data ? "/data" : "");
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (!fts)
		return -errno;
	while (!err && (entry = fts_read(fts))) {
		if (!is_data && entry->fts_info == FTS_D &&
		    entry->fts_level == 1)
			fts_set(fts, entry, FTS_SKIP);
		if (entry->fts_info != FTS_F)
			continue;
		err = hear(ctx, entry->fts_path + strlen(path) + 1,
			   entry->fts_path);
	}
	fts_close(fts);
	return err;
}

static int count_file(void *ctx, const char *name, const char *file)
{
	(void)name;
	(void)file;
	++*(size_t *)ctx;
	return 0;
}

int bag_check(const char *path, char *flaw, size_t size)
{
	size_t named = 0, tags = 0, there = 0;
	int err;

	err = check_manifest(path, MANIFEST, flaw, size, &named);
	if (!err)
		err = check_manifest(path, TAG_MANIFEST, flaw, size, &tags);
	if (!err)
		err = walk(path, true, count_file, &there);
	/* Completeness (3): every file of the payload is named. */
	if (!err && there != named) {
		snprintf(flaw, size,
			 "data holds %zu files, the manifest names %zu", there,
			 named);
		err = -EBADMSG;
	}
	return err;
}

static int write_line(void *ctx, const char *name, const char *file)
{
	char hex[HEX_SIZE + 1];
	int err;

	/* A manifest of tags never names such a one (2.2.1). */
	if (strncmp(name, "tagmanifest-", 12) == 0)
		return 0;
	err = hash_of(file, hex);
	if (!err)
		fprintf(ctx, "%s  %s\n", hex, name);
	return err;
}

static FILE *create(const char *path, const char *name)
{
	char file[PATH_SIZE];

	snprintf(file, sizeof(file), "%s/%s", path, name);
	return fopen(file, "wxe");
}

static int close_file(FILE *file)
{
	int bad = ferror(file);

	return fclose(file) || bad ? -EIO : 0;
}

static int write_text(const char *path, const char *name, const char *text)
{
	FILE *file = create(path, name);

	if (!file)
		return -errno;
	fputs(text, file);
	return close_file(file);
}

static int write_manifest(const char *path, const char *name, bool is_data)
{
	FILE *file = create(path, name);
	int err, closed;

	if (!file)
		return -errno;
	err = walk(path, is_data, write_line, file);
	closed = close_file(file);
	return err ? err : closed;
}

int bag_close(const char *path, const char *info)
{
	int err;

	err = write_text(path, "bagit.txt",
			 "BagIt-Version: 1.0\n"
			 "Tag-File-Character-Encoding: UTF-8\n");
	if (!err)
		err = write_text(path, "bag-info.txt", info);
	if (!err)
		err = write_manifest(path, MANIFEST, true);
	if (!err)
		err = write_manifest(path, TAG_MANIFEST, false);
	return err;
}
