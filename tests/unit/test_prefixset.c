/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/prefixset.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

static void prefixset_agrees_with_asking_each_member(void **state)
{
	struct random r = { { 1, 1, 1 } };

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct prefix members[40];
		struct prefixset set;
		size_t count = random_below(&r, 40) + 1;

		prefixset_init(&set);
		for (size_t i = 0; i < count; i++) {
			members[i] = random_prefix(&r);
			/* A dense corner, so that they nest and meet. */
			memset(members[i].addr, 10, 1);
			members[i] =
				prefix_truncate(&members[i], members[i].length);
			assert_int_equal(prefixset_add(&set, &members[i]), 0);
		}
		prefixset_seal(&set);
		for (int ask = 0; ask < 200; ask++) {
			struct prefix p = random_prefix(&r);
			const struct prefix *found;
			bool expected = false;

			memset(p.addr, 10, 1);
			p = prefix_truncate(&p, p.length);
			for (size_t i = 0; i < count; i++)
				expected |= prefix_overlaps(&members[i], &p);
			found = prefixset_overlap(&set, &p);
			assert_int_equal(found != NULL, expected);
			if (found)
				assert_true(prefix_overlaps(found, &p));
		}
		prefixset_fini(&set);
	}
}

static void prefixset_without_members_overlaps_nothing(void **state)
{
	struct prefix all = prefix_of("0.0.0.0/0");
	struct prefixset set;

	(void)state;
	prefixset_init(&set);
	prefixset_seal(&set);
	assert_null(prefixset_overlap(&set, &all));
	prefixset_fini(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixset_agrees_with_asking_each_member),
		cmocka_unit_test(prefixset_without_members_overlaps_nothing),
	};

	return cmocka_run_group_tests_name("prefixset", tests, NULL, NULL);
}
