/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exportbag: whole segments, all seals and all of custody, as a bag
 * (RFC 8493) that postern-verify proves by the anchor alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/records/bag.h"
#include "ctl/records/folder.h"
#include "ctl/records/read.h"
#include "ctl/records/record.h"
#include "ctl/records/scroll.h"
#include "ctl/records/sealer.h"
#include "ctl/records/signer.h"
#include "ctl/records/ticket.h"

#define PATH_SIZE 4096
#define INFO_SIZE 8192
/* postern-records seals an export at once; a busy disk may take its time. */
#define SEAL_WAIT_MS 10000
#define SEAL_LOOK_MS 20

static const char how[] =
	"These are records of a postern mail gate, as they were written.\n\n"
	"data/CLASS/*.jsonl       records, one JSON object a line\n"
	"data/CLASS/*.jsonl.zst   the same, packed: read them with zstdcat\n"
	"data/seals               signed seals that prove the others\n"
	"public-key.txt           the public key of the first seal: the anchor\n"
	"bag-info.txt             who asked for which records, when, and the\n"
	"                         schedule of each class\n\n"
	"To prove them, on any machine, with the anchor that was written down\n"
	"when the records began (not public-key.txt: whoever made this folder\n"
	"anew has put a key of his own there; the two must be the same):\n\n"
	"    postern-verify --key ANCHOR PATH-OF-THIS-BAG\n\n"
	"It prints what was asked for as the sealed record of this export tells\n"
	"it, which Postern-Export in bag-info.txt names, and whether all of that\n"
	"is here.  Where it names none (an export of a copy, or by an older\n"
	"version) nobody can tell whether records were left out.\n\n"
	"postern-records(5) says how to write another verifier.\n";

struct bag {
	const struct read_wish *wish;
	char path[PATH_SIZE];
	uint64_t bytes;
	uint64_t files;
	struct ticket
		ticket; /* id 0: of a copy, whose exports nobody records */
};

static int make_folder(const struct bag *b, const char *name)
{
	char path[PATH_SIZE + 64];

	snprintf(path, sizeof(path), "%s%s%s", b->path, name[0] ? "/" : "",
		 name);
	return mkdir(path, 0750) < 0 ? -errno : 0;
}

static int copy_bytes(struct bag *b, int from, int to)
{
	char block[1u << 16];
	ssize_t n;

	while ((n = read(from, block, sizeof(block))) > 0) {
		for (ssize_t done = 0; done < n;) {
			ssize_t m = write(to, block + done, (size_t)(n - done));

			if (m < 0)
				return -errno;
			done += m;
		}
		b->bytes += (uint64_t)n;
	}
	if (n < 0)
		return -errno;
	b->files++;
	return fsync(to) < 0 ? -errno : 0;
}

static int copy_segment(struct bag *b, const struct folder *folder,
			const struct segment *segment)
{
	bool is_packed = segment->is_packed;
	char path[PATH_SIZE + 128], file[FOLDER_FILE_SIZE];
	enum rclass rclass = folder_class(folder);
	int from, to, err;

	from = is_packed ? folder_read_packed(folder, segment->number)
			 : folder_read(folder, segment->number);
	if (from == -ENOENT && !is_packed) {
		is_packed = true;
		from = folder_read_packed(folder, segment->number);
	}
	if (from < 0)
		return from;
	folder_file(rclass, segment->number, is_packed ? FOLDER_PACKED : "",
		    file);
	snprintf(path, sizeof(path), "%s/data/%s/%s", b->path,
		 class_name(rclass), file);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	err = to < 0 ? -errno : copy_bytes(b, from, to);
	if (to >= 0)
		close(to);
	close(from);
	return err;
}

/* The time of a segment's first record, or 0. */
static uint64_t begin_of(const struct folder *folder,
			 const struct segment *segment)
{
	int fd = segment->is_packed
			 ? folder_read_packed(folder, segment->number)
			 : folder_read(folder, segment->number);
	struct record record;
	struct scroll scroll;
	struct line line;
	uint64_t time_ns = 0;
	int err;

	if (fd < 0)
		return 0;
	err = segment->is_packed ? scroll_open_packed(&scroll, fd, INT64_MAX)
				 : scroll_open(&scroll, fd, INT64_MAX);
	if (!err) {
		if (scroll_next(&scroll, &line) > 0 &&
		    record_open(&record, line.text, line.len) == 0)
			time_ns = record.time_ns;
		scroll_close(&scroll);
	}
	close(fd);
	return time_ns;
}

/* Segments in one row: from the last that begins before the time asked for, to
 * the last that begins before its end. */
static void choose(const struct bag *b, const struct folder *folder,
		   const struct segment *list, size_t count, size_t *first,
		   size_t *end)
{
	const struct query *q = &b->wish->query;
	bool is_all = folder_class(folder) == CLASS_SEALS ||
		      folder_class(folder) == CLASS_CUSTODY;

	*first = 0;
	*end = count;
	if (is_all)
		return;
	for (size_t i = 1; i < count && q->since_ns; i++) {
		uint64_t begin = begin_of(folder, &list[i]);

		if (begin && begin <= q->since_ns)
			*first = i;
	}
	while (*end > *first && q->before_ns &&
	       begin_of(folder, &list[*end - 1]) >= q->before_ns)
		--*end;
}

static int copy_class(struct bag *b, enum rclass rclass)
{
	struct segment *list;
	struct folder *folder;
	size_t count, first, end;
	char name[64];
	int err = folder_open_reading(&folder, b->wish->path, rclass);

	if (err)
		return err == -ENOENT ? 0 : err;
	snprintf(name, sizeof(name), "data/%s", class_name(rclass));
	err = make_folder(b, name);
	if (!err)
		err = folder_list_all(folder, &list, &count);
	if (!err) {
		choose(b, folder, list, count, &first, &end);
		for (size_t i = first; i < end && !err; i++)
			err = copy_segment(b, folder, &list[i]);
		free(list);
	}
	folder_close(folder);
	return err;
}

static int write_text(const struct bag *b, const char *name, const char *text)
{
	char path[PATH_SIZE + 64];
	FILE *file;
	int bad;

	snprintf(path, sizeof(path), "%s/%s", b->path, name);
	file = fopen(path, "wxe");
	if (!file)
		return -errno;
	fputs(text, file);
	bad = ferror(file);
	return fclose(file) || bad ? -EIO : 0;
}

/* Of records without a seal there is none. */
static int write_key(const struct bag *b)
{
	uint8_t key[SIGNER_PUBLIC_SIZE];
	char hex[2 * sizeof(key) + 2];
	int err = read_anchor(b->wish, key);

	if (err)
		return err == -ENODATA ? 0 : err;
	for (size_t i = 0; i < sizeof(key); i++)
		snprintf(hex + 2 * i, 3, "%02x", key[i]);
	snprintf(hex + 2 * sizeof(key), 2, "\n");
	return write_text(b, "public-key.txt", hex);
}

static int close_bag(const struct bag *b)
{
	char info[INFO_SIZE] = "", day[CLOCK_TEXT_SIZE];
	FILE *out = fmemopen(info, sizeof(info), "w");

	if (!out)
		return -ENOMEM;
	clock_format(b->wish->now_ns, day);
	fprintf(out,
		"Bag-Software-Agent: postern " POSTERN_VERSION
		"\nBagging-Date: %.10s\nPayload-Oxum: %" PRIu64 ".%" PRIu64
		"\nExternal-Description: Records of a mail gate, with seals\n",
		day, b->bytes, b->files);
	if (b->ticket.id)
		ticket_write(&b->ticket, out);
	for (size_t i = 0; i < b->wish->info_count; i++)
		fprintf(out, "%.500s\n", b->wish->infos[i]);
	if (fclose(out) != 0)
		return -ENOSPC;
	return bag_close(b->path, info);
}

/* Number of the newest record of custody that a seal proves, or 0. */
static uint64_t sealed_custody(const struct bag *b)
{
	struct folder *folder;
	uint64_t seq, time_ns;
	struct seal seal;
	int got;

	if (folder_open_reading(&folder, b->wish->path, CLASS_SEALS))
		return 0;
	got = sealer_read(folder, 0, &seq, &time_ns, &seal);
	folder_close(folder);
	return got > 0 ? seal.heads[CLASS_CUSTODY].seq : 0;
}

/* What the bag is to hold is told by its export's record, and that counts once
 * it is sealed. */
static int await_ticket(struct bag *b)
{
	const struct timespec pause = { .tv_nsec = SEAL_LOOK_MS * 1000000l };
	int err;

	if (b->wish->id == 0)
		return 0;
	err = ticket_find(&b->ticket, b->wish->path, b->wish->id);
	for (int ms = 0; !err && sealed_custody(b) < b->ticket.seq;
	     ms += SEAL_LOOK_MS) {
		if (ms >= SEAL_WAIT_MS)
			err = -ETIMEDOUT;
		else
			nanosleep(&pause, NULL);
	}
	if (err)
		fprintf(stderr,
			"postern: no seal proves the record of this export, "
			"act %" PRIu64 ", in %s: %s; --path exports records "
			"without a record of it, and then nothing proves that "
			"none was left out\n",
			b->wish->id, b->wish->path, strerror(-err));
	return err;
}

static int fill_bag(struct bag *b)
{
	int err = make_folder(b, "");

	if (!err)
		err = make_folder(b, "data");
	for (unsigned int i = 0; i < CLASS_COUNT && !err; i++) {
		if (query_wants(&b->wish->query, i) || i == CLASS_SEALS ||
		    i == CLASS_CUSTODY)
			err = copy_class(b, (enum rclass)i);
	}
	if (!err)
		err = write_text(b, "how-to-verify.txt", how);
	if (!err)
		err = write_key(b);
	return err ? err : close_bag(b);
}

int read_export_bag(const struct read_wish *wish)
{
	struct bag b = { .wish = wish };
	int err;

	if (!wish->to || strlen(wish->to) >= sizeof(b.path)) {
		fprintf(stderr, "postern: a bag is a folder: name it with "
				"--to\n");
		return 2;
	}
	if (wish->hide || !query_is_plain(&wish->query)) {
		fprintf(stderr,
			"postern: a bag holds whole segments, which alone "
			"can be proven; only --since, --until and --class "
			"choose among them\n");
		return 2;
	}
	snprintf(b.path, sizeof(b.path), "%s", wish->to);
	if (await_ticket(&b))
		return 1;
	err = fill_bag(&b);
	return err ? read_failed(wish->to, err) : 0;
}
