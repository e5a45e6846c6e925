/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keeping: reasons not to delete, one after the other.
 */
#include "ctl/records/keeping.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/records/appendonly.h"
#include "ctl/records/declare.h"
#include "ctl/records/index.h"
#include "ctl/records/record.h"
#include "ctl/records/scroll.h"

#define DAY_S 86400ull

uint32_t keeping_days(const struct records *config, enum rclass rclass)
{
	uint32_t days = config->keep_days;

	if (rclass < CLASS_SEALS && config->schedules[rclass].keep_days)
		days = config->schedules[rclass].keep_days;
	return days > CONFIG_KEEP_FLOOR_DAYS ? days : CONFIG_KEEP_FLOOR_DAYS;
}

/* The age that the first seal had which proves the record SEQ of RCLASS, or
 * UINT64_MAX: none does. */
static int find_age(const struct folder *seals, enum rclass rclass,
		    uint64_t seq, uint64_t *age_s)
{
	uint64_t *numbers;
	size_t count;
	int err = folder_list(seals, &numbers, &count);

	*age_s = UINT64_MAX;
	if (err)
		return err;
	for (size_t i = 0; i < count && !err && *age_s == UINT64_MAX; i++) {
		int fd = folder_read(seals, numbers[i]);
		struct record record;
		struct scroll scroll;
		struct line line;
		struct seal seal;

		err = fd < 0 ? fd : scroll_open(&scroll, fd, INT64_MAX);
		while (!err && scroll_next(&scroll, &line) > 0) {
			if (record_open(&record, line.text, line.len) ||
			    seal_read(&seal, &record) ||
			    seal.heads[rclass].seq < seq)
				continue;
			*age_s = seal.age_s;
			break;
		}
		if (!err)
			scroll_close(&scroll);
		if (fd >= 0)
			close(fd);
	}
	free(numbers);
	return err;
}

static int open_index(const struct folder *folder, uint64_t number,
		      struct index *out)
{
	char file[FOLDER_FILE_SIZE];
	int fd, err;

	folder_file(folder_class(folder), number, INDEX_SUFFIX, file);
	fd = openat(folder_fd(folder), file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	err = index_open(out, fd);
	close(fd);
	return err;
}

static bool has_address(const struct index *index, const struct prefix *p)
{
	size_t size = (size_t)(index->frames / 8 + 1);
	uint8_t *bits = calloc(1, size);
	bool found = !bits; /* without memory nothing is deleted */

	if (!bits)
		return true;
	index_look_up(index, p, bits);
	for (size_t i = 0; i < size; i++)
		found |= bits[i] != 0;
	free(bits);
	return found;
}

static bool is_held(const struct holds *holds, const struct index *index,
		    enum rclass rclass)
{
	if (holds->is_overfull)
		return true;
	for (size_t i = 0; i < holds->count; i++) {
		const struct hold *h = &holds->list[i];

		if ((h->classes && !(h->classes >> rclass & 1)) ||
		    index->last_ns < h->since_ns ||
		    (h->before_ns && index->first_ns >= h->before_ns))
			continue;
		if (h->prefix.family == 0 || has_address(index, &h->prefix))
			return true;
	}
	return false;
}

/* It tells of what is missing before a class's first record; of custody itself
 * the word tells it that is written when this goes. */
static int is_accounting(const struct keeping *k, const struct act *act)
{
	for (int i = 0; i < CLASS_CUSTODY; i++) {
		uint64_t first = folder_number((enum rclass)i, act->file);
		struct segment *list;
		size_t count;
		int err;

		if (first == 0)
			continue;
		err = folder_list_all(k->books->folders[i], &list, &count);
		if (err)
			return err;
		err = count > 0 && list[0].number <= first + act->count;
		free(list);
		return err;
	}
	return 0;
}

static int is_act_needed(const struct keeping *k, const struct record *record)
{
	struct act act;

	if (record->kind != ACT_HOLD && record->kind != ACT_DISPOSED)
		return 0;
	if (record_read_later_act(&act, record) < 0)
		return 1; /* nobody knows for what */
	if (act.kind == ACT_DISPOSED)
		return is_accounting(k, &act);
	for (size_t i = 0; i < k->holds->count; i++) {
		if (k->holds->list[i].id == act.id)
			return 1;
	}
	return 0;
}

/* 1: the packed segment NUMBER of custody says nothing any more that is still to
 * be known. */
static int is_custody_spent(const struct keeping *k, uint64_t number)
{
	int fd = folder_read_packed(k->books->folders[CLASS_CUSTODY], number);
	struct record record;
	struct scroll scroll;
	struct line line;
	int got, needed = 0;

	if (fd < 0)
		return fd;
	got = scroll_open_packed(&scroll, fd, INT64_MAX);
	if (!got) {
		while (!needed && (got = scroll_next(&scroll, &line)) > 0) {
			if (record_open(&record, line.text, line.len) == 0)
				needed = is_act_needed(k, &record);
		}
		scroll_close(&scroll);
	}
	close(fd);
	return got < 0 ? got : needed < 0 ? needed : !needed;
}

/* 1: the segment with the records up to LAST_SEQ may go. */
static int is_due(const struct keeping *k, enum rclass rclass,
		  const struct index *index, uint64_t last_seq, uint64_t now_ns)
{
	uint64_t keep_s = keeping_days(k->config, rclass) * DAY_S;
	uint64_t age_s;
	int err;

	if (index->last_ns > now_ns ||
	    (now_ns - index->last_ns) / CLOCK_NS_PER_S < keep_s)
		return 0;
	err = find_age(k->books->folders[CLASS_SEALS], rclass, last_seq,
		       &age_s);
	if (err)
		return err;
	if (age_s > k->seal->age_s || k->seal->age_s - age_s < keep_s)
		return 0;
	return !is_held(k->holds, index, rclass);
}

static struct act disposition(const struct keeping *k, enum rclass rclass,
			      uint64_t number, uint64_t count,
			      const struct index *index)
{
	const struct schedule *schedule = &k->config->schedules[rclass];
	struct act act = declare_begin(ACT_DISPOSED, count);

	act.classes = (uint8_t)(1u << rclass);
	act.since_ns = index->first_ns;
	act.before_ns = index->last_ns + 1;
	folder_name(rclass, number, act.file);
	snprintf(act.name, sizeof(act.name), "%.31s", schedule->series);
	snprintf(act.reason, sizeof(act.reason), "kept for %u days%s%.80s",
		 keeping_days(k->config, rclass),
		 schedule->citation[0] ? ": " : "", schedule->citation);
	return act;
}

static int delete (const struct folder *folder, uint64_t number)
{
	char file[FOLDER_FILE_SIZE];

	folder_file(folder_class(folder), number, FOLDER_PACKED, file);
	appendonly_lift(folder_fd(folder), file);
	if (unlinkat(folder_fd(folder), file, 0) < 0)
		return -errno;
	folder_file(folder_class(folder), number, INDEX_SUFFIX, file);
	appendonly_lift(folder_fd(folder), file);
	if (unlinkat(folder_fd(folder), file, 0) < 0)
		return -errno;
	return folder_sync(folder);
}

static int dispose(const struct keeping *k, enum rclass rclass, uint64_t number,
		   uint64_t count, const struct index *index)
{
	struct act act = disposition(k, rclass, number, count, index);
	int err = books_act(k->books, &act);

	if (!err)
		err = books_sync(k->books);
	if (!err)
		err = k->prove(k->ctx);
	if (!err)
		err = delete (k->books->folders[rclass], number);
	return err ? err : 1;
}

int keeping_step(const struct keeping *k, enum rclass rclass, uint64_t now_ns)
{
	const struct folder *folder = k->books->folders[rclass];
	struct segment *list;
	struct index index;
	size_t count;
	int got = folder_list_all(folder, &list, &count);

	if (got)
		return got;
	/* The newest is never deleted: the chain goes on from it. */
	if (count > 1 && list[0].is_packed) {
		uint64_t number = list[0].number;
		uint64_t records = list[1].number - number;

		got = open_index(folder, number, &index);
		if (!got) {
			got = is_due(k, rclass, &index, number + records - 1,
				     now_ns);
			if (got > 0 && rclass == CLASS_CUSTODY)
				got = is_custody_spent(k, number);
			if (got > 0)
				got = dispose(k, rclass, number, records,
					      &index);
			index_close(&index);
		}
	}
	free(list);
	return got;
}
