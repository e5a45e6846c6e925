/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of events, and of the lines that they were made from. */
#include "ctl/records/query.h"
#include "ctl/records/record.h"
#include "tests/support/edge.h"
#include "tests/support/ledger.h"
#include "tests/support/test.h"

static char text[RECORD_SIZE_MAX];
static const uint8_t hash[RECORD_HASH_SIZE] = { 1, 2, 3 };

static size_t write_original(const struct original *original)
{
	struct record head = { .seq = 7, .time_ns = 1795282812123456789u };
	size_t len = record_write_original(text, &head, original);

	return record_close(text, len, hash) - 1;
}

static int read_original(struct original *out, size_t len)
{
	char *copy = edge_copy(text, len);
	struct record record;
	int err = record_open(&record, copy, len);

	if (!err)
		err = record_read_original(out, &record);
	edge_free(copy, len);
	return err;
}

static void any_text(struct random *random, char *out, size_t size)
{
	size_t len = random_below(random, (uint32_t)size);

	for (size_t i = 0; i < len; i++)
		out[i] = (char)(1 + random_below(random, 255));
}

static void any_bytes_of_a_line_come_back_exactly(void **state)
{
	struct random random = { { 1, 2, 3 } };

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct original original, again;

		memset(&original, 0, sizeof(original));
		original.time_ns = 1795282812000000000u + (uint64_t)i;
		original.offset = random_u64(&random);
		original.feed = (uint16_t)random_u64(&random);
		original.length = random_below(&random, 70000);
		original.at = random_below(&random, 2) * 877;
		original.missed = random_below(&random, 2);
		original.source =
			prefix_of(i % 2 ? "2001:db8::7" : "203.0.113.7");
		any_text(&random, original.name, sizeof(original.name));
		any_text(&random, original.file, sizeof(original.file));
		any_text(&random, original.line, sizeof(original.line));
		assert_int_equal(
			read_original(&again, write_original(&original)), 0);
		assert_memory_equal(&original, &again, sizeof(again));
	}
}

static void an_event_comes_back_exactly(void **state)
{
	(void)state;
	for (uint64_t i = 1; i < 100; i++) {
		struct sighting event = ledger_sighting(i), again;
		struct record record, head = { .seq = i,
					       .rclass = CLASS_EVENTS,
					       .time_ns = event.event.seen_ns };
		size_t len = record_write_sighting(text, &head, &event);

		len = record_close(text, len, hash) - 1;
		assert_int_equal(record_open(&record, text, len), 0);
		assert_true(record.is_event && !record.is_original);
		assert_int_equal(record_read_sighting(&again, &record), 0);
		assert_true(ledger_same(MSG_SIGHTING, &event, &again));
	}
}

static void a_line_is_found_by_its_source_where_it_is_asked_for(void **state)
{
	struct original original = {
		.source = prefix_of("203.0.113.7"),
		.name = "ids",
		.line = "{}",
	};
	struct query q = { .address = prefix_of("203.0.113.0/24") };
	size_t len = write_original(&original);
	uint64_t time_ns;

	(void)state;
	/* Who asks for events does not want each of them twice. */
	assert_false(query_takes(&q, text, len, &time_ns));
	q.kind = "original";
	assert_true(query_takes(&q, text, len, &time_ns));
	q.address = prefix_of("203.0.114.0/24");
	assert_false(query_takes(&q, text, len, &time_ns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_bytes_of_a_line_come_back_exactly),
		cmocka_unit_test(an_event_comes_back_exactly),
		cmocka_unit_test(
			a_line_is_found_by_its_source_where_it_is_asked_for),
	};

	return cmocka_run_group_tests_name("records_original", tests, NULL,
					   NULL);
}
