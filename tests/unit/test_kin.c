/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "feeds/kin.h"

static void kin_knows_the_parts_of_a_log(void **state)
{
	static const char *const parts[] = {
		"eve.json.1",
		"eve.json.12",
		"eve.json.0",
		"eve.json-20261121",
		"eve.json.20261121",
		"eve.json-2026-11-21-17:40",
		"eve.json-20261121-1795278769",
		"eve.json_20261121T1740",
		"eve.json.1.gz",
		"eve.json.2.zst",
		"eve.json-20261121.xz",
		"eve-20261121.json",
		"eve-2026-11-21.json",
		"eve-20261121.json.gz",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_true(kin_is_part("eve.json", parts[i]));
}

static void kin_takes_no_other_log_for_a_part(void **state)
{
	static const char *const others[] = {
		"eve.json",
		"eve.jso",
		"eve.json.",
		"eve.json.old",
		"eve.json.1.txt",
		"eve.json1",
		"eve.1.json",
		"eve.12.json",
		"eve-alerts.json",
		"eve-stats.json",
		"fast.log",
		"eve.json.tmp",
		"xeve.json.1",
		"eve.json.gz",
		"eve-2026.json",
		"eve..json",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(kin_is_part("eve.json", others[i]));
	assert_true(kin_is_part("eve.1.json", "eve.1.json.3"));
	assert_true(kin_is_part("eve.1.json", "eve.1-20261121.json"));
	assert_false(kin_is_part("eve.1.json", "eve.2.json"));
	assert_true(kin_is_part("log", "log.1"));
	assert_false(kin_is_part("log", "log"));
}

static void kin_knows_what_is_compressed(void **state)
{
	(void)state;
	assert_true(kin_is_compressed("eve.json.1.gz"));
	assert_true(kin_is_compressed("eve.json.zst"));
	assert_false(kin_is_compressed("eve.json.1"));
	assert_false(kin_is_compressed(".gz"));
	assert_false(kin_is_compressed("gz"));
}

static void kin_orders_parts_by_their_names(void **state)
{
	/* Each is older than the next one. */
	static const char *const numbers[] = { "e.json.100.gz", "e.json.21",
					       "e.json.20", "e.json.9",
					       "e.json.1" };
	static const char *const dates[] = { "e.json-20251231",
					     "e.json-20260101.gz",
					     "e.json-20260102",
					     "e.json-20261121" };

	(void)state;
	for (int i = 0; i < 5; i++) {
		for (int k = 0; k < 5; k++) {
			int order = kin_compare_age("e.json", numbers[i],
						    numbers[k]);

			assert_int_equal(order < 0, i < k);
			assert_int_equal(order > 0, i > k);
		}
	}
	for (int i = 0; i < 4; i++) {
		for (int k = 0; k < 4; k++)
			assert_int_equal(kin_compare_age("e.json", dates[i],
							 dates[k]) < 0,
					 i < k);
	}
	assert_int_equal(kin_compare_age("e.json", dates[0], numbers[0]), 0);
	assert_int_equal(kin_compare_age("e.json", "e.json", "e.json.1"), 0);
}

static void kin_matches_stars(void **state)
{
	static const struct {
		const char *pattern;
		const char *name;
		bool matches;
	} cases[] = {
		{ "eve.*.json", "eve.1.json", true },
		{ "eve.*.json", "eve..json", true },
		{ "eve.*.json", "eve.json", false },
		{ "eve.*.json", "eve.1.json.1", false },
		{ "eve.*.json", "eve.a.json.json", true },
		{ "*", "", true },
		{ "*", "x", true },
		{ "", "", true },
		{ "", "x", false },
		{ "**a*", "bca", true },
		{ "*a", "ab", false },
		{ "a*b*c", "axxbxxc", true },
		{ "a*b*c", "axxcxxb", false },
		{ "eve.json", "eve.json", true },
		{ "eve.[1].json", "eve.1.json", false },
		{ "eve.?.json", "eve.1.json", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(kin_matches(cases[i].pattern, cases[i].name),
				 cases[i].matches);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kin_knows_the_parts_of_a_log),
		cmocka_unit_test(kin_takes_no_other_log_for_a_part),
		cmocka_unit_test(kin_knows_what_is_compressed),
		cmocka_unit_test(kin_orders_parts_by_their_names),
		cmocka_unit_test(kin_matches_stars),
	};

	return cmocka_run_group_tests_name("kin", tests, NULL, NULL);
}
