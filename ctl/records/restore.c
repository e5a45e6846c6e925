/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restore: records back into rows.  Whether they are good was found out
 * before (survey.h); here only whether they can be read.
 */
#include "ctl/records/restore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/records/checkpoint.h"
#include "ctl/records/record.h"
#include "ctl/records/scroll.h"

/* Bytes of records in one step: a loop turn's worth, a few socket messages. */
#define STEP_BYTES (128u << 10)

struct restore {
	const struct folder *folder;
	struct restore_range range;
	restore_hear_fn *hear;
	void *ctx;

	uint64_t *segments; /* to be read; owned */
	size_t count;
	size_t at; /* of the one being read */
	int fd; /* of it, or -1 */
	uint64_t number; /* of the newest that was begun */
	struct scroll scroll;
	struct checkpoint checkpoint; /* that the segment begins with */
	bool checkpoint_counts;

	char *pending; /* owned */
	size_t pending_at;
	uint64_t skipped;
	uint64_t later;
};

/* Kinds that change what is banned or what is shut. */
static bool is_state(enum act_kind kind)
{
	switch (kind) {
	case ACT_BAN:
	case ACT_UNBAN:
	case ACT_PANIC:
	case ACT_RESUME:
	case ACT_POSITION:
	case ACT_READ:
	case ACT_CHECKPOINT:
	case ACT_CHECKPOINTED:
	case ACT_PARDON:
	case ACT_UNPARDON:
	case ACT_ALARM:
	case ACT_ACK:
		return true;
	case ACT_NONE:
	case ACT_START: /* in acts it stood formerly */
	case ACT_STOP:
	case ACT_CLOCK:
	case ACT_EXPOSED:
	case ACT_WOULD_BAN:
	case ACT_REFUSED:
	case ACT_RELOAD:
	case ACT_CONFIG:
	case ACT_BASIS:
	case ACT_PROTECT:
	case ACT_UNPROTECT:
	case ACT_DRIFT:
	case ACT_REPAIR:
	case ACT_GAP:
	case ACT_PROGRAM:
	case ACT_TORN:
	case ACT_HOLD:
	case ACT_LIFT:
	case ACT_DISPOSED:
	case ACT_EXPORT:
	case ACT_REVIEW:
	case ACT_WITNESS:
	case ACT_COUNT:
		break;
	}
	return false;
}

/* The list of the segments in the range. */
static int list_segments(struct restore *r)
{
	uint64_t *numbers;
	size_t count;
	int err;

	err = folder_list(r->folder, &numbers, &count);
	if (err)
		return err;
	r->segments = numbers;
	for (size_t i = 0; i < count; i++) {
		if (numbers[i] >= r->range.base && numbers[i] <= r->range.last)
			numbers[r->count++] = numbers[i];
	}
	return 0;
}

static int copy_pending(struct restore *r)
{
	if (r->range.pending_len == 0)
		return 0;
	r->pending = malloc(r->range.pending_len);
	if (!r->pending)
		return -ENOMEM;
	memcpy(r->pending, r->range.pending, r->range.pending_len);
	return 0;
}

int restore_new(struct restore **out, const struct folder *folder,
		const struct restore_range *range, restore_hear_fn *hear,
		void *ctx)
{
	struct restore *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->folder = folder;
	r->range = *range;
	r->hear = hear;
	r->ctx = ctx;
	r->fd = -1;
	err = list_segments(r);
	if (!err)
		err = copy_pending(r);
	if (err) {
		restore_free(r);
		return err;
	}
	*out = r;
	return 0;
}

static void close_segment(struct restore *r)
{
	if (r->fd < 0)
		return;
	scroll_close(&r->scroll);
	close(r->fd);
	r->fd = -1;
}

void restore_free(struct restore *r)
{
	if (!r)
		return;
	close_segment(r);
	free(r->segments);
	free(r->pending);
	free(r);
}

static void begin_segment(struct restore *r, uint64_t number)
{
	r->number = number;
	r->checkpoint = (struct checkpoint){ .phase = CHECKPOINT_NONE };
	r->checkpoint_counts = number == r->range.base && r->range.base_counts;
}

/* 0, or -errno: this segment cannot be read. */
static int open_segment(struct restore *r)
{
	uint64_t number = r->segments[r->at];
	uint64_t limit = INT64_MAX;
	int fd, err;

	begin_segment(r, number);

	if (number == r->range.last)
		limit = r->range.last_bytes;
	fd = folder_read(r->folder, number);
	if (fd < 0)
		return fd;
	err = scroll_open(&r->scroll, fd, limit);
	if (err) {
		close(fd);
		return err;
	}
	r->fd = fd;
	return 0;
}

static void tell_act(struct restore *r, const struct record *record)
{
	bool is_open = checkpoint_is_open(&r->checkpoint);
	struct act act;
	int later;

	if (!is_state((enum act_kind)record->kind))
		return;
	later = record_read_later_act(&act, record);
	if (later < 0) {
		r->skipped++;
		return;
	}
	r->later += later > 0;
	checkpoint_act(&r->checkpoint, (enum act_kind)act.kind,
		       record->is_first, act.count);
	/* The first record opens it; CHECKPOINTED is the last that counts. */
	if ((act.kind == ACT_CHECKPOINT && !record->is_first) ||
	    (act.kind == ACT_CHECKPOINTED && !is_open) ||
	    ((act.kind == ACT_CHECKPOINT || act.kind == ACT_CHECKPOINTED) &&
	     !r->checkpoint_counts))
		return;
	r->hear(r->ctx, MSG_ACT, &act);
}

static void tell_ban(void *ctx, const struct saved_ban *ban)
{
	struct restore *r = ctx;

	r->hear(r->ctx, MSG_SAVE, ban);
}

static void tell_bans(struct restore *r, const struct record *record)
{
	if (!r->checkpoint_counts || !checkpoint_is_open(&r->checkpoint))
		return;
	checkpoint_bans(&r->checkpoint, record->count);
	if (record_read_bans(record, false, tell_ban, r) == 0)
		return;
	/* Those that were told already are told again as they were. */
	if (record_read_bans(record, true, tell_ban, r))
		r->skipped++;
	else
		r->later++;
}

static void tell_line(struct restore *r, const char *text, size_t len)
{
	struct record record;

	if (record_open(&record, text, len))
		r->skipped++;
	else if (record.is_bans)
		tell_bans(r, &record);
	else
		tell_act(r, &record);
}

/* A part of the segment.  False: it has no more. */
static bool tell_segment(struct restore *r)
{
	struct line line;
	size_t told = 0;

	while (told < STEP_BYTES) {
		int got = scroll_next(&r->scroll, &line);

		if (got < 0)
			r->skipped++;
		if (got <= 0)
			return false;
		tell_line(r, line.text, line.len);
		told += line.len + 1;
	}
	return true;
}

/* A part of what only memory holds.  False: there is no more. */
static bool tell_pending(struct restore *r)
{
	size_t until = r->pending_at + STEP_BYTES;

	/* It goes on with the last segment, or is the begin of one. */
	if (r->pending_at == 0 && r->number != r->range.last)
		begin_segment(r, r->range.last);
	while (r->pending_at < r->range.pending_len) {
		const char *text = r->pending + r->pending_at;
		const char *end = memchr(text, '\n',
					 r->range.pending_len - r->pending_at);

		if (r->pending_at >= until)
			return true;
		/* The journal's own lines: each has its newline. */
		tell_line(r, text, (size_t)(end - text));
		r->pending_at += (size_t)(end - text) + 1;
	}
	return false;
}

int restore_step(struct restore *r)
{
	if (r->at == r->count)
		return tell_pending(r);
	if (r->fd < 0 && open_segment(r)) {
		r->skipped++;
		r->at++;
		return 1;
	}
	if (!tell_segment(r)) {
		r->at++;
		close_segment(r);
	}
	return 1;
}

uint64_t restore_later(const struct restore *r)
{
	return r->later;
}

uint64_t restore_skipped(const struct restore *r)
{
	return r->skipped;
}
