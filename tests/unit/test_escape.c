/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/escape.h"
#include "tests/support/test.h"

static void escape_text_leaves_nothing_that_a_terminal_obeys(void **state)
{
	char all[256], out[256 * 4 + 1];

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	escape_text(out, sizeof(out), all, sizeof(all));
	for (const char *c = out; *c; c++)
		assert_true(*c >= 0x20 && *c < 0x7f);
	assert_string_equal(escape_text(out, sizeof(out), "\x1b[2J\\", 5),
			    "\\x1b[2J\\x5c");
}

static void escape_text_cuts_between_characters(void **state)
{
	char out[6];

	(void)state;
	assert_string_equal(escape_text(out, sizeof(out), "ab\ncd", 5), "ab");
	assert_string_equal(escape_text(out, sizeof(out), "a\nbcd", 5),
			    "a\\x0a");
	assert_string_equal(escape_text(out, 1, "abc", 3), "");
}

static void
escape_json_is_plain_ascii_and_says_when_it_does_not_fit(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(escape_json(out, sizeof(out), "a\"b\\c\n\x80", 7), 19);
	assert_string_equal(out, "a\\\"b\\\\c\\u000a\\u0080");
	assert_int_equal(escape_json(out, 7, "\x01\x01", 2), 0);
	assert_string_equal(out, "");
	/* Six times the length, and one, is always enough. */
	assert_int_equal(escape_json(out, 7, "a", 1), 1);
	assert_int_equal(escape_json(out, 13, "a\x01", 2), 7);
	assert_int_equal(escape_json(out, 13, "\x01\x01", 2), 12);
	assert_int_equal(escape_json(out, 1, "", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			escape_text_leaves_nothing_that_a_terminal_obeys),
		cmocka_unit_test(escape_text_cuts_between_characters),
		cmocka_unit_test(
			escape_json_is_plain_ascii_and_says_when_it_does_not_fit),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
