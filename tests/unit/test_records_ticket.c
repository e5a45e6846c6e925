/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an export must have, by the act that it is on record with. */
#include "ctl/records/ticket.h"
#include "tests/support/test.h"

static void an_export_holds_up_to_the_seal_before_its_end(void **state)
{
	struct point list[] = {
		{ .seq = 10, .seal = 1, .time_ns = 100 },
		{ .seq = 20, .seal = 2, .time_ns = 200 },
		{ .seq = 30, .seal = 4, .time_ns = 400 },
		{ .seq = 40, .seal = 5, .time_ns = 500 },
	};
	const struct points points = { .list = list, .count = 4 };
	struct ticket t = { .id = 1, .seq = 7, .seal = 4 };

	(void)state;
	assert_int_equal(ticket_end(&t, CLASS_ACTS, &points), 30);
	t.act.before_ns = 400;
	assert_int_equal(ticket_end(&t, CLASS_ACTS, &points), 20);
	assert_int_equal(ticket_end(&t, CLASS_CUSTODY, &points), 30);
	t.act.before_ns = 100;
	assert_int_equal(ticket_end(&t, CLASS_ACTS, &points), 0);
	t.act = (struct act){ .classes = 1u << CLASS_EVENTS };
	assert_int_equal(ticket_end(&t, CLASS_ACTS, &points), 0);
	assert_int_equal(ticket_end(&t, CLASS_EVENTS, &points), 30);
	assert_int_equal(ticket_end(&t, CLASS_CUSTODY, &points), 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_export_holds_up_to_the_seal_before_its_end),
	};

	return cmocka_run_group_tests_name("records_ticket", tests, NULL, NULL);
}
