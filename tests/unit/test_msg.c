/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "ctl/core/msg.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

static bool is_kind(enum msg_kind kind)
{
	return msg_row_size(kind) > 0;
}

static void msg_rows_fill_exactly_the_size_that_the_table_says(void **state)
{
	(void)state;
	for (int i = 0; i < MSG_COUNT_OF_KINDS; i++) {
		enum msg_kind kind = (enum msg_kind)i;
		size_t size = msg_row_size(kind);
		union msg_row row, back;
		uint8_t data[MSG_SIZE_MAX];

		if (!is_kind(kind))
			continue;
		memset(&row, 0, sizeof(row));
		memset(&back, 0, sizeof(back));
		memset(data, 0xee, sizeof(data));
		msg_put_header(data, kind, 1);
		msg_put_row(data + MSG_HEADER_SIZE, kind, &row);
		/* An all-zero row has no byte of the filling left in it. */
		for (size_t at = 0; at < size; at++)
			assert_int_equal(data[MSG_HEADER_SIZE + at], 0);
		assert_int_equal(data[MSG_HEADER_SIZE + size], 0xee);
		assert_int_equal(msg_get_row(data, kind, 0, &back), 0);
		assert_true(MSG_HEADER_SIZE + size * msg_rows_max(kind) <=
			    MSG_SIZE_MAX);
	}
}

static void msg_survives_any_bytes_and_reads_back_what_it_took(void **state)
{
	struct random r = { { 3, 1, 4 } };
	unsigned int taken = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		enum msg_kind kind =
			(enum msg_kind)random_below(&r, MSG_COUNT_OF_KINDS);
		size_t size = msg_row_size(kind);
		uint8_t data[MSG_SIZE_MAX], again[MSG_SIZE_MAX];
		union msg_row row;
		char *edge;

		if (!is_kind(kind))
			continue;
		memset(data, 0, MSG_HEADER_SIZE + size);
		msg_put_header(data, kind, 1);
		for (int n = 0; n < 3; n++)
			data[MSG_HEADER_SIZE +
			     random_below(&r, (uint32_t)size)] =
				(uint8_t)random_u64(&r);
		edge = edge_copy(data, MSG_HEADER_SIZE + size);
		memset(&row, 0, sizeof(row));
		if (msg_get_row((uint8_t *)edge, kind, 0, &row) == 0) {
			memcpy(again, data, MSG_HEADER_SIZE);
			msg_put_row(again + MSG_HEADER_SIZE, kind, &row);
			assert_memory_equal(again, data,
					    MSG_HEADER_SIZE + size);
			taken++;
		}
		edge_free(edge, MSG_HEADER_SIZE + size);
	}
	assert_true(taken > 10000);
}

static void msg_of_wrong_version_kind_or_length_is_none(void **state)
{
	uint8_t data[MSG_SIZE_MAX] = { 0 };
	size_t len = MSG_HEADER_SIZE + msg_row_size(MSG_DONE);
	enum msg_kind kind;
	size_t count;

	(void)state;
	msg_put_header(data, MSG_DONE, 1);
	assert_int_equal(msg_open(data, len, &kind, &count), 0);
	assert_int_equal(kind, MSG_DONE);
	assert_int_equal(msg_open(data, len - 1, &kind, &count), -EBADMSG);
	assert_int_equal(msg_open(data, len + 1, &kind, &count), -EBADMSG);
	for (size_t i = 0; i < MSG_HEADER_SIZE; i++)
		assert_int_equal(msg_open(data, i, &kind, &count), -EBADMSG);
	data[7] = 1; /* reserved */
	assert_int_equal(msg_open(data, len, &kind, &count), -EBADMSG);
	msg_put_header(data, MSG_DONE, 0);
	assert_int_equal(msg_open(data, len, &kind, &count), -EBADMSG);
	msg_put_header(data, MSG_DONE, 2); /* more than its kind may have */
	assert_int_equal(
		msg_open(data, len + msg_row_size(MSG_DONE), &kind, &count),
		-EBADMSG);
	msg_put_header(data, MSG_DONE, 1);
	data[0] ^= 1;
	assert_int_equal(msg_open(data, len, &kind, &count), -EBADMSG);
	msg_put_header(data, MSG_NONE, 1);
	assert_int_equal(msg_open(data, len, &kind, &count), -EBADMSG);
	msg_put_header(data, MSG_COUNT_OF_KINDS, 1);
	assert_int_equal(msg_open(data, len, &kind, &count), -EBADMSG);
}

static void msg_knows_who_may_say_what(void **state)
{
	(void)state;
	assert_true(msg_is_allowed(MSG_EVENT, ROLE_FEED, ROLE_CTL));
	assert_false(msg_is_allowed(MSG_EVENT, ROLE_CLI, ROLE_CTL));
	assert_true(msg_is_allowed(MSG_ORDER, ROLE_CTL, ROLE_NFT));
	assert_false(msg_is_allowed(MSG_ORDER, ROLE_FEED, ROLE_NFT));
	assert_false(msg_is_allowed(MSG_ORDER, ROLE_FEED, ROLE_CTL));
	/* A feed can say nothing but hello to anyone, and events to ctl. */
	for (int kind = 0; kind < MSG_COUNT_OF_KINDS; kind++) {
		bool may = kind == MSG_EVENT || kind == MSG_READING ||
			   kind == MSG_GAP || kind == MSG_HELLO;

		assert_int_equal(msg_is_allowed((enum msg_kind)kind, ROLE_FEED,
						ROLE_CTL),
				 may);
		assert_int_equal(
			msg_is_allowed((enum msg_kind)kind, ROLE_CLI, ROLE_CTL),
			kind == MSG_ASK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			msg_rows_fill_exactly_the_size_that_the_table_says),
		cmocka_unit_test(
			msg_survives_any_bytes_and_reads_back_what_it_took),
		cmocka_unit_test(msg_of_wrong_version_kind_or_length_is_none),
		cmocka_unit_test(msg_knows_who_may_say_what),
	};

	return cmocka_run_group_tests_name("msg", tests, NULL, NULL);
}
