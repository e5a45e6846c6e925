/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/pages.h"
#include "tests/support/test.h"

#define TWO_MB ((size_t)2 << 20)

static void pages_are_zeros_at_their_place_to_the_last_byte(void **state)
{
	const size_t lengths[] = { 1, 4096, TWO_MB, TWO_MB + 1, 5 * TWO_MB };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t len = lengths[i];
		uint8_t *memory = pages_new(len);

		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % TWO_MB, 0);
		assert_int_equal(memory[0] | memory[len / 2] | memory[len - 1],
				 0);
		memset(memory, 0xff, len);
		pages_free(memory, len);
	}
}

static void pages_of_no_or_endless_length_are_refused(void **state)
{
	(void)state;
	assert_null(pages_new(0));
	assert_null(pages_new(SIZE_MAX));
	assert_null(pages_new(SIZE_MAX - TWO_MB));
	pages_free(NULL, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			pages_are_zeros_at_their_place_to_the_last_byte),
		cmocka_unit_test(pages_of_no_or_endless_length_are_refused),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
