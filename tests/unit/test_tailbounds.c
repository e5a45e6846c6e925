/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feeds/file.h"
#include "tests/support/follow.h"

#define LOG FOLLOW_LOG

static void tail_skips_and_counts_a_line_that_is_too_long(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);
	static char long_line[SCAN_LINE_MAX + 2];

	memset(long_line, 'a', sizeof(long_line));
	follow_start(f);
	follow_alert(f, fd);
	for (int i = 0; i < 3; i++) {
		follow_text(fd, long_line, sizeof(long_line) / 2);
		follow_settle(f);
		follow_text(fd, long_line, sizeof(long_line) - 1);
		follow_settle(f);
		follow_text(fd, "\n", 1);
		follow_alert(f, fd);
	}
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(follow_reading(f, LOG)->too_long, 3);
	assert_int_equal(follow_reading(f, LOG)->lines, 7);
	close(fd);
}

static void tail_reads_on_behind_a_hole(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alert(f, fd);
	assert_int_equal(ftruncate(fd, 64 << 20), 0);
	follow_settle(f);
	follow_alert(f, fd);
	follow_text(fd, "{\"timest\0\0\0\0", 12);
	follow_alert(f, fd);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(follow_reading(f, LOG)->bad, 1);
	close(fd);
}

static void tail_survives_binary_junk(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);
	struct random r = { { 1, 2, 3 } };
	char junk[4096];

	follow_start(f);
	for (int i = 0; i < 200; i++) {
		for (size_t k = 0; k < sizeof(junk); k++)
			junk[k] = (char)random_u64(&r);
		follow_text(fd, junk, 1 + random_below(&r, sizeof(junk) - 1));
		if (random_below(&r, 2))
			follow_settle(f);
		follow_text(fd, "\n", 1);
		follow_alert(f, fd);
	}
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_reads_beyond_four_gigabytes(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);
	const off_t far = (off_t)5 << 30;

	follow_start(f);
	follow_alert(f, fd);
	follow_settle(f);
	follow_stop(f);
	assert_int_equal(ftruncate(fd, far), 0);
	f->saved[0].position.offset = (uint64_t)far;
	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_true(follow_reading(f, LOG)->position.offset > (uint64_t)far);
	close(fd);
}

static void tail_takes_a_last_line_without_newline_in_the_end(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);
	char line[EVEGEN_LINE_SIZE];
	size_t len = evegen_line(&f->random, EVEGEN_ALERT, 0, line);

	f->written = 1;
	follow_start(f);
	follow_text(fd, line, len - 1);
	follow_settle(f);
	assert_int_equal(f->times[0], 0);
	follow_rename(f, LOG, LOG ".1");
	close(fd);
	fd = follow_open(f, LOG);
	follow_alert(f, fd);
	follow_settle(f);
	assert_int_equal(f->times[0], 0);
	follow_pass(f, FILE_CLOSED_S);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void become(uid_t uid)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(uid), 0);
}

static void tail_retries_what_it_may_not_read(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_alerts(f, fd, 3);
	assert_int_equal(fchmod(fd, 0), 0);
	assert_int_equal(chmod(f->dir, 0755), 0);
	become(65534);
	follow_start(f);
	follow_settle(f);
	become(0);
	assert_int_equal(f->readings[0].error, EACCES);
	assert_int_equal(follow_wrong(f), 3);
	assert_true(source_deadline(f->source) > f->now_ns);
	assert_int_equal(fchmod(fd, 0644), 0);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->readings[0].error, 0);
	assert_int_equal(source_deadline(f->source), 0);
	close(fd);
}

/* What cannot be read now is not lost. */
static void tail_keeps_the_position_in_what_it_may_not_read(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	assert_int_equal(chmod(f->dir, 0755), 0);
	follow_start(f);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	/* The open file goes on being read; that there is trouble is said. */
	assert_int_equal(fchmod(fd, 0), 0);
	become(65534);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->readings[0].error, EACCES);
	follow_stop(f);
	follow_alerts(f, fd, 3);
	follow_start(f);
	follow_settle(f);
	become(0);
	assert_int_equal(follow_wrong(f), 3);
	assert_int_equal(f->readings[0].error, EACCES);
	assert_int_equal(f->gaps[GAP_FILE_LOST], 0);
	assert_int_equal(fchmod(fd, 0644), 0);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->readings[0].error, 0);
	close(fd);
}

/* It may be entered, but not listed. */
static void tail_reads_a_log_in_a_folder_that_it_may_not_read(void **state)
{
	struct follow *f = *state;
	int fd;

	assert_int_equal(chmod(f->dir, 0755), 0);
	assert_int_equal(mkdir(follow_path(f, "log"), 0711), 0);
	follow_as(f, "log/eve.json");
	fd = follow_open(f, "log/eve.json");
	become(65534);
	for (int i = 0; i < 3; i++) {
		follow_start(f);
		follow_alerts(f, fd, 3);
		follow_settle(f);
		assert_int_equal(follow_wrong(f), 0);
		follow_stop(f);
	}
	become(0);
	assert_int_equal(f->gaps[GAP_FILE_LOST], 0);
	/* A change in it cannot be heard of. */
	if (getuid() == 0)
		assert_int_equal(f->readings[0].error, EACCES);
	close(fd);
}

static void tail_says_that_a_folder_is_no_file(void **state)
{
	struct follow *f = *state;

	assert_int_equal(mkdir(follow_path(f, LOG), 0755), 0);
	follow_start(f);
	follow_settle(f);
	assert_int_equal(f->readings[0].error, EISDIR);
}

static void tail_wants_nothing_while_nothing_happens(void **state)
{
	struct follow *f = *state;
	int fd = follow_open(f, LOG);

	follow_start(f);
	follow_alert(f, fd);
	follow_settle(f);
	assert_int_equal(source_deadline(f->source), 0);
	assert_false(source_is_ready(f->source));
	close(fd);
}

/* Resuming */

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, follow_set_up, follow_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(tail_skips_and_counts_a_line_that_is_too_long),
		CASE(tail_reads_on_behind_a_hole),
		CASE(tail_survives_binary_junk),
		CASE(tail_reads_beyond_four_gigabytes),
		CASE(tail_takes_a_last_line_without_newline_in_the_end),
		CASE(tail_retries_what_it_may_not_read),
		CASE(tail_keeps_the_position_in_what_it_may_not_read),
		CASE(tail_reads_a_log_in_a_folder_that_it_may_not_read),
		CASE(tail_says_that_a_folder_is_no_file),
		CASE(tail_wants_nothing_while_nothing_happens),
	};

	return cmocka_run_group_tests_name("tailbounds", tests, NULL, NULL);
}
