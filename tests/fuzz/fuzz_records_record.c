/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a line of the journal: what is taken must be written back as
 * the same bytes.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/records/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define JUDGED ",\"judged\":"

struct heard {
	struct saved_ban bans[RECORD_BANS_MAX];
	size_t count;
};

static void hear(void *ctx, const struct saved_ban *ban)
{
	struct heard *heard = ctx;

	assert(heard->count < RECORD_BANS_MAX);
	heard->bans[heard->count++] = *ban;
}

/* The length of what RECORD is written as in OUT; 0: its body is not taken. */
static size_t write_again(char *out, const struct record *record)
{
	static struct heard heard;
	struct original original;
	struct sighting sighting;
	struct act act;

	heard.count = 0;
	if (record->is_bans) {
		if (record_read_bans(record, false, hear, &heard))
			return 0;
		return record_write_bans(out, record, heard.bans, heard.count);
	}
	if (record->is_event) {
		if (record_read_sighting(&sighting, record))
			return 0;
		/* Older ones do not tell, and are read as if they did. */
		if (!memmem(record->body, record->body_len, JUDGED,
			    sizeof(JUDGED) - 1))
			sighting.event.seen_ns = 0;
		return record_write_sighting(out, record, &sighting);
	}
	if (record->is_original) {
		if (record_read_original(&original, record))
			return 0;
		return record_write_original(out, record, &original);
	}
	if (record_read_act(&act, record))
		return 0;
	return record_write_act(out, record, &act);
}

static void pass(void *ctx, const struct saved_ban *ban)
{
	(void)ctx;
	(void)ban;
}

/* What is not taken as it is may be a later version's. */
static void read_later(const struct record *record)
{
	static char again[RECORD_SIZE_MAX];
	struct act act;

	if (record->is_bans)
		(void)!record_read_bans(record, true, pass, NULL);
	else if (record_read_later_act(&act, record) >= 0)
		record_write_act(again, record, &act);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char again[RECORD_SIZE_MAX];
	struct record record;
	size_t again_len;

	if (record_open(&record, (const char *)data, len))
		return 0;
	again_len = write_again(again, &record);
	if (again_len == 0) {
		read_later(&record);
		return 0;
	}
	assert(again_len == record.hashed_len);
	again_len = record_close(again, again_len, record.hash);
	if (again_len != len + 1 || memcmp(again, data, len) != 0)
		abort();
	return 0;
}
