/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index: entries are gathered frame by frame, sorted once, and searched by
 * halves.
 */
#include "ctl/records/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/cursor.h"
#include "ctl/records/member.h"

#define MAGIC	    "PTNINDX1"
#define HEAD_SIZE   64u
#define FRAME_SIZE  40u
#define ENTRY_SIZE  12u
#define FRAME_SHIFT 8u
#define FRAMES_MAX  (1u << 24)

struct entry {
	uint64_t key;
	uint32_t where; /* frame << FRAME_SHIFT | length */
};

struct index_draft {
	struct index_frame *frames;
	size_t frame_count;
	struct entry *entries;
	size_t count;
	size_t room;
	size_t frame_at; /* where the entries of the newest frame begin */
	uint64_t first_seq;
	uint64_t last_seq;
};

struct index_draft *index_draft_new(void)
{
	return calloc(1, sizeof(struct index_draft));
}

void index_draft_free(struct index_draft *d)
{
	if (!d)
		return;
	free(d->frames);
	free(d->entries);
	free(d);
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key > y->key ? 1 : -1;
	return (x->where > y->where) - (x->where < y->where);
}

/* Each prefix of a frame once. */
static void end_frame(struct index_draft *d)
{
	struct entry *from = d->entries + d->frame_at;
	size_t count = d->count - d->frame_at;
	size_t kept = 0;

	if (count == 0)
		return;
	qsort(from, count, sizeof(*from), compare);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || compare(&from[kept - 1], &from[i]) != 0)
			from[kept++] = from[i];
	}
	d->count = d->frame_at + kept;
}

int index_draft_frame(struct index_draft *d, uint64_t packed, uint64_t raw,
		      uint64_t len)
{
	struct index_frame *more = d->frames;
	size_t count = d->frame_count;

	end_frame(d);
	d->frame_at = d->count;
	if (count == FRAMES_MAX)
		return -EFBIG;
	/* A full array has a power of two. */
	if ((count & (count - 1)) == 0) {
		more = realloc(more, (count ? 2 * count : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		d->frames = more;
	}
	more[d->frame_count++] = (struct index_frame){
		.packed = packed,
		.raw = raw,
		.len = len,
		.first_ns = UINT64_MAX,
	};
	return 0;
}

static uint64_t key_of(const struct prefix *p)
{
	size_t bytes = p->family == PREFIX_IP4 ? 4 : 8;
	uint64_t key = 0;

	for (size_t i = 0; i < bytes; i++)
		key = key << 8 | p->addr[i];
	return key;
}

static int add_entry(struct index_draft *d, const struct prefix *p)
{
	size_t room = d->room ? 2 * d->room : 1024;
	struct entry *more;

	if (d->count == d->room) {
		more = realloc(d->entries, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		d->entries = more;
		d->room = room;
	}
	d->entries[d->count++] = (struct entry){
		.key = key_of(p),
		.where = (uint32_t)(d->frame_count - 1) << FRAME_SHIFT |
			 p->length,
	};
	return 0;
}

static void take_time(struct index_frame *frame, uint64_t time_ns)
{
	if (time_ns == 0)
		return;
	if (time_ns < frame->first_ns)
		frame->first_ns = time_ns;
	if (time_ns > frame->last_ns)
		frame->last_ns = time_ns;
}

int index_draft_line(struct index_draft *d, const char *line, size_t len)
{
	struct index_frame *frame = &d->frames[d->frame_count - 1];
	struct members members = members_of(line, len);
	struct member m;
	struct prefix p;
	int err = 0;

	while (!err && members_next(&members, &m)) {
		if (member_is(&m, "seq")) {
			d->last_seq = member_number(&m);
			if (d->first_seq == 0)
				d->first_seq = d->last_seq;
		} else if (member_is(&m, "time")) {
			take_time(frame, member_time(&m));
		} else if ((member_is(&m, "prefix") ||
			    member_is(&m, "source") ||
			    member_is(&m, "target")) &&
			   member_prefix(&m, &p)) {
			err = add_entry(d, &p);
		}
	}
	return err;
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static void put_head(struct cursor *c, const struct index_draft *d)
{
	uint64_t first_ns = UINT64_MAX, last_ns = 0, len = 0;

	for (size_t i = 0; i < d->frame_count; i++) {
		const struct index_frame *f = &d->frames[i];

		if (f->first_ns < first_ns)
			first_ns = f->first_ns;
		if (f->last_ns > last_ns)
			last_ns = f->last_ns;
		len += f->len;
	}
	cursor_put_bytes(c, MAGIC, 8);
	cursor_put_u64(c, d->frame_count);
	cursor_put_u64(c, d->count);
	cursor_put_u64(c, len);
	cursor_put_u64(c, d->first_seq);
	cursor_put_u64(c, d->last_seq);
	cursor_put_u64(c, first_ns);
	cursor_put_u64(c, last_ns);
}

int index_draft_write(struct index_draft *d, int fd)
{
	size_t size;
	struct cursor c;
	uint8_t *data;
	int err;

	end_frame(d);
	size = HEAD_SIZE + d->frame_count * FRAME_SIZE + d->count * ENTRY_SIZE;
	data = malloc(size);
	if (!data)
		return -ENOMEM;
	if (d->count)
		qsort(d->entries, d->count, sizeof(*d->entries), compare);
	c = cursor_over(data, size);
	put_head(&c, d);
	for (size_t i = 0; i < d->frame_count; i++) {
		cursor_put_u64(&c, d->frames[i].packed);
		cursor_put_u64(&c, d->frames[i].raw);
		cursor_put_u64(&c, d->frames[i].len);
		cursor_put_u64(&c, d->frames[i].first_ns);
		cursor_put_u64(&c, d->frames[i].last_ns);
	}
	for (size_t i = 0; i < d->count; i++) {
		cursor_put_u64(&c, d->entries[i].key);
		cursor_put_u32(&c, d->entries[i].where);
	}
	err = cursor_done(&c) ? write_all(fd, data, size) : -EIO;
	free(data);
	return err;
}

static bool read_head(struct index *index)
{
	struct cursor c = cursor_reading(index->map, HEAD_SIZE);
	uint64_t left = index->size - HEAD_SIZE;
	char magic[8];

	cursor_get_bytes(&c, magic, sizeof(magic));
	index->frames = cursor_get_u64(&c);
	index->entries = cursor_get_u64(&c);
	index->len = cursor_get_u64(&c);
	cursor_get_u64(&c);
	cursor_get_u64(&c);
	index->first_ns = cursor_get_u64(&c);
	index->last_ns = cursor_get_u64(&c);
	if (memcmp(magic, MAGIC, sizeof(magic)) != 0 ||
	    index->frames > FRAMES_MAX || index->frames * FRAME_SIZE > left)
		return false;
	left -= index->frames * FRAME_SIZE;
	return index->entries == left / ENTRY_SIZE && left % ENTRY_SIZE == 0;
}

int index_open(struct index *out, int fd)
{
	struct index index = { 0 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < (off_t)HEAD_SIZE)
		return -EBADMSG;
	index.size = (size_t)st.st_size;
	index.map = mmap(NULL, index.size, PROT_READ, MAP_SHARED, fd, 0);
	if (index.map == MAP_FAILED)
		return -errno;
	if (!read_head(&index)) {
		munmap(index.map, index.size);
		return -EBADMSG;
	}
	*out = index;
	return 0;
}

void index_close(struct index *index)
{
	if (index->map)
		munmap(index->map, index->size);
	index->map = NULL;
}

struct index_frame index_frame(const struct index *index, uint64_t number)
{
	struct cursor c = cursor_reading(
		index->map + HEAD_SIZE + number * FRAME_SIZE, FRAME_SIZE);
	struct index_frame frame;

	frame.packed = cursor_get_u64(&c);
	frame.raw = cursor_get_u64(&c);
	frame.len = cursor_get_u64(&c);
	frame.first_ns = cursor_get_u64(&c);
	frame.last_ns = cursor_get_u64(&c);
	return frame;
}

static struct entry entry_at(const struct index *index, uint64_t number)
{
	struct cursor c = cursor_reading(index->map + HEAD_SIZE +
						 index->frames * FRAME_SIZE +
						 number * ENTRY_SIZE,
					 ENTRY_SIZE);
	struct entry entry;

	entry.key = cursor_get_u64(&c);
	entry.where = cursor_get_u32(&c);
	return entry;
}

/* The first entry whose key is KEY or above. */
static uint64_t search(const struct index *index, uint64_t key)
{
	uint64_t low = 0, high = index->entries;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (entry_at(index, middle).key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* All entries with keys from FIRST to LAST; LENGTH: only of that length, or
 * -1. */
static void mark(const struct index *index, uint64_t first, uint64_t last,
		 int length, uint8_t *bits)
{
	for (uint64_t i = search(index, first); i < index->entries; i++) {
		struct entry entry = entry_at(index, i);
		uint32_t frame = entry.where >> FRAME_SHIFT;

		if (entry.key > last)
			return;
		if (frame >= index->frames ||
		    (length >= 0 && (int)(entry.where & 0xff) != length))
			continue;
		bits[frame / 8] |= (uint8_t)(1u << frame % 8);
	}
}

void index_look_up(const struct index *index, const struct prefix *p,
		   uint8_t *bits)
{
	unsigned int width = p->family == PREFIX_IP4 ? 32 : 64;
	unsigned int length = p->length < width ? p->length : width;
	uint64_t key = key_of(p);
	uint64_t rest = length == 0    ? width == 64 ? UINT64_MAX : UINT32_MAX
			: length == 64 ? 0
			: width == 64  ? UINT64_MAX >> length
				       : (1ull << (32 - length)) - 1;

	/* What lies within it, then each block that it lies in. */
	mark(index, key, key | rest, -1, bits);
	for (unsigned int wider = 0; wider < length; wider++) {
		struct prefix around = prefix_truncate(p, wider);

		mark(index, key_of(&around), key_of(&around), (int)wider, bits);
	}
}
