/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "feeds/file.h"
#include "tests/support/follow.h"

#define LOG FOLLOW_LOG

static void tail_goes_on_where_it_stopped(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	for (int i = 0; i < 20; i++) {
		follow_start(f);
		follow_alerts(f, fd, 3);
		if (i % 2)
			follow_settle(f);
		else
			follow_step(f);
		follow_stop(f);
		follow_alerts(f, fd, 3);
	}
	follow_start(f);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_finds_its_file_rotated_meanwhile(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_stop(f);
	for (int i = 0; i < 3; i++) {
		follow_alerts(f, fd, 3);
		close(fd);
		if (i > 1)
			follow_rename(f, LOG ".2", LOG ".3");
		if (i > 0)
			follow_rename(f, LOG ".1", LOG ".2");
		follow_rename(f, LOG, LOG ".1");
		fd = follow_open(f, LOG);
	}
	follow_alerts(f, fd, 3);
	follow_start(f);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->order, 0);
	assert_int_equal(f->gaps[GAP_FILE_LOST], 0);
	close(fd);
}

static void tail_finds_its_file_under_any_name(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_stop(f);
	follow_alerts(f, fd, 3);
	close(fd);
	follow_rename(f, LOG, "kept for the lawyers");
	follow_start(f);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	fd = follow_open(f, LOG);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_finds_the_copy_of_a_file_cut_meanwhile(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_stop(f);
	follow_alerts(f, fd, 3);
	follow_copytruncate(f, LOG, LOG ".1");
	follow_alerts(f, fd, 9);
	follow_rename(f, LOG ".1", LOG ".2");
	follow_copytruncate(f, LOG, LOG ".1");
	follow_alerts(f, fd, 9);
	follow_start(f);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->gaps[GAP_FILE_LOST] + f->gaps[GAP_TRUNCATED], 0);
	close(fd);
}

static void tail_reports_a_file_that_was_compressed_meanwhile(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_stop(f);
	close(fd);
	/* Its number 3 is the one that is lost. */
	f->times[f->written++] = 1;
	follow_remove(f, LOG);
	fd = follow_open(f, LOG ".2.gz");
	follow_text(fd, "gz", 2);
	close(fd);
	fd = follow_open(f, LOG ".1");
	follow_alerts(f, fd, 3);
	close(fd);
	fd = follow_open(f, LOG);
	follow_alerts(f, fd, 3);
	follow_start(f);
	follow_settle(f);
	assert_int_equal(f->gaps[GAP_FILE_LOST], 1);
	assert_int_equal(follow_wrong(f), 0);
	/* It is reported once. */
	follow_stop(f);
	follow_start(f);
	follow_settle(f);
	assert_int_equal(f->gaps[GAP_FILE_LOST], 1);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

/* Suricata has fewer threads now. */
static void tail_reads_the_rest_of_a_log_that_is_no_more(void **state)
{
	struct follow *f = *state;
	int one, two;

	follow_as(f, "eve.*.json");
	one = follow_open(f, "eve.1.json");
	two = follow_open(f, "eve.2.json");
	follow_start(f);
	follow_alerts(f, one, 3);
	follow_alerts(f, two, 3);
	follow_settle(f);
	follow_stop(f);
	follow_alerts(f, two, 3);
	close(two);
	follow_rename(f, "eve.2.json", "eve.2.json.1");
	/* Nor does a row of another feed's log stand in the way. */
	f->saved[f->saved_count] = f->saved[0];
	snprintf(f->saved[f->saved_count++].file, MSG_FILE_SIZE, "fast.log");
	follow_start(f);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->gaps[GAP_FILE_LOST], 0);
	close(one);
}

static void tail_keeps_positions_until_the_folder_is_there(void **state)
{
	struct follow *f = *state;
	int fd;

	assert_int_equal(mkdir(follow_path(f, "log"), 0755), 0);
	follow_as(f, "log/eve.json");
	fd = follow_open(f, "log/eve.json");
	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_stop(f);
	follow_rename(f, "log", "away");
	follow_start(f);
	follow_settle(f);
	follow_alerts(f, fd, 3);
	follow_rename(f, "away", "log");
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, follow_set_up, follow_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(tail_goes_on_where_it_stopped),
		CASE(tail_finds_its_file_rotated_meanwhile),
		CASE(tail_finds_its_file_under_any_name),
		CASE(tail_finds_the_copy_of_a_file_cut_meanwhile),
		CASE(tail_reports_a_file_that_was_compressed_meanwhile),
		CASE(tail_reads_the_rest_of_a_log_that_is_no_more),
		CASE(tail_keeps_positions_until_the_folder_is_there),
	};

	return cmocka_run_group_tests_name("tailresume", tests, NULL, NULL);
}
