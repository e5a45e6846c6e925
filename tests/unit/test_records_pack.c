/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/records/index.h"
#include "ctl/records/pack.h"
#include "ctl/records/stream.h"
#include "tests/support/archive.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

/* More than one frame. */
#define EVENTS 3000

static void pack_all(struct archive *a, enum rclass rclass, uint64_t number)
{
	struct pack *pack;
	int got;

	assert_int_equal(pack_new(&pack, a->books.folders[rclass], number), 0);
	while ((got = pack_step(pack)) > 0)
		;
	assert_int_equal(got, 0);
	pack_free(pack);
}

/* Events in a closed segment, and one behind it. */
static void fill(struct archive *a)
{
	archive_events(a, EVENTS);
	archive_turn(a, CLASS_EVENTS);
	archive_seal(a, SEAL_SEGMENT);
	archive_events(a, 1);
	archive_seal(a, SEAL_HOUR);
}

static void assert_whole(const struct archive *a, bool wanted)
{
	struct verdict v = archive_verify(a);

	if (v.is_whole != wanted)
		fail_msg("%s: line %d %s", v.classes[CLASS_EVENTS].file,
			 (int)v.classes[CLASS_EVENTS].line,
			 v.classes[CLASS_EVENTS].what);
	verify_fini(&v);
}

static size_t count_hits(const struct archive *a, const struct query *q)
{
	struct stream *stream;
	struct hit hit;
	size_t count = 0;

	assert_int_equal(stream_open(&stream, a->path, CLASS_EVENTS, q), 0);
	while (stream_next(stream, &hit) > 0)
		count++;
	stream_close(stream);
	return count;
}

/* Of all blocks together. */
static char *read_blocks(const struct archive *a, const struct query *q,
			 size_t *len)
{
	struct stream *stream;
	const char *block;
	char *text = NULL;
	size_t more;

	*len = 0;
	assert_int_equal(stream_open(&stream, a->path, CLASS_EVENTS, q), 0);
	while (stream_block(stream, &block, &more) > 0) {
		text = realloc(text, *len + more);
		memcpy(text + *len, block, more);
		*len += more;
	}
	stream_close(stream);
	return text;
}

static const char *file_with(const struct archive *a, const char *suffix)
{
	static char file[600];

	snprintf(file, sizeof(file), "%s%s", archive_file(a, CLASS_EVENTS, 1),
		 suffix);
	return file;
}

static void a_packed_segment_holds_the_same_bytes(void **state)
{
	struct archive *a = *state;
	const struct query all = { .classes = 0 };
	char *before, *after;
	size_t before_len, after_len;
	struct stat plain, packed;

	fill(a);
	before = read_blocks(a, &all, &before_len);
	assert_int_equal(stat(file_with(a, ""), &plain), 0);
	pack_all(a, CLASS_EVENTS, 1);
	after = read_blocks(a, &all, &after_len);
	assert_int_equal(before_len, after_len);
	assert_memory_equal(before, after, before_len);
	free(before);
	free(after);
	assert_int_equal(access(file_with(a, ""), F_OK), -1);
	assert_int_equal(stat(file_with(a, ".zst"), &packed), 0);
	assert_true(packed.st_size < plain.st_size / 5);
	assert_whole(a, true);
	/* The next life goes on behind it. */
	archive_close(a);
	archive_open(a);
	archive_events(a, 1);
	assert_whole(a, true);
	assert_int_equal(count_hits(a, &all), EVENTS + 2);
}

static struct query query_of(uint64_t number)
{
	struct sighting s = ledger_sighting(number);

	return (struct query){ .address = s.event.source };
}

static void a_query_finds_the_same_with_and_without_index(void **state)
{
	struct archive *a = *state;
	struct query net = query_of(1);
	struct query q;

	fill(a);
	net.address = prefix_truncate(&net.address, 24);
	for (int round = 0; round < 3; round++) {
		for (uint64_t number = 1; number <= EVENTS; number += 97) {
			q = query_of(number);
			assert_int_equal(count_hits(a, &q), 1);
		}
		/* The number's low bytes come first: 203.n.m.0. */
		assert_true(count_hits(a, &net) >= 1);
		q = query_of(EVENTS + 100);
		assert_int_equal(count_hits(a, &q), 0);
		q = (struct query){
			.since_ns = ledger_sighting(EVENTS / 2).event.seen_ns,
			.before_ns =
				ledger_sighting(EVENTS / 2 + 10).event.seen_ns,
		};
		assert_int_equal(count_hits(a, &q), 10);
		if (round == 0)
			pack_all(a, CLASS_EVENTS, 1);
		else
			assert_int_equal(unlink(file_with(a, INDEX_SUFFIX)),
					 round == 1 ? 0 : -1);
	}
}

static void a_ban_of_a_net_is_found_by_an_address_in_it(void **state)
{
	struct archive *a = *state;
	struct act act = ledger_act(1, ACT_BAN);
	struct query q = { .address = act.prefix };
	struct stream *stream;
	struct hit hit;

	act.prefix = prefix_truncate(&act.prefix, 20);
	assert_int_equal(books_act(&a->books, &act), 0);
	a->id = 1;
	archive_acts(a, ACT_PANIC, 3);
	archive_turn(a, CLASS_ACTS);
	archive_acts(a, ACT_PANIC, 1);
	pack_all(a, CLASS_ACTS, 1);
	assert_int_equal(stream_open(&stream, a->path, CLASS_ACTS, &q), 0);
	assert_int_equal(stream_next(stream, &hit), 1);
	assert_int_equal(stream_next(stream, &hit), 0);
	stream_close(stream);
}

static void what_is_no_index_is_refused_and_all_is_read(void **state)
{
	struct archive *a = *state;
	struct query q = query_of(5);
	char *text;
	size_t len;

	fill(a);
	pack_all(a, CLASS_EVENTS, 1);
	text = ledger_read(file_with(a, INDEX_SUFFIX), &len);
	for (size_t cut = 0; cut < len; cut += cut < 200 ? 1 : 509) {
		ledger_write(file_with(a, INDEX_SUFFIX), text, cut);
		assert_int_equal(count_hits(a, &q), 1);
	}
	text[0] ^= 1; /* of a later version */
	ledger_write(file_with(a, INDEX_SUFFIX), text, len);
	assert_int_equal(count_hits(a, &q), 1);
	free(text);
}

static void a_packed_segment_that_is_damaged_is_named(void **state)
{
	struct archive *a = *state;
	char *text, *copy;
	size_t len;

	fill(a);
	pack_all(a, CLASS_EVENTS, 1);
	text = ledger_read(file_with(a, ".zst"), &len);
	copy = malloc(len);
	for (size_t at = 0; at < len; at += 211) {
		memcpy(copy, text, len);
		/* Not 0x10: of a frame's first byte RFC 8878 (3.1.1.1.1.3)
		 * has readers ignore that bit. */
		copy[at] ^= 0x08;
		ledger_write(file_with(a, ".zst"), copy, len);
		assert_whole(a, false);
		ledger_write(file_with(a, ".zst"), text, at);
		assert_whole(a, false);
	}
	free(copy);
	free(text);
}

static void packing_that_ends_midway_changes_nothing(void **state)
{
	struct archive *a = *state;
	struct pack *pack;

	fill(a);
	for (int steps = 0; steps < 4; steps++) {
		assert_int_equal(
			pack_new(&pack, a->books.folders[CLASS_EVENTS], 1), 0);
		for (int i = 0; i < steps; i++)
			assert_int_equal(pack_step(pack), 1);
		pack_free(pack);
		assert_int_equal(access(file_with(a, ".zst.new"), F_OK), -1);
		assert_int_equal(access(file_with(a, ""), F_OK), 0);
		assert_whole(a, true);
	}
	/* Both are there when a death came between the names: the plain one
	 * counts, and is packed again. */
	pack_all(a, CLASS_EVENTS, 1);
	{
		const struct query all = { .classes = 0 };
		size_t len, whole;
		char *text = read_blocks(a, &all, &len);

		whole = len;
		while (text[--len - 1] != '\n')
			; /* without the line of the next segment */
		ledger_write(file_with(a, ""), text, len);
		assert_true(len < whole);
		free(text);
	}
	assert_whole(a, true);
	pack_all(a, CLASS_EVENTS, 1);
	assert_whole(a, true);
}

static void a_stream_goes_on_with_what_is_written_later(void **state)
{
	struct archive *a = *state;
	const struct query all = { .classes = 0 };
	struct stream *stream;
	struct hit hit;

	archive_events(a, 3);
	assert_int_equal(stream_open(&stream, a->path, CLASS_EVENTS, &all), 0);
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 3; i++)
			assert_int_equal(stream_next(stream, &hit), 1);
		assert_int_equal(stream_next(stream, &hit), 0);
		assert_int_equal(stream_next(stream, &hit), 0);
		if (round == 1)
			archive_turn(a, CLASS_EVENTS);
		if (round == 2)
			pack_all(a, CLASS_EVENTS, 1);
		archive_events(a, 3);
	}
	stream_close(stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, archive_set_up, archive_tear_down)
		CASE(a_packed_segment_holds_the_same_bytes),
		CASE(a_query_finds_the_same_with_and_without_index),
		CASE(a_ban_of_a_net_is_found_by_an_address_in_it),
		CASE(what_is_no_index_is_refused_and_all_is_read),
		CASE(a_packed_segment_that_is_damaged_is_named),
		CASE(packing_that_ends_midway_changes_nothing),
		CASE(a_stream_goes_on_with_what_is_written_later),
	};

	return cmocka_run_group_tests_name("records_pack", tests, NULL, NULL);
}
