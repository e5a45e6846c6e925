/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/records/relpframe.h"
#include "tests/support/edge.h"
#include "tests/support/test.h"

static enum relpframe_parse parse(const char *text, size_t len)
{
	char *copy = edge_copy(text, len);
	struct relpframe f;
	size_t used;
	enum relpframe_parse got = relpframe_parse(&f, &used, copy, len);

	if (got == RELPFRAME_DONE)
		assert_true(used <= len);
	edge_free(copy, len);
	return got;
}

static void a_frame_is_its_number_its_command_and_its_data(void **state)
{
	static const char two[] = "7 rsp 6 200 OK\n8 rsp";
	struct relpframe f;
	size_t used;

	(void)state;
	assert_int_equal(relpframe_parse(&f, &used, two, sizeof(two) - 1),
			 RELPFRAME_DONE);
	assert_int_equal(used, 15);
	assert_int_equal(f.txnr, 7);
	assert_int_equal(f.command_len, 3);
	assert_memory_equal(f.command, "rsp", 3);
	assert_int_equal(f.data_len, 6);
	assert_memory_equal(f.data, "200 OK", 6);
}

static void data_may_have_newlines_and_may_be_none(void **state)
{
	static const char lines[] = "1 rsp 8 200 OK\na\n";
	static const char none[] = "0 serverclose 0\n";
	struct relpframe f;
	size_t used;

	(void)state;
	assert_int_equal(relpframe_parse(&f, &used, lines, sizeof(lines) - 1),
			 RELPFRAME_DONE);
	assert_int_equal(used, sizeof(lines) - 1);
	assert_int_equal(relpframe_parse(&f, &used, none, sizeof(none) - 1),
			 RELPFRAME_DONE);
	assert_int_equal(f.data_len, 0);
}

static void one_that_is_cut_anywhere_has_more_to_come(void **state)
{
	static const char whole[] = "999999999 rsp 8 200 OK\na\n";

	(void)state;
	for (size_t len = 0; len < sizeof(whole) - 1; len++)
		assert_int_equal(parse(whole, len), RELPFRAME_MORE);
	assert_int_equal(parse(whole, sizeof(whole) - 1), RELPFRAME_DONE);
}

static void what_is_none_is_told_before_its_end(void **state)
{
	static const char *const bad[] = {
		" 1 rsp",
		"-1 rsp",
		"1000000000",
		"x",
		"1x",
		"1  rsp",
		"1 rsp1",
		"1 rsp  6",
		"1 rsp -",
		"1 rsp 1000000000",
		"1 rsp 999999999 ",
		"1 rsp 961 ",
		"1 rsp 6x",
		"1 rsp 6 200 OK!",
		"1 rsp 0 \n",
		"1 abcdefghijabcdefghijabcdefghijabc",
		"\n",
		"1 \n",
		"HTTP/1.1 400 Bad Request\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse(bad[i], strlen(bad[i])) != RELPFRAME_BAD)
			fail_msg("\"%s\" was taken", bad[i]);
	}
}

static void the_longest_has_the_size_that_is_told(void **state)
{
	char text[RELPFRAME_SIZE_MAX + 1];
	int len = snprintf(text, sizeof(text),
			   "%u abcdefghijabcdefghijabcdefghijab %09u %*s\n",
			   RELPFRAME_TXNR_MAX, RELPFRAME_DATA_MAX,
			   (int)RELPFRAME_DATA_MAX, "");

	(void)state;
	assert_int_equal(len, RELPFRAME_SIZE_MAX);
	assert_int_equal(parse(text, (size_t)len - 1), RELPFRAME_MORE);
	assert_int_equal(parse(text, (size_t)len), RELPFRAME_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_frame_is_its_number_its_command_and_its_data),
		cmocka_unit_test(data_may_have_newlines_and_may_be_none),
		cmocka_unit_test(one_that_is_cut_anywhere_has_more_to_come),
		cmocka_unit_test(what_is_none_is_told_before_its_end),
		cmocka_unit_test(the_longest_has_the_size_that_is_told),
	};

	return cmocka_run_group_tests_name("relpframe", tests, NULL, NULL);
}
