/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/clock.h"
#include "ctl/records/after.h"
#include "tests/support/test.h"

#define S(number) ((uint64_t)(number)*CLOCK_NS_PER_S)

static bool banned(const struct after *a, const char *source, uint64_t s)
{
	struct prefix p = prefix_of(source);

	return after_is_banned(a, &p, S(s));
}

static void only_what_comes_after_a_ban_and_before_its_end_counts(void **state)
{
	struct after *a = after_new();
	struct prefix host = prefix_of("203.0.113.7");
	struct prefix net = prefix_of("198.51.100.0/22");
	struct prefix net6 = prefix_of("2001:db8:7::/48");

	(void)state;
	assert_non_null(a);
	after_ban(a, &host, S(100), S(200));
	after_ban(a, &net, S(100), 0);
	after_ban(a, &net6, S(100), 0);
	assert_false(banned(a, "203.0.113.7", 99));
	/* On its way. */
	assert_false(banned(a, "203.0.113.7", 109));
	assert_true(banned(a, "203.0.113.7", 111));
	assert_false(banned(a, "203.0.113.7", 200));
	assert_false(banned(a, "203.0.113.8", 150));
	assert_true(banned(a, "198.51.101.9", 100000));
	assert_true(banned(a, "2001:db8:7:1::1", 150));
	assert_false(banned(a, "2001:db8:8::1", 150));
	after_unban(a, &host);
	assert_false(banned(a, "203.0.113.7", 150));
	after_unban(a, &(struct prefix){ 0 });
	assert_false(banned(a, "198.51.101.9", 150));
	after_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			only_what_comes_after_a_ban_and_before_its_end_counts),
	};

	return cmocka_run_group_tests_name("records_after", tests, NULL, NULL);
}
