/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "ctl/core/ladder.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

static void ladder_covers_a_prefix_between_rungs_exactly(void **state)
{
	static const struct {
		const char *prefix;
		const char *first;
		const char *last;
		uint32_t count;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", "192.0.2.1", 1 },
		{ "192.0.0.0/22", "192.0.0.0/24", "192.0.3.0/24", 4 },
		{ "192.0.2.0/25", "192.0.2.0", "192.0.2.127", 128 },
		{ "10.0.0.0/8", "10.0.0.0/16", "10.255.0.0/16", 256 },
		{ "192.0.0.0/16", "192.0.0.0/16", "192.0.0.0/16", 1 },
		{ "2001:db8::/57", "2001:db8::/64", "2001:db8:0:7f::/64", 128 },
		{ "2001:db8::/120", "2001:db8::", "2001:db8::ff", 256 },
		{ "2001:d00::/40", "2001:d00::/48", "2001:d00:ff::/48", 256 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prefix p = prefix_of(cases[i].prefix);
		struct prefix first = prefix_of(cases[i].first);
		struct prefix last = prefix_of(cases[i].last);
		struct ladder_cover cover;
		struct prefix block;

		assert_int_equal(ladder_cover(&cover, &p), 0);
		assert_int_equal(cover.count, cases[i].count);
		block = ladder_block(&cover, 0);
		assert_true(prefix_equal(&block, &first));
		block = ladder_block(&cover, cover.count - 1);
		assert_true(prefix_equal(&block, &last));
	}
}

static void ladder_blocks_are_rungs_disjoint_and_within(void **state)
{
	struct random r = { { 9, 9, 9 } };

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct prefix p = random_prefix(&r);
		struct prefix before = { 0 };
		struct ladder_cover cover;

		if (ladder_cover(&cover, &p))
			continue;
		for (uint32_t n = 0; n < cover.count; n++) {
			struct prefix block = ladder_block(&cover, n);

			assert_true(ladder_rung(&block) >= 0);
			assert_true(prefix_contains(&p, &block));
			if (n)
				assert_true(prefix_compare(&before, &block) <
					    0);
			before = block;
		}
		assert_int_equal(cover.count,
				 1u << (cover.first.length - p.length));
	}
}

static void ladder_names_the_nearest_lengths_that_work(void **state)
{
	static const struct {
		const char *prefix;
		int wider;
		int narrower;
	} cases[] = {
		{ "2001:db8::/65", 64, 120 }, { "2001:db8::/119", 64, 120 },
		{ "2001:d80::/33", -1, 40 },  { "::/0", -1, 40 },
		{ "0.0.0.0/0", -1, 8 },	      { "10.0.0.0/7", -1, 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prefix p = prefix_of(cases[i].prefix);
		struct ladder_cover cover;
		int wider, narrower;

		assert_int_equal(ladder_cover(&cover, &p), -E2BIG);
		ladder_nearest(&p, &wider, &narrower);
		assert_int_equal(wider, cases[i].wider);
		assert_int_equal(narrower, cases[i].narrower);
	}
}

static void
ladder_owner_lengths_are_those_whose_cover_has_the_block(void **state)
{
	(void)state;
	for (int family = 0; family < 2; family++) {
		uint8_t af = family ? PREFIX_IP6 : PREFIX_IP4;

		for (unsigned int rung = 0; rung < LADDER_RUNGS; rung++) {
			struct prefix block =
				prefix_of(family ? "2001:db8::" : "192.0.2.0");
			unsigned int shortest;

			block = prefix_truncate(&block,
						ladder_length(af, rung));
			shortest = ladder_shortest_owner(&block);
			for (unsigned int n = 0; n <= block.length; n++) {
				struct prefix p = prefix_truncate(&block, n);
				struct ladder_cover cover;
				bool owns;

				owns = !ladder_cover(&cover, &p) &&
				       cover.first.length == block.length;
				assert_int_equal(owns, n >= shortest);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ladder_covers_a_prefix_between_rungs_exactly),
		cmocka_unit_test(ladder_blocks_are_rungs_disjoint_and_within),
		cmocka_unit_test(ladder_names_the_nearest_lengths_that_work),
		cmocka_unit_test(
			ladder_owner_lengths_are_those_whose_cover_has_the_block),
	};

	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
