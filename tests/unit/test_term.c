/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/clock.h"
#include "ctl/daemon/term.h"
#include "tests/support/test.h"

#define HOUR_S	3600ull
#define YEAR_S	(365 * 24 * HOUR_S)
#define TODAY_S 1700000000ull /* of the calendar */
#define UP_S	10000ull /* of the monotonic clock, at the same moment */

/* Given today, for an hour. */
static const struct act given = {
	.boot = 7,
	.time_ns = TODAY_S * CLOCK_NS_PER_S,
	.monotonic_ns = UP_S * CLOCK_NS_PER_S,
};
static const uint64_t until_ns = (TODAY_S + HOUR_S) * CLOCK_NS_PER_S;

/* Seconds that are left of the hour; 0: it is over. */
static uint64_t left_s(uint64_t boot, uint64_t up_s, uint64_t calendar_s)
{
	const struct term_now now = {
		.boot = boot,
		.ms = up_s * 1000,
		.calendar_ns = calendar_s * CLOCK_NS_PER_S,
	};
	uint64_t end_ms = term_end_ms(&given, until_ns, HOUR_S, &now);

	return end_ms > now.ms ? (end_ms - now.ms) / 1000 : 0;
}

static void term_goes_on_where_it_was(void **state)
{
	(void)state;
	assert_int_equal(left_s(7, UP_S + 600, TODAY_S + 600), HOUR_S - 600);
	assert_int_equal(left_s(7, UP_S + HOUR_S, TODAY_S + HOUR_S), 0);
}

/* Within a boot the calendar may do what it wants. */
static void term_heeds_no_jump_within_a_boot(void **state)
{
	(void)state;
	assert_int_equal(left_s(7, UP_S + 600, TODAY_S + YEAR_S), HOUR_S - 600);
	assert_int_equal(left_s(7, UP_S + 600, TODAY_S - YEAR_S), HOUR_S - 600);
	assert_int_equal(left_s(7, UP_S + HOUR_S + 1, TODAY_S - YEAR_S), 0);
}

/* After a reboot only the calendar is left. */
static void term_goes_by_the_calendar_after_a_reboot(void **state)
{
	(void)state;
	assert_int_equal(left_s(8, 20, TODAY_S + 600), HOUR_S - 600);
	assert_int_equal(left_s(8, 20, TODAY_S + HOUR_S), 0);
	assert_int_equal(left_s(8, 20, TODAY_S + YEAR_S), 0);
}

/* A calendar that went back costs one term, not a year. */
static void term_is_never_longer_than_it_was_given(void **state)
{
	(void)state;
	assert_int_equal(left_s(8, 20, TODAY_S - YEAR_S), HOUR_S);
	assert_int_equal(left_s(8, 20, 0), HOUR_S);
}

/* Where the boot is not known, it may be another one. */
static void term_takes_an_unknown_boot_for_another(void **state)
{
	const struct term_now now = {
		.boot = 0,
		.ms = 20000,
		.calendar_ns = (TODAY_S + 600) * CLOCK_NS_PER_S,
	};
	struct act base = given;

	(void)state;
	base.boot = 0;
	assert_int_equal(term_end_ms(&base, until_ns, HOUR_S, &now),
			 20000 + (HOUR_S - 600) * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(term_goes_on_where_it_was),
		cmocka_unit_test(term_heeds_no_jump_within_a_boot),
		cmocka_unit_test(term_goes_by_the_calendar_after_a_reboot),
		cmocka_unit_test(term_is_never_longer_than_it_was_given),
		cmocka_unit_test(term_takes_an_unknown_boot_for_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
