/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal: a buffer of lines, and the segment that they go to.  Knows no
 * protocol and no clock but the one that a record bears.
 */
#include "ctl/records/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/records/appendonly.h"

/* A buffer that grew beyond this is given back when little of it was used:
 * in a burst the next sync wants it again. */
#define BUFFER_KEPT (4u * RECORD_SIZE_MAX)
#define BUFFER_USED 16u

struct journal {
	struct folder *folder;
	struct chain *chain;

	/* Of the newest record taken. */
	uint64_t seq;
	uint64_t last_id;
	uint8_t hash[RECORD_HASH_SIZE];

	uint64_t synced_id;
	uint64_t segment;
	uint64_t synced; /* bytes of the segment that are certain */
	uint64_t earlier; /* bytes of all other segments */
	bool exists; /* the segment's file was made */
	bool is_named; /* its name will last: the folder was synced */
	bool is_blank; /* it holds no record, nor does the buffer */
	int fd; /* of the segment, or -1 */
	int unprotected; /* -errno of protecting it */

	char *buffer; /* everything behind SYNCED */
	size_t len;
	size_t size;
	size_t written; /* of LEN, handed to the kernel */
	bool synchronised; /* the clock, when the buffer was begun */
};

int journal_new(struct journal **out, struct folder *folder,
		struct chain *chain, const struct survey *survey)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (!j)
		return -ENOMEM;
	j->folder = folder;
	j->chain = chain;
	j->seq = survey->seq;
	j->last_id = survey->last_id;
	j->synced_id = survey->last_id;
	memcpy(j->hash, survey->hash, sizeof(j->hash));
	j->segment = survey->segment;
	j->synced = survey->end;
	j->exists = survey->exists;
	j->is_blank = survey->end == 0;
	j->earlier = folder_bytes(folder) - survey->end - survey->torn;
	j->fd = -1;
	*out = j;
	return 0;
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	if (j->fd >= 0)
		close(j->fd);
	free(j->buffer);
	free(j);
}

/* Room for one more record. */
static int make_room(struct journal *j)
{
	size_t size = j->size ? 2 * j->size : 2 * RECORD_SIZE_MAX;
	char *more;

	if (j->size - j->len >= RECORD_SIZE_MAX)
		return 0;
	more = realloc(j->buffer, size);
	if (!more)
		return -ENOMEM;
	j->buffer = more;
	j->size = size;
	return 0;
}

/* What the next record begins with. */
static struct record next_head(struct journal *j)
{
	struct record head = {
		.rclass = (uint8_t)folder_class(j->folder),
		.seq = j->seq + 1,
		.is_first = j->is_blank,
	};

	/* A system call: once for what is written together. */
	if (j->len == 0)
		j->synchronised = clock_is_synchronised();
	head.synchronised = j->synchronised;
	memcpy(head.prev, j->hash, sizeof(head.prev));
	return head;
}

static void close_record(struct journal *j, size_t len)
{
	char *line = j->buffer + j->len;

	chain_link(j->chain, j->hash, line, len);
	j->len += record_close(line, len, j->hash);
	j->seq++;
	j->is_blank = false;
}

int journal_put(struct journal *j, journal_write_fn *write, const void *what,
		uint64_t time_ns)
{
	struct record head;
	int err = make_room(j);

	if (err)
		return err;
	head = next_head(j);
	head.time_ns = time_ns ? time_ns : clock_calendar_ns();
	close_record(j, write(j->buffer + j->len, &head, what));
	return 0;
}

static size_t write_act(char *out, const struct record *head, const void *act)
{
	return record_write_act(out, head, act);
}

int journal_act(struct journal *j, const struct act *act)
{
	int err = journal_put(j, write_act, act, act->time_ns);

	if (!err && act->id)
		j->last_id = act->id;
	return err;
}

struct row_of_bans {
	const struct saved_ban *bans;
	size_t count;
};

static size_t write_bans(char *out, const struct record *head, const void *row)
{
	const struct row_of_bans *bans = row;

	return record_write_bans(out, head, bans->bans, bans->count);
}

int journal_bans(struct journal *j, const struct saved_ban *bans, size_t count)
{
	const struct row_of_bans row = { bans, count };

	return journal_put(j, write_bans, &row, 0);
}

int journal_turn(struct journal *j)
{
	int err = journal_sync(j);

	if (err || j->is_blank)
		return err;
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
	j->segment = j->seq + 1;
	j->earlier += j->synced;
	j->synced = 0;
	j->exists = false;
	j->is_named = false;
	j->is_blank = true;
	return 0;
}

static void protect(struct journal *j)
{
	if (folder_protects(j->folder))
		j->unprotected = appendonly_set(j->fd, true);
}

/* What is not certain goes: only that is ever cut off. */
static int take_back(struct journal *j)
{
	int err;

	if (folder_protects(j->folder))
		(void)!appendonly_set(j->fd, false);
	err = ftruncate(j->fd, (off_t)j->synced) < 0 ? -errno : 0;
	protect(j);
	return err;
}

/* Take the file back to what is certain; the next write opens it again. */
static int give_up(struct journal *j, int err)
{
	if (j->fd >= 0) {
		/* Tried again before the next write, should it fail now. */
		(void)!take_back(j);
		close(j->fd);
	}
	j->fd = -1;
	j->written = 0;
	return err;
}

/* Nothing that was not certain may stand before what is written now. */
static int cut(struct journal *j)
{
	struct stat st;

	if (fstat(j->fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size > j->synced)
		return take_back(j);
	protect(j);
	return 0;
}

static int open_segment(struct journal *j)
{
	int fd;

	if (j->fd >= 0)
		return 0;
	fd = j->exists ? folder_append(j->folder, j->segment)
		       : folder_create(j->folder, j->segment);
	if (fd < 0)
		return fd;
	j->fd = fd;
	j->exists = true;
	return cut(j);
}

static int write_rest(struct journal *j)
{
	while (j->written < j->len) {
		ssize_t n = write(j->fd, j->buffer + j->written,
				  j->len - j->written);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		j->written += (size_t)n;
	}
	return 0;
}

int journal_write(struct journal *j)
{
	int err;

	if (j->written == j->len)
		return 0;
	err = open_segment(j);
	if (!err)
		err = write_rest(j);
	return err ? give_up(j, err) : 0;
}

/* Everything is on disk: the buffer begins anew. */
static void settle(struct journal *j)
{
	bool is_roomy = j->len < j->size / BUFFER_USED;

	j->synced += j->len;
	j->synced_id = j->last_id;
	j->len = 0;
	j->written = 0;
	if (j->size > BUFFER_KEPT && is_roomy) {
		free(j->buffer);
		j->buffer = NULL;
		j->size = 0;
	}
}

int journal_sync(struct journal *j)
{
	int err;

	if (j->len == 0)
		return 0;
	err = journal_write(j);
	if (err)
		return err;
	if (fdatasync(j->fd) < 0)
		return give_up(j, -errno);
	if (!j->is_named) {
		err = folder_sync(j->folder);
		if (err)
			return give_up(j, err);
		j->is_named = true;
	}
	settle(j);
	return 0;
}

size_t journal_pending(const struct journal *j, const char **bytes)
{
	*bytes = j->buffer;
	return j->len;
}

uint64_t journal_seq(const struct journal *j)
{
	return j->seq;
}

uint64_t journal_last_id(const struct journal *j)
{
	return j->last_id;
}

uint64_t journal_synced_id(const struct journal *j)
{
	return j->synced_id;
}

int journal_unprotected(const struct journal *j)
{
	return j->unprotected;
}

const uint8_t *journal_hash(const struct journal *j)
{
	return j->hash;
}

const struct folder *journal_folder(const struct journal *j)
{
	return j->folder;
}

uint64_t journal_segment(const struct journal *j)
{
	return j->segment;
}

uint64_t journal_synced(const struct journal *j)
{
	return j->synced;
}

bool journal_is_blank(const struct journal *j)
{
	return j->is_blank;
}

uint64_t journal_bytes(const struct journal *j)
{
	return j->earlier + j->synced + j->len;
}

bool journal_is_removed(const struct journal *j)
{
	struct stat st;

	return j->fd >= 0 && fstat(j->fd, &st) == 0 && st.st_nlink == 0;
}
