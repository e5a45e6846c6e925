/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What waits for a scanner, within bounds, and what a scanner says.
 */
#include "sensors/virus/clamd.h"
#include "sensors/virus/stock.h"
#include "tests/support/test.h"

#define LOST_MAX 64

struct lost {
	uint64_t numbers[LOST_MAX];
	size_t count;
};

static void note_lost(void *ctx, uint64_t number)
{
	struct lost *lost = ctx;

	assert_true(lost->count < LOST_MAX);
	lost->numbers[lost->count++] = number;
}

static void add(struct stock *s, uint64_t number, size_t len)
{
	static uint8_t bytes[3 * STOCK_CHUNK];

	memset(bytes, (int)number, sizeof(bytes));
	stock_add(s, number, bytes, len);
}

static size_t length_of(const struct stock_file *file)
{
	size_t len = 0;

	for (const struct stock_chunk *c = file->first; c; c = c->next) {
		for (size_t i = 0; i < c->len; i++)
			assert_int_equal(c->bytes[i], (uint8_t)file->number);
		len += c->len;
	}
	return len;
}

static void files_are_whole_and_in_the_order_of_their_ends(void **state)
{
	struct lost lost = { .count = 0 };
	struct stock *s = stock_new(100, 1000000, note_lost, &lost);
	struct stock_file *file;

	(void)state;
	assert_non_null(s);
	add(s, 1, 10);
	add(s, 2, 2 * STOCK_CHUNK + 5);
	add(s, 1, STOCK_CHUNK);
	assert_null(stock_take(s));
	stock_end(s, 2, true);
	stock_end(s, 1, true);
	stock_end(s, 3, true); /* of which nothing was said */
	file = stock_take(s);
	assert_int_equal(file->number, 2);
	assert_int_equal(length_of(file), 2 * STOCK_CHUNK + 5);
	stock_return(s, file);
	assert_ptr_equal(stock_take(s), file);
	stock_done(s, file);
	file = stock_take(s);
	assert_int_equal(file->number, 1);
	assert_int_equal(length_of(file), STOCK_CHUNK + 10);
	stock_done(s, file);
	assert_null(stock_take(s));
	assert_int_equal(stock_chunks(s), 0);
	assert_int_equal(lost.count, 0);
	stock_free(s);
}

static void the_quietest_file_gives_way_and_is_told(void **state)
{
	struct lost lost = { .count = 0 };
	struct stock *s = stock_new(4, 1000000, note_lost, &lost);
	struct stock_file *file;

	(void)state;
	assert_non_null(s);
	add(s, 1, 2 * STOCK_CHUNK);
	add(s, 2, 1);
	add(s, 3, 1);
	add(s, 1, 1); /* the fifth chunk */
	assert_int_equal(lost.count, 1);
	assert_int_equal(lost.numbers[0], 2);
	add(s, 2, 1); /* goes on, and is not wanted any more */
	assert_int_equal(lost.count, 1);
	stock_end(s, 2, true);
	stock_end(s, 1, true);
	file = stock_take(s);
	assert_int_equal(file->number, 1);
	assert_int_equal(length_of(file), 2 * STOCK_CHUNK + 1);
	/* What is being looked at stays, and its room with it. */
	add(s, 3, 3 * STOCK_CHUNK);
	assert_int_equal(lost.count, 2);
	assert_int_equal(lost.numbers[1], 3);
	assert_int_equal(stock_chunks(s), 3);
	stock_end(s, 3, true);
	stock_done(s, file);
	assert_null(stock_take(s));
	assert_int_equal(stock_chunks(s), 0);
	stock_free(s);
}

static void a_file_too_large_is_lost_once(void **state)
{
	struct lost lost = { .count = 0 };
	struct stock *s = stock_new(100, 100, note_lost, &lost);

	(void)state;
	assert_non_null(s);
	add(s, 7, 60);
	add(s, 7, 60);
	add(s, 7, 60);
	stock_end(s, 7, true);
	assert_int_equal(lost.count, 1);
	assert_null(stock_take(s));
	assert_int_equal(stock_chunks(s), 0);
	/* Its place is free for the next one. */
	add(s, 7 + STOCK_FILES, 60);
	stock_end(s, 7 + STOCK_FILES, true);
	assert_non_null(stock_take(s));
	stock_free(s);
}

static void a_new_life_forgets_what_nobody_looks_at(void **state)
{
	struct lost lost = { .count = 0 };
	struct stock *s = stock_new(100, 1000, note_lost, &lost);
	struct stock_file *file;

	(void)state;
	assert_non_null(s);
	add(s, 1, 10);
	stock_end(s, 1, true);
	add(s, 2, 10);
	file = stock_take(s);
	stock_clear(s);
	assert_int_equal(stock_chunks(s), 1);
	add(s, 1 + STOCK_FILES, 10); /* the place is not free yet */
	assert_int_equal(lost.numbers[0], 1 + STOCK_FILES);
	stock_done(s, file);
	assert_int_equal(stock_chunks(s), 0);
	stock_free(s);
}

static enum scan_result read_answer(const char *text, char *name)
{
	return clamd_read(text, strlen(text), name);
}

static void a_verdict_is_read_and_nothing_else_is_one(void **state)
{
	char name[EVENT_TEXT_SIZE];
	char text[400] = "stream: ";

	(void)state;
	assert_int_equal(read_answer("stream: OK", name), SCAN_CLEAN);
	assert_int_equal(
		read_answer("stream: Win.Test.EICAR_HDB-1 FOUND", name),
		SCAN_FOUND);
	assert_string_equal(name, "Win.Test.EICAR_HDB-1");
	assert_int_equal(
		read_answer("INSTREAM size limit exceeded. ERROR", name),
		SCAN_FAILED);
	assert_string_equal(name, "");
	assert_int_equal(read_answer("stream: no memory ERROR", name),
			 SCAN_FAILED);
	assert_int_equal(read_answer("stream:  FOUND", name), SCAN_FAILED);
	assert_int_equal(read_answer("stream: OK ", name), SCAN_FAILED);
	assert_int_equal(read_answer("", name), SCAN_FAILED);
	memset(text + 8, 'x', 300);
	strcpy(text + 308, " FOUND");
	assert_int_equal(read_answer(text, name), SCAN_FOUND);
	assert_int_equal(strlen(name), EVENT_TEXT_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			files_are_whole_and_in_the_order_of_their_ends),
		cmocka_unit_test(the_quietest_file_gives_way_and_is_told),
		cmocka_unit_test(a_file_too_large_is_lost_once),
		cmocka_unit_test(a_new_life_forgets_what_nobody_looks_at),
		cmocka_unit_test(a_verdict_is_read_and_nothing_else_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
