/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <time.h>

#include "ctl/core/clock.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

static int parse(uint64_t *out, const char *text)
{
	char *copy = edge_copy(text, strlen(text));
	int err = clock_parse(out, copy, strlen(text));

	edge_free(copy, strlen(text));
	return err;
}

static void clock_parses_the_spellings_of_one_instant(void **state)
{
	static const char *const same[] = {
		"2026-11-21T16:33:16.531034+0000",
		"2026-11-21T16:33:16.531034Z",
		"2026-11-21T17:33:16.531034+0100",
		"2026-11-21T17:33:16.531034+01:00",
		"2026-11-21T05:03:16.531034000-1130",
		"2026-11-22T00:03:16.531034+07:30",
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(parse(&ns, same[i]), 0);
		assert_true(ns == 1795278796531034000u);
	}
	assert_int_equal(parse(&ns, "1970-01-01T00:00:00Z"), 0);
	assert_true(ns == 0);
	assert_int_equal(parse(&ns, "2016-12-31T23:59:60Z"), 0);
	assert_true(ns == 1483228800u * 1000000000ull);
}

static void clock_refuses_what_is_no_time_or_has_no_offset(void **state)
{
	static const char *const bad[] = {
		"",
		"2026-11-21",
		"2026-11-21T16:33:16.531034",
		"2026-13-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z",
		"2026-01-01T00:00:61Z",
		"2026-01-01T00:00:00.Z",
		"2026-01-01T00:00:00.1234567890Z",
		"2026-01-01T00:00:00Z ",
		"2026-01-01T00:00:00+9900",
		"1969-12-31T23:59:59Z",
		"1970-01-01T00:00:00+0100",
		"11/21-16:33:16.531034",
		"2026-11-21t16:33:16Z",
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(&ns, bad[i]), -EINVAL);
}

static void clock_reads_back_what_it_wrote(void **state)
{
	struct random r = { { 2, 7, 1 } };
	char text[CLOCK_TEXT_SIZE];
	uint64_t back;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		/* From 1970 up to the year 2554. */
		uint64_t ns = random_u64(&r);
		time_t seconds = (time_t)(ns / CLOCK_NS_PER_S);
		struct tm tm;

		clock_format(ns, text);
		assert_int_equal(clock_parse(&back, text, strlen(text)), 0);
		assert_true(back == ns);
		gmtime_r(&seconds, &tm);
		assert_int_equal(timegm(&tm), seconds);
	}
}

static void clock_reads_and_writes_terms(void **state)
{
	static const struct {
		const char *text;
		uint64_t seconds;
		const char *written;
	} cases[] = {
		{ "90", 90, "1m 30s" },	   { "90s", 90, "1m 30s" },
		{ "10m", 600, "10m" },	   { "1h", 3600, "1h" },
		{ "25h", 90000, "1d 1h" }, { "2w", 1209600, "14d" },
		{ "0", 0, "0s" },	   { "86461", 86461, "1d" },
	};
	char buf[CLOCK_TERM_SIZE];
	uint64_t seconds;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(clock_parse_term(&seconds, cases[i].text), 0);
		assert_true(seconds == cases[i].seconds);
		assert_string_equal(clock_format_term(seconds, buf),
				    cases[i].written);
	}
	assert_int_equal(clock_parse_term(&seconds, "m"), -EINVAL);
	assert_int_equal(clock_parse_term(&seconds, "10 m"), -EINVAL);
	assert_int_equal(clock_parse_term(&seconds, "1h30m"), -EINVAL);
	assert_int_equal(clock_parse_term(&seconds, "-1h"), -EINVAL);
	assert_int_equal(clock_parse_term(&seconds, ""), -EINVAL);
	assert_int_equal(clock_parse_term(&seconds, "99999999999999999999"),
			 -ERANGE);
	assert_int_equal(clock_parse_term(&seconds, "101d52w"), -EINVAL);
	assert_int_equal(clock_parse_term(&seconds, "6000w"), -ERANGE);
}

static void clock_boot_stays_the_same(void **state)
{
	uint64_t first, second;

	(void)state;
	assert_int_equal(clock_boot(&first), 0);
	assert_int_equal(clock_boot(&second), 0);
	assert_true(first == second && first != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_parses_the_spellings_of_one_instant),
		cmocka_unit_test(
			clock_refuses_what_is_no_time_or_has_no_offset),
		cmocka_unit_test(clock_reads_back_what_it_wrote),
		cmocka_unit_test(clock_reads_and_writes_terms),
		cmocka_unit_test(clock_boot_stays_the_same),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
