/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pack: frames of whole lines.
 */
#include "ctl/records/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "ctl/records/appendonly.h"
#include "ctl/records/index.h"
#include "ctl/records/record.h"

/* A query unpacks a whole frame for one record; small frames pack badly. */
#define FRAME_BYTES (256u << 10)
/* 6 packs events a tenth better than 3; 9 costs twice the time for little.
 * Records have the same keys and differ in digits: matches that are shorter
 * cost more than they save (a fifteenth of all).  A search for the best of all
 * parses saves a fortieth at a thirtieth of the speed; longer frames save
 * nothing.  Of what remains four tenths are hashes, which cannot be packed. */
#define LEVEL	   6
#define MIN_MATCH  6
#define NEW_SUFFIX ".new"

_Static_assert(FRAME_BYTES >= 2 * RECORD_SIZE_MAX, "a frame holds a line");

struct pack {
	const struct folder *folder;
	uint64_t number;
	int from;
	int to; /* the packed file */
	int to_index;
	bool is_done;
	uint64_t raw; /* of the segment, bytes that are packed */
	uint64_t packed; /* of the packed file */
	ZSTD_CCtx *ctx;
	struct index_draft *index;
	size_t bound;
	char block[FRAME_BYTES];
	char again[FRAME_BYTES];
	char frame[];
};

static int create(const struct folder *folder, uint64_t number,
		  const char *suffix)
{
	char file[FOLDER_FILE_SIZE];
	int fd;

	folder_file(folder_class(folder), number, suffix, file);
	unlinkat(folder_fd(folder), file, 0);
	fd = openat(folder_fd(folder), file,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	return fd < 0 ? -errno : fd;
}

static int open_files(struct pack *p)
{
	p->from = folder_read(p->folder, p->number);
	if (p->from < 0)
		return p->from;
	p->to = create(p->folder, p->number, FOLDER_PACKED NEW_SUFFIX);
	if (p->to < 0)
		return p->to;
	p->to_index = create(p->folder, p->number, INDEX_SUFFIX NEW_SUFFIX);
	return p->to_index < 0 ? p->to_index : 0;
}

static int set_up(ZSTD_CCtx *ctx)
{
	static const struct {
		ZSTD_cParameter parameter;
		int value;
	} wanted[] = {
		{ ZSTD_c_compressionLevel, LEVEL },
		{ ZSTD_c_strategy, ZSTD_lazy2 },
		{ ZSTD_c_minMatch, MIN_MATCH },
		{ ZSTD_c_checksumFlag, 1 },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (ZSTD_isError(ZSTD_CCtx_setParameter(
			    ctx, wanted[i].parameter, wanted[i].value)))
			return -ENOSYS;
	}
	return 0;
}

int pack_new(struct pack **out, const struct folder *folder, uint64_t number)
{
	size_t bound = ZSTD_compressBound(FRAME_BYTES);
	struct pack *p = calloc(1, sizeof(*p) + bound);
	int err;

	if (!p)
		return -ENOMEM;
	p->folder = folder;
	p->number = number;
	p->from = p->to = p->to_index = -1;
	p->bound = bound;
	p->ctx = ZSTD_createCCtx();
	p->index = index_draft_new();
	err = p->ctx && p->index ? open_files(p) : -ENOMEM;
	if (!err)
		err = set_up(p->ctx);
	if (err) {
		pack_free(p);
		return err;
	}
	*out = p;
	return 0;
}

static void remove_new(const struct pack *p, const char *suffix)
{
	char file[FOLDER_FILE_SIZE];

	unlinkat(folder_fd(p->folder),
		 folder_file(folder_class(p->folder), p->number, suffix, file),
		 0);
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	if (p->from >= 0)
		close(p->from);
	if (p->to >= 0)
		close(p->to);
	if (p->to_index >= 0)
		close(p->to_index);
	if (!p->is_done) {
		remove_new(p, FOLDER_PACKED NEW_SUFFIX);
		remove_new(p, INDEX_SUFFIX NEW_SUFFIX);
	}
	ZSTD_freeCCtx(p->ctx);
	index_draft_free(p->index);
	free(p);
}

static ssize_t read_block(struct pack *p)
{
	size_t have = 0;

	while (have < sizeof(p->block)) {
		ssize_t n = pread(p->from, p->block + have,
				  sizeof(p->block) - have,
				  (off_t)(p->raw + have));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static int write_frame(struct pack *p, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(p->to, p->frame + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	p->packed += len;
	return 0;
}

static int index_lines(struct pack *p, size_t len)
{
	const char *at = p->block, *end = p->block + len;
	int err = index_draft_frame(p->index, p->packed, p->raw, len);

	while (!err && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t line = newline ? (size_t)(newline - at)
				      : (size_t)(end - at);

		err = index_draft_line(p->index, at, line);
		at += line + 1;
	}
	return err;
}

static int pack_block(struct pack *p, size_t len)
{
	size_t packed =
		ZSTD_compress2(p->ctx, p->frame, p->bound, p->block, len);
	int err;

	if (ZSTD_isError(packed))
		return -EIO;
	/* What cannot be unpacked again must not take the place of what is
	 * there. */
	if (ZSTD_decompress(p->again, sizeof(p->again), p->frame, packed) !=
		    len ||
	    memcmp(p->again, p->block, len) != 0)
		return -EIO;
	err = index_lines(p, len);
	if (!err)
		err = write_frame(p, packed);
	p->raw += len;
	return err;
}

static int rename_new(const struct pack *p, const char *from, const char *to)
{
	char old[FOLDER_FILE_SIZE], new[FOLDER_FILE_SIZE];
	int dir = folder_fd(p->folder);
	enum rclass rclass = folder_class(p->folder);

	folder_file(rclass, p->number, from, old);
	folder_file(rclass, p->number, to, new);
	return renameat(dir, old, dir, new) < 0 ? -errno : 0;
}

/* The index first: it counts only beside a packed segment. */
static int finish(struct pack *p)
{
	char file[FOLDER_FILE_SIZE];
	int err = index_draft_write(p->index, p->to_index);

	if (!err && (fsync(p->to) < 0 || fsync(p->to_index) < 0))
		err = -errno;
	if (!err)
		err = rename_new(p, INDEX_SUFFIX NEW_SUFFIX, INDEX_SUFFIX);
	if (!err)
		err = rename_new(p, FOLDER_PACKED NEW_SUFFIX, FOLDER_PACKED);
	if (!err)
		err = folder_sync(p->folder);
	if (err)
		return err;
	p->is_done = true;
	if (folder_protects(p->folder)) {
		/* That it could not be done, the open segment tells. */
		(void)!appendonly_set(p->to, true);
		(void)!appendonly_set(p->to_index, true);
	}
	folder_file(folder_class(p->folder), p->number, "", file);
	appendonly_lift(folder_fd(p->folder), file);
	if (unlinkat(folder_fd(p->folder), file, 0) < 0)
		return -errno;
	return folder_sync(p->folder);
}

int pack_step(struct pack *p)
{
	ssize_t have = read_block(p);
	size_t len;
	int err;

	if (have < 0)
		return (int)have;
	if (have == 0)
		return finish(p);
	len = (size_t)have;
	/* Whole lines, but for what is no line at all. */
	if (len == sizeof(p->block)) {
		const char *newline = memrchr(p->block, '\n', len);

		if (newline)
			len = (size_t)(newline - p->block) + 1;
	}
	err = pack_block(p, len);
	return err ? err : 1;
}
