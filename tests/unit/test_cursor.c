/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/cursor.h"
#include "tests/support/edge.h"
#include "tests/support/test.h"

static void cursor_reads_back_what_it_wrote(void **state)
{
	uint8_t data[64];
	struct cursor c = cursor_over(data, sizeof(data));
	struct prefix p = prefix_of("2001:db8::/32");
	struct prefix q;
	char text[8];

	(void)state;
	cursor_put_u8(&c, 0x12);
	cursor_put_u16(&c, 0x3456);
	cursor_put_u32(&c, 0x789abcde);
	cursor_put_u64(&c, 0x0123456789abcdefu);
	cursor_put_text(&c, "postern", sizeof(text));
	cursor_put_prefix(&c, &p);
	cursor_put_zeros(&c, sizeof(data) - 41);
	assert_true(cursor_done(&c));
	assert_int_equal(data[1], 0x56); /* little-endian */

	c = cursor_reading(data, sizeof(data));
	assert_int_equal(cursor_get_u8(&c), 0x12);
	assert_int_equal(cursor_get_u16(&c), 0x3456);
	assert_int_equal(cursor_get_u32(&c), 0x789abcde);
	assert_true(cursor_get_u64(&c) == 0x0123456789abcdefu);
	cursor_get_text(&c, text, sizeof(text));
	assert_string_equal(text, "postern");
	cursor_get_prefix(&c, &q);
	assert_true(prefix_equal(&p, &q));
	assert_false(cursor_done(&c));
	cursor_get_zeros(&c, sizeof(data) - 41);
	assert_true(cursor_done(&c));
}

static void cursor_error_sticks_and_gives_zeros(void **state)
{
	char *edge = edge_copy("\xff\xff\xff", 3);
	struct cursor c = cursor_reading(edge, 3);

	(void)state;
	assert_int_equal(cursor_get_u32(&c), 0);
	assert_int_equal(cursor_get_u8(&c), 0);
	assert_false(cursor_done(&c));
	edge_free(edge, 3);
}

static void cursor_refuses_texts_without_end_or_with_bytes_behind(void **state)
{
	char text[4];
	struct cursor c = cursor_reading("abcd", 4);

	(void)state;
	cursor_get_text(&c, text, sizeof(text));
	assert_true(c.failed);
	c = cursor_reading("a\0b\0", 4);
	cursor_get_text(&c, text, sizeof(text));
	assert_true(c.failed);
	assert_string_equal(text, "");
}

static void cursor_refuses_a_prefix_with_stray_bits(void **state)
{
	uint8_t data[18] = { PREFIX_IP4, 24, 192, 0, 2, 1 };
	struct cursor c = cursor_reading(data, sizeof(data));
	struct prefix p;

	(void)state;
	cursor_get_prefix(&c, &p);
	assert_true(c.failed);
	data[5] = 0;
	c = cursor_reading(data, sizeof(data));
	cursor_get_prefix(&c, &p);
	assert_true(cursor_done(&c));
	memset(data, 0, sizeof(data));
	c = cursor_reading(data, sizeof(data));
	cursor_get_prefix(&c, &p);
	assert_true(cursor_done(&c)); /* no prefix at all */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursor_reads_back_what_it_wrote),
		cmocka_unit_test(cursor_error_sticks_and_gives_zeros),
		cmocka_unit_test(
			cursor_refuses_texts_without_end_or_with_bytes_behind),
		cmocka_unit_test(cursor_refuses_a_prefix_with_stray_bits),
	};

	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
