/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/alarm/errand.h"
#include "ctl/core/clock.h"
#include "ctl/daemon/alarms.h"
#include "tests/support/test.h"

#define S CLOCK_NS_PER_S

static void alarms_are_said_once_and_counted(void **state)
{
	struct alarms a = { 0 };
	struct prefix p = prefix_of("203.0.113.7");
	struct prefix q = prefix_of("203.0.113.8");
	const struct alarm_row *row;

	(void)state;
	assert_non_null(
		alarms_raise(&a, ALARM_SPARED, &p, "x", 1000ull * S, 3600));
	for (uint64_t i = 1; i < 3600; i++)
		assert_null(alarms_raise(&a, ALARM_SPARED, &p, "y",
					 (1000 + i) * S, 3600));
	row = alarms_raise(&a, ALARM_SPARED, &p, "z", 4600ull * S, 3600);
	assert_non_null(row);
	assert_int_equal(row->count, 3601);
	assert_int_equal(row->number, 1);
	assert_string_equal(row->text, "z");
	/* Another kind, another prefix: another alarm. */
	assert_non_null(alarms_raise(&a, ALARM_CAP, &p, "", 4600ull * S, 60));
	assert_non_null(
		alarms_raise(&a, ALARM_SPARED, &q, "", 4600ull * S, 60));
	assert_int_equal(alarms_open(&a), 3);
}

/* An open relay must not hide behind a banner that tells too much. */
static void alarms_of_one_server_are_one_for_each_sign(void **state)
{
	struct alarms a = { 0 };
	struct prefix p = prefix_of("192.0.2.25");

	(void)state;
	assert_non_null(alarms_raise(&a, ALARM_SIGN, &p, "weak-banner: x",
				     1000ull * S, 3600));
	assert_non_null(alarms_raise(&a, ALARM_SIGN, &p, "relay-accepted: x",
				     1001ull * S, 3600));
	assert_null(alarms_raise(&a, ALARM_SIGN, &p, "weak-banner: x",
				 1002ull * S, 3600));
	assert_int_equal(alarms_open(&a), 2);
}

/* What is wrong with a record may change from day to day. */
static void alarms_of_shared_senders_are_one_for_each_domain(void **state)
{
	struct alarms a = { 0 };
	const struct prefix none = { 0 };

	(void)state;
	assert_non_null(alarms_raise(&a, ALARM_RESOLVE, &none, "SPF of a.b: x",
				     1000ull * S, 3600));
	assert_non_null(alarms_raise(&a, ALARM_RESOLVE, &none, "SPF of a: x",
				     1001ull * S, 3600));
	assert_null(alarms_raise(&a, ALARM_RESOLVE, &none, "SPF of a: y",
				 1002ull * S, 3600));
	assert_non_null(alarms_raise(&a, ALARM_RESOLVE, &none, "SPF of c: x",
				     1003ull * S, 3600));
	assert_string_equal(a.rows[0].text, "SPF of a.b: x");
	assert_string_equal(a.rows[1].text, "SPF of a: y");
	assert_int_equal(alarms_open(&a), 3);
}

static void alarms_stay_until_somebody_has_seen_them(void **state)
{
	struct alarms a = { 0 };
	struct prefix p = prefix_of("203.0.113.7");

	(void)state;
	alarms_raise(&a, ALARM_SPARED, &p, "x", S, 3600);
	alarms_raise(&a, ALARM_CAP, &p, "x", S, 3600);
	assert_int_equal(alarms_ack(&a, 7), 0);
	assert_int_equal(alarms_ack(&a, 1), 1);
	assert_int_equal(alarms_ack(&a, 1), 0);
	assert_int_equal(alarms_open(&a), 1);
	/* After that it is a new one. */
	assert_int_equal(
		alarms_raise(&a, ALARM_SPARED, &p, "x", 2 * S, 3600)->number,
		3);
	assert_int_equal(alarms_ack(&a, 0), 2);
	assert_int_equal(alarms_open(&a), 0);
}

static void alarms_never_grow_and_count_what_went(void **state)
{
	struct alarms a = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		const uint8_t bytes[4] = { 203, 0, (uint8_t)(i >> 8),
					   (uint8_t)i };
		struct prefix p;

		assert_int_equal(prefix_make(&p, PREFIX_IP4, bytes, 32), 0);
		assert_non_null(alarms_raise(&a, ALARM_SPARED, &p, "x",
					     (1 + i) * (uint64_t)S, 3600));
	}
	assert_int_equal(alarms_open(&a), ALARMS_MAX);
	assert_int_equal(a.dropped, 1000 - ALARMS_MAX);
}

static void alarms_of_a_former_life_are_not_said_again(void **state)
{
	struct alarms a = { 0 };
	struct alarm_row row = {
		.number = 17,
		.kind = ALARM_SPARED,
		.first_ns = 10ull * S,
		.last_ns = 20ull * S,
		.count = 5,
		.prefix = prefix_of("203.0.113.7"),
		.text = "x",
	};

	(void)state;
	alarms_restore(&a, &row, 15ull * S);
	assert_null(alarms_raise(&a, ALARM_SPARED, &row.prefix, "x", 30ull * S,
				 3600));
	assert_int_equal(a.rows[0].count, 6);
	/* The pause is counted from when it was said, not from its newest. */
	assert_non_null(alarms_raise(&a, ALARM_SPARED, &row.prefix, "x",
				     3615ull * S, 3600));
	assert_int_equal(
		alarms_raise(&a, ALARM_CAP, &row.prefix, "x", S, 60)->number,
		18);
}

static void alarms_know_what_the_records_do_not(void **state)
{
	struct alarms a = { 0 };
	struct prefix p = prefix_of("203.0.113.7");
	struct act act = { .kind = ACT_ALARM,
			   .count = 1,
			   .points = 3,
			   .time_ns = 9ull * S,
			   .event_ns = S,
			   .name = "spared" };
	struct alarm_row row = alarms_row_of(&act);

	(void)state;
	assert_non_null(alarms_raise(&a, ALARM_SPARED, &p, "x", S, 3600));
	assert_false(alarms_is_ahead(&a, 0)); /* it was said: on record */
	assert_null(alarms_raise(&a, ALARM_SPARED, &p, "x", 2ull * S, 3600));
	assert_true(alarms_is_ahead(&a, 0));
	alarms_ack(&a, 1);
	assert_false(alarms_is_ahead(&a, 0)); /* nobody asks any more */
	/* What was said by the act itself, and what it only took down. */
	assert_int_equal(row.last_ns, 9ull * S);
	assert_int_equal(alarms_said_ns(&act), 9ull * S);
	act.since_ns = 2ull * S;
	act.until_ns = 7ull * S;
	row = alarms_row_of(&act);
	assert_int_equal(row.last_ns, 7ull * S);
	assert_int_equal(alarms_said_ns(&act), 2ull * S);
	alarms_restore(&a, &row, alarms_said_ns(&act));
	assert_false(alarms_is_ahead(&a, 1));
}

static struct alarm_row numbered(uint32_t number)
{
	return (struct alarm_row){
		.number = number,
		.prefix = prefix_of("203.0.113.7"),
		.text = "a \"word\" and a \\ and \x1b[31m",
		.count = 1,
	};
}

static void errands_run_one_at_a_time_and_so_many_a_minute(void **state)
{
	struct errands e;
	struct errand errand;
	unsigned int runs = 0;

	(void)state;
	errands_init(&e, 3);
	for (uint32_t i = 1; i <= 100; i++) {
		struct alarm_row row = numbered(i);

		errands_add(&e, &row);
	}
	assert_true(errands_next(&e, 60, &errand));
	assert_string_equal(errand.text,
			    "alarm 1: 203.0.113.7: a \"word\" and a \\x5c and "
			    "\\x1b[31m");
	assert_non_null(strstr(errand.json,
			       "a \\\"word\\\" and a \\\\x5c and \\\\x1b[31m"));
	assert_false(errands_next(&e, 60, &errand));
	for (runs = 1; runs < 10; runs++) {
		errands_ended(&e);
		if (!errands_next(&e, 61, &errand))
			break;
	}
	assert_int_equal(runs, 3);
	assert_string_equal(errand.text,
			    "and 98 more alarms; `postern status` shows them");
	assert_false(errands_wait(&e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alarms_are_said_once_and_counted),
		cmocka_unit_test(alarms_of_one_server_are_one_for_each_sign),
		cmocka_unit_test(
			alarms_of_shared_senders_are_one_for_each_domain),
		cmocka_unit_test(alarms_stay_until_somebody_has_seen_them),
		cmocka_unit_test(alarms_never_grow_and_count_what_went),
		cmocka_unit_test(alarms_of_a_former_life_are_not_said_again),
		cmocka_unit_test(alarms_know_what_the_records_do_not),
		cmocka_unit_test(
			errands_run_one_at_a_time_and_so_many_a_minute),
	};

	return cmocka_run_group_tests_name("alarms", tests, NULL, NULL);
}
