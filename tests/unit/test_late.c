/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose clock is wrong, and who only reads what was written before. */
#include "ctl/core/clock.h"
#include "ctl/daemon/late.h"
#include "tests/support/test.h"

#define NOW_NS	(1800000000ull * CLOCK_NS_PER_S)
#define HOUR_NS (3600ull * CLOCK_NS_PER_S)

/* An alert of an hour ago. */
static const struct event old = {
	.time_ns = NOW_NS - HOUR_NS,
	.seen_ns = NOW_NS,
};
static const struct weight faded = { .points = 625, .late_s = 3600 };
static const struct weight full = { .points = 40000 };

static bool note_many(struct late *late, const struct reading *reading,
		      unsigned int count)
{
	bool tardy = false;

	for (unsigned int i = 0; i < count; i++)
		tardy = late_note(late, &old, &faded, reading);
	return tardy;
}

static void late_is_who_writes_old_news_into_new_lines(void **state)
{
	const struct reading read = {
		.told_ns = NOW_NS - 5 * CLOCK_NS_PER_S,
	};
	struct late late = { 0 };

	(void)state;
	assert_false(note_many(&late, &read, LATE_RUN - 1));
	assert_false(late_is_tardy(&late));
	assert_true(note_many(&late, &read, 1));
	assert_true(late_is_tardy(&late));
	assert_int_equal(late.count, LATE_RUN);
	assert_int_equal(late.late_s, 3600);
	/* Its clock was set. */
	assert_false(late_note(&late, &old, &full, &read));
	assert_false(late_is_tardy(&late));
	assert_int_equal(late.count, LATE_RUN);
}

static void late_is_not_who_catches_up(void **state)
{
	struct reading reading = { .told_ns = NOW_NS - CLOCK_NS_PER_S,
				   .behind = 1 };
	struct late late = { 0 };

	(void)state;
	/* Nothing was told of the file; it is not read to its end; and when
	 * that was, the alert had not happened. */
	assert_false(note_many(&late, NULL, 100));
	assert_false(note_many(&late, &reading, 100));
	reading.behind = 0;
	reading.told_ns = 0;
	assert_false(note_many(&late, &reading, 100));
	reading.told_ns = NOW_NS - 2 * HOUR_NS;
	assert_false(note_many(&late, &reading, 100));
	assert_false(late_is_tardy(&late));
	assert_int_equal(late.count, 400);
}

static void late_is_not_who_buffers_a_little(void **state)
{
	const struct reading read = {
		.told_ns = NOW_NS - HOUR_NS + 30 * CLOCK_NS_PER_S,
	};
	struct late late = { 0 };

	(void)state;
	assert_false(note_many(&late, &read, 100));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(late_is_who_writes_old_news_into_new_lines),
		cmocka_unit_test(late_is_not_who_catches_up),
		cmocka_unit_test(late_is_not_who_buffers_a_little),
	};

	return cmocka_run_group_tests_name("late", tests, NULL, NULL);
}
