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

/* Asked for each of the 256 addresses of a /24. */
static void prefixset_covers_what_every_address_says(void **state)
{
	struct random r = { { 2, 2, 2 } };
	int covered = 0;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		struct prefix p = prefix_of("203.0.113.0/24");
		struct prefixset set;
		bool expected = true;

		prefixset_init(&set);
		for (unsigned int i = random_below(&r, 12) + 1; i > 0; i--) {
			struct prefix part = p;

			part.addr[3] = (uint8_t)random_below(&r, 256);
			part = prefix_truncate(&part, 24 + random_below(&r, 4));
			assert_int_equal(prefixset_add(&set, &part), 0);
		}
		prefixset_seal(&set);
		p = prefix_part(&p, 24 + random_below(&r, 3), 0);
		for (uint32_t i = 0; i < 1u << (32 - p.length); i++) {
			struct prefix address = prefix_part(&p, 32, i);

			expected &= prefixset_overlap(&set, &address) != NULL;
		}
		assert_int_equal(prefixset_covers(&set, &p), expected);
		covered += expected;
		prefixset_fini(&set);
	}
	/* Both answers come often. */
	assert_in_range(covered, 500, 4500);
}

static void prefixset_covers_the_whole_address_space(void **state)
{
	struct prefix half = prefix_of("0.0.0.0/1");
	struct prefix all = prefix_of("0.0.0.0/0");
	struct prefix six = prefix_of("::/0");
	struct prefixset set;

	(void)state;
	prefixset_init(&set);
	assert_int_equal(prefixset_add(&set, &half), 0);
	prefixset_seal(&set);
	assert_false(prefixset_covers(&set, &all));
	half = prefix_of("128.0.0.0/1");
	assert_int_equal(prefixset_add(&set, &half), 0);
	prefixset_seal(&set);
	assert_true(prefixset_covers(&set, &all));
	assert_false(prefixset_covers(&set, &six));
	prefixset_fini(&set);
}

static void prefixset_without_members_overlaps_nothing(void **state)
{
	struct prefix all = prefix_of("0.0.0.0/0");
	struct prefixset set;

	(void)state;
	prefixset_init(&set);
	prefixset_seal(&set);
	assert_null(prefixset_overlap(&set, &all));
	assert_false(prefixset_covers(&set, &all));
	prefixset_fini(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixset_agrees_with_asking_each_member),
		cmocka_unit_test(prefixset_covers_what_every_address_says),
		cmocka_unit_test(prefixset_covers_the_whole_address_space),
		cmocka_unit_test(prefixset_without_members_overlaps_nothing),
	};

	return cmocka_run_group_tests_name("prefixset", tests, NULL, NULL);
}
