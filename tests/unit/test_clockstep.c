/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/clock.h"
#include "ctl/records/clockstep.h"
#include "tests/support/test.h"

#define S(number) ((uint64_t)(number)*CLOCK_NS_PER_S)

static void a_clock_that_was_set_is_told_once(void **state)
{
	struct clockstep s = { .is_known = false };

	(void)state;
	assert_int_equal(clockstep_look(&s, S(1000), S(10)), 0);
	assert_int_equal(clockstep_look(&s, S(1060), S(70)), 0);
	assert_int_equal(clockstep_look(&s, S(4661), S(71)), 3600000);
	assert_int_equal(clockstep_look(&s, S(4662), S(72)), 0);
	assert_int_equal(clockstep_look(&s, S(1062), S(72)), -3600000);
	assert_int_equal(clockstep_look(&s, S(1063), S(73)), 0);
}

/* Each of them too small, but not all of them together. */
static void small_steps_add_up(void **state)
{
	struct clockstep s = { .is_known = false };
	int64_t told = 0;

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		told += clockstep_look(
			&s, S(1000 + i) + i * 100 * CLOCK_NS_PER_MS, S(i));
	assert_int_equal(told, 500);
}

static void what_may_have_been_sleep_is_no_step(void **state)
{
	(void)state;
	assert_int_equal(clockstep_between(S(1000), S(60), 0, S(1060)), 0);
	assert_int_equal(clockstep_between(S(1000), S(60), S(500), S(1500)), 0);
	assert_int_equal(clockstep_between(S(1000), S(60), S(500), S(4660)),
			 3100000);
	assert_int_equal(clockstep_between(S(1000), S(60), S(500), S(960)),
			 -100000);
	/* After a boot only one that went back is certain. */
	assert_int_equal(clockstep_between(S(1000), UINT64_MAX, 0, S(9000)), 0);
	assert_int_equal(clockstep_between(S(1000), UINT64_MAX, 0, S(900)),
			 -100000);
}

static void the_record_says_which_way_and_how_far(void **state)
{
	struct act act = clockstep_act(-3600250);

	(void)state;
	assert_int_equal(act.kind, ACT_CLOCK);
	assert_int_equal(act.count, 3600250);
	assert_string_equal(act.name, "back");
	assert_string_equal(act.reason,
			    "the calendar clock was set back by 3600.250 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_that_was_set_is_told_once),
		cmocka_unit_test(small_steps_add_up),
		cmocka_unit_test(what_may_have_been_sleep_is_no_step),
		cmocka_unit_test(the_record_says_which_way_and_how_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
