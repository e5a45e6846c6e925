/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <unistd.h>

#include "feeds/chain.h"
#include "feeds/file.h"
#include "tests/support/follow.h"

#define LOG FOLLOW_LOG

static void tail_reads_a_file_from_its_beginning(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_alerts(f, fd, 5);
	follow_start(f);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->strays, 0);
	close(fd);
}

static void tail_reads_what_is_added(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	for (int i = 0; i < 20; i++) {
		follow_alert(f, fd);
		follow_settle(f);
		assert_int_equal(follow_wrong(f), 0);
	}
	assert_int_equal(follow_reading(f, LOG)->events, 20);
	assert_int_equal(follow_reading(f, LOG)->behind, 0);
	close(fd);
}

/* Nobody closes them, so that each could still be written to. */
static void tail_reads_more_rotations_than_it_can_hold(void **state)
{
	int fds[CHAIN_FILES_MAX + 40];
	struct follow *f = *state;
	char name[64];

	fds[0] = follow_open(f, LOG);
	follow_start(f);
	for (int i = 0; i < CHAIN_FILES_MAX + 40; i++) {
		follow_alert(f, fds[i]);
		follow_settle(f);
		snprintf(name, sizeof(name), LOG ".%d", i + 1);
		follow_rename(f, LOG, name);
		if (i + 1 < CHAIN_FILES_MAX + 40)
			fds[i + 1] = follow_open(f, LOG);
	}
	assert_int_equal(follow_wrong(f), 0);
	for (int i = 0; i < CHAIN_FILES_MAX + 40; i++)
		close(fds[i]);
}

static void tail_waits_for_the_rest_of_a_line(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);
	char line[EVEGEN_LINE_SIZE];
	size_t len = evegen_line(&f->random, EVEGEN_ALERT, 0, line);

	follow_start(f);
	f->written = 1;
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(f->times[0], 0);
		follow_text(fd, line + i, 1);
		follow_settle(f);
	}
	assert_int_equal(f->times[0], 1);
	close(fd);
}

static void tail_drains_a_renamed_file_before_the_new_one(void **state)
{
	struct follow *f = *state;
	int old = follow_open(f, LOG), new;

	follow_alerts(f, old, 3);
	follow_start(f);
	follow_settle(f);
	follow_alerts(f, old, 500);
	follow_rename(f, LOG, LOG ".1");
	follow_alerts(f, old, 500);
	new = follow_open(f, LOG);
	follow_alerts(f, new, 500);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->order, 0);
	close(old);
	close(new);
}

/* There is more in it than one file may have read at a time. */
static void tail_drains_a_long_file_before_the_new_one(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_settle(f);
	for (int i = 0; i < 2; i++) {
		follow_alerts(f, fd, 15000);
		follow_rename(f, LOG, i ? LOG ".1" : LOG ".2");
		close(fd);
		fd = follow_open(f, LOG);
		source_wake(f->source, f->now_ns);
	}
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->order, 0);
	close(fd);
}

static void tail_reads_stragglers_until_the_old_file_is_closed(void **state)
{
	struct follow *f = *state;
	int old = follow_open(f, LOG), new;

	follow_start(f);
	follow_alert(f, old);
	follow_settle(f);
	follow_rename(f, LOG, LOG ".1");
	new = follow_open(f, LOG);
	follow_alert(f, new);
	follow_settle(f);
	follow_alert(f, old);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->saved_count, 2);
	follow_alert(f, old);
	close(old);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	/* Who closed it may not have been the only one. */
	follow_pass(f, FILE_CLOSED_S / 2);
	old = follow_open(f, LOG ".1");
	follow_alert(f, old);
	close(old);
	follow_settle(f);
	assert_int_equal(f->saved_count, 2);
	follow_pass(f, FILE_CLOSED_S - 1);
	assert_int_equal(f->saved_count, 2);
	follow_pass(f, 1);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->saved_count, 1);
	close(new);
}

static void tail_lets_a_quiet_old_file_go_after_its_time(void **state)
{
	struct follow *f = *state;
	int old = follow_open(f, LOG), new;

	follow_start(f);
	follow_alert(f, old);
	follow_settle(f);
	follow_rename(f, LOG, LOG ".1");
	new = follow_open(f, LOG);
	follow_settle(f);
	/* Nothing in the new one: the writer may not know of it yet. */
	follow_pass(f, 2 * FILE_QUIET_S);
	assert_int_equal(f->saved_count, 2);
	follow_alert(f, old);
	follow_alert(f, new);
	follow_settle(f);
	follow_pass(f, FILE_QUIET_S - 1);
	assert_int_equal(f->saved_count, 2);
	follow_pass(f, 2);
	assert_int_equal(f->saved_count, 1);
	assert_int_equal(follow_wrong(f), 0);
	close(old);
	close(new);
}

/* Else the next life would take the newer one for one that it missed. */
static void tail_lets_the_oldest_file_go_first(void **state)
{
	struct follow *f = *state;
	int oldest = follow_open(f, LOG), fd;

	follow_start(f);
	follow_alert(f, oldest);
	follow_settle(f);
	follow_rename(f, LOG, LOG ".1");
	fd = follow_open(f, LOG);
	follow_alert(f, fd);
	follow_settle(f);
	follow_rename(f, LOG ".1", LOG ".2");
	follow_rename(f, LOG, LOG ".1");
	close(fd);
	fd = follow_open(f, LOG);
	follow_alert(f, fd);
	follow_settle(f);
	follow_pass(f, 2 * FILE_CLOSED_S);
	assert_int_equal(f->saved_count, 3);
	follow_stop(f);
	follow_start(f);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	follow_pass(f, FILE_QUIET_S);
	assert_int_equal(f->saved_count, 1);
	close(oldest);
	close(fd);
}

/* A writer that nobody told of the rotation goes on in the old file. */
static void tail_stays_with_a_writer_that_stays_with_the_old_file(void **state)
{
	struct follow *f = *state;
	int old = follow_open(f, LOG), new;

	follow_start(f);
	follow_alert(f, old);
	follow_settle(f);
	follow_rename(f, LOG, LOG ".1");
	new = follow_open(f, LOG);
	for (int i = 0; i < 5; i++) {
		follow_pass(f, 4 * FILE_QUIET_S);
		follow_alert(f, old);
		follow_settle(f);
	}
	assert_int_equal(follow_wrong(f), 0);
	close(old);
	close(new);
}

static void tail_reads_a_file_cut_and_written_anew(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	for (int i = 0; i < 5; i++) {
		follow_alerts(f, fd, 5);
		follow_settle(f);
		follow_copytruncate(f, LOG, LOG ".1");
		/* Half of the times it is seen empty. */
		if (i % 2)
			follow_settle(f);
	}
	follow_alert(f, fd);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->gaps[GAP_TRUNCATED], 0);
	assert_int_equal(f->saved_count, 1);
	close(fd);
}

static void tail_sees_a_cut_when_the_file_has_grown_beyond(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_copytruncate(f, LOG, LOG ".1");
	follow_alerts(f, fd, 30);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_reads_the_rest_of_a_cut_file_in_its_copy(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_alerts(f, fd, 30);
	follow_copytruncate(f, LOG, LOG ".1");
	follow_alerts(f, fd, 50);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->gaps[GAP_TRUNCATED], 0);
	assert_int_equal(f->saved_count, 1);
	close(fd);
}

static void tail_reads_all_copies_of_a_file_cut_twice(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_alerts(f, fd, 3);
	follow_copytruncate(f, LOG, LOG ".1");
	follow_alerts(f, fd, 3);
	follow_rename(f, LOG ".1", LOG ".2");
	follow_copytruncate(f, LOG, LOG ".1");
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->saved_count, 1);
	close(fd);
}

static void tail_reports_what_a_cut_took_away(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	/* It is seen that there is more, but not read. */
	follow_alerts(f, fd, 3);
	source_wake(f->source, f->now_ns);
	assert_int_equal(ftruncate(fd, 0), 0);
	f->times[3] = f->times[4] = f->times[5] = 1;
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(f->gaps[GAP_TRUNCATED], 1);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_goes_on_at_the_end_of_a_shortened_file(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);
	off_t cut;

	follow_start(f);
	follow_alerts(f, fd, 3);
	cut = lseek(fd, 0, SEEK_END);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(ftruncate(fd, cut), 0);
	follow_settle(f);
	assert_int_equal(f->gaps[GAP_TRUNCATED], 1);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_reads_a_file_deleted_and_made_anew(void **state)
{
	struct follow *f = *state;
	int old = follow_open(f, LOG), new;

	follow_start(f);
	follow_alerts(f, old, 3);
	follow_settle(f);
	follow_alerts(f, old, 3);
	follow_remove(f, LOG);
	follow_alerts(f, old, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	new = follow_open(f, LOG);
	follow_alerts(f, new, 3);
	follow_alerts(f, old, 3);
	close(old);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->saved_count, 1);
	close(new);
}

/* Its space on the disk is to be free again. */
static void tail_lets_a_deleted_and_closed_file_go_at_once(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_remove(f, LOG);
	follow_alerts(f, fd, 3);
	close(fd);
	follow_settle(f);
	assert_int_equal(f->saved_count, 0);
	fd = follow_open(f, LOG);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_reads_what_two_rotations_left_behind(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	close(fd);
	follow_rename(f, LOG, LOG ".1");
	fd = follow_open(f, LOG);
	follow_alerts(f, fd, 3);
	close(fd);
	follow_rename(f, LOG ".1", LOG ".2");
	follow_rename(f, LOG, LOG ".1");
	fd = follow_open(f, LOG);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->order, 0);
	close(fd);
}

static void tail_leaves_old_parts_alone_when_it_starts(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG ".1");

	follow_alerts(f, fd, 3);
	close(fd);
	fd = follow_open(f, LOG);
	follow_start(f);
	follow_settle(f);
	close(fd);
	follow_rename(f, LOG ".1", LOG ".2");
	follow_rename(f, LOG, LOG ".1");
	fd = follow_open(f, LOG);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 3);
	assert_int_equal(f->times[0], 0);
	close(fd);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, follow_set_up, follow_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(tail_reads_a_file_from_its_beginning),
		CASE(tail_reads_what_is_added),
		CASE(tail_reads_more_rotations_than_it_can_hold),
		CASE(tail_waits_for_the_rest_of_a_line),
		CASE(tail_drains_a_renamed_file_before_the_new_one),
		CASE(tail_drains_a_long_file_before_the_new_one),
		CASE(tail_reads_stragglers_until_the_old_file_is_closed),
		CASE(tail_lets_a_quiet_old_file_go_after_its_time),
		CASE(tail_lets_the_oldest_file_go_first),
		CASE(tail_stays_with_a_writer_that_stays_with_the_old_file),
		CASE(tail_reads_a_file_cut_and_written_anew),
		CASE(tail_sees_a_cut_when_the_file_has_grown_beyond),
		CASE(tail_reads_the_rest_of_a_cut_file_in_its_copy),
		CASE(tail_reads_all_copies_of_a_file_cut_twice),
		CASE(tail_reports_what_a_cut_took_away),
		CASE(tail_goes_on_at_the_end_of_a_shortened_file),
		CASE(tail_reads_a_file_deleted_and_made_anew),
		CASE(tail_lets_a_deleted_and_closed_file_go_at_once),
		CASE(tail_reads_what_two_rotations_left_behind),
		CASE(tail_leaves_old_parts_alone_when_it_starts),
	};

	return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
