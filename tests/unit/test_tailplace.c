/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feeds/file.h"
#include "tests/support/follow.h"

#define LOG FOLLOW_LOG

static void tail_waits_for_a_file_that_does_not_exist(void **state)
{
	struct follow *f = *state;
	int fd;

	follow_start(f);
	follow_settle(f);
	assert_int_equal(f->readings[0].error, ENOENT);
	fd = follow_open(f, LOG);
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->readings[0].error, 0);
	assert_int_equal(f->readings[0].finished, 1);
	close(fd);
}

static void tail_waits_for_a_folder_that_does_not_exist(void **state)
{
	struct follow *f = *state;
	int fd;

	follow_as(f, "log/suricata/eve.json");
	follow_start(f);
	follow_settle(f);
	assert_int_equal(f->readings[0].error, ENOENT);
	assert_int_equal(mkdir(follow_path(f, "log"), 0755), 0);
	follow_settle(f);
	assert_int_equal(mkdir(follow_path(f, "log/suricata"), 0755), 0);
	follow_settle(f);
	fd = follow_open(f, "log/suricata/eve.json");
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_finds_all_of_a_folder_made_at_once(void **state)
{
	struct follow *f = *state;
	int fd;

	follow_as(f, "log/suricata/eve.json");
	follow_start(f);
	follow_settle(f);
	assert_int_equal(mkdir(follow_path(f, "away"), 0755), 0);
	assert_int_equal(mkdir(follow_path(f, "away/suricata"), 0755), 0);
	fd = follow_open(f, "away/suricata/eve.json");
	follow_alerts(f, fd, 3);
	follow_rename(f, "away", "log");
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_follows_a_link_that_is_turned(void **state)
{
	struct follow *f = *state;
	int one = follow_open(f, "one"), two = follow_open(f, "two");

	assert_int_equal(symlink("one", follow_path(f, LOG)), 0);
	follow_start(f);
	follow_alerts(f, one, 3);
	follow_settle(f);
	follow_alerts(f, two, 3);
	follow_alerts(f, one, 3);
	assert_int_equal(symlink("two", follow_path(f, "turned")), 0);
	follow_rename(f, "turned", LOG);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	follow_alerts(f, one, 3);
	follow_alerts(f, two, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_string_equal(follow_reading(f, LOG)->file, LOG);
	close(one);
	close(two);
}

static void tail_follows_a_linked_folder_that_is_turned(void **state)
{
	struct follow *f = *state;
	int one, two;

	assert_int_equal(mkdir(follow_path(f, "one"), 0755), 0);
	assert_int_equal(mkdir(follow_path(f, "two"), 0755), 0);
	assert_int_equal(symlink("one", follow_path(f, "log")), 0);
	follow_as(f, "log/eve.json");
	one = follow_open(f, "one/eve.json");
	follow_start(f);
	follow_alerts(f, one, 3);
	follow_settle(f);
	two = follow_open(f, "two/eve.json");
	follow_alerts(f, two, 3);
	assert_int_equal(symlink("two", follow_path(f, "turned")), 0);
	follow_rename(f, "turned", "log");
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	follow_alerts(f, two, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(one);
	close(two);
}

static void tail_follows_a_rename_behind_a_link(void **state)
{
	struct follow *f = *state;
	int fd;

	assert_int_equal(mkdir(follow_path(f, "data"), 0755), 0);
	assert_int_equal(symlink("data/eve.json", follow_path(f, LOG)), 0);
	follow_start(f);
	follow_settle(f);
	fd = follow_open(f, "data/eve.json");
	follow_alerts(f, fd, 3);
	follow_settle(f);
	follow_rename(f, "data/eve.json", "data/eve.json.1");
	follow_alerts(f, fd, 3);
	close(fd);
	fd = follow_open(f, "data/eve.json");
	follow_alerts(f, fd, 3);
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	close(fd);
}

static void tail_says_that_a_link_leads_in_a_circle(void **state)
{
	struct follow *f = *state;

	assert_int_equal(symlink("a", follow_path(f, "b")), 0);
	assert_int_equal(symlink("b", follow_path(f, "a")), 0);
	follow_as(f, "a/eve.json");
	follow_start(f);
	follow_settle(f);
	assert_int_equal(f->readings[0].error, ELOOP);
}

static void tail_follows_the_files_of_all_threads(void **state)
{
	struct follow *f = *state;
	int fds[4];

	follow_as(f, "eve.*.json");
	follow_start(f);
	follow_settle(f);
	for (int i = 0; i < 4; i++) {
		char name[32];

		snprintf(name, sizeof(name), "eve.%d.json", i);
		fds[i] = follow_open(f, name);
	}
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 4; i++)
			follow_alert(f, fds[i]);
		if (round % 7 == 0)
			follow_settle(f);
		if (round == 20) {
			follow_rename(f, "eve.2.json", "eve.2.json.1");
			close(fds[2]);
			fds[2] = follow_open(f, "eve.2.json");
		}
		if (round == 30) {
			follow_rename(f, "eve.1.json", "eve.1-20261121.json");
			close(fds[1]);
			fds[1] = follow_open(f, "eve.1.json");
		}
	}
	follow_settle(f);
	assert_int_equal(follow_wrong(f), 0);
	assert_int_equal(f->saved_count, 6);
	follow_pass(f, FILE_CLOSED_S);
	assert_int_equal(f->saved_count, 4);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
}

/* Users write eve.json*, too. */
static void tail_takes_no_old_part_for_a_log(void **state)
{
	struct follow *f = *state;
	int fd;

	follow_as(f, "eve.json*");
	fd = follow_open(f, "eve.json.1");
	follow_alerts(f, fd, 2);
	close(fd);
	fd = follow_open(f, "eve.json.2.gz");
	follow_alerts(f, fd, 2);
	close(fd);
	fd = follow_open(f, "eve.json");
	follow_alerts(f, fd, 2);
	follow_start(f);
	follow_settle(f);
	assert_int_equal(f->times[0] + f->times[1] + f->times[2] + f->times[3],
			 0);
	assert_int_equal(f->times[4] + f->times[5], 2);
	for (int i = 0; i < 5; i++) {
		follow_rename(f, "eve.json.1", "eve.json.2");
		follow_rename(f, "eve.json", "eve.json.1");
		follow_alert(f, fd);
		close(fd);
		fd = follow_open(f, "eve.json");
		follow_alert(f, fd);
		follow_settle(f);
	}
	assert_int_equal(follow_wrong(f), 4);
	close(fd);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, follow_set_up, follow_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(tail_waits_for_a_file_that_does_not_exist),
		CASE(tail_waits_for_a_folder_that_does_not_exist),
		CASE(tail_finds_all_of_a_folder_made_at_once),
		CASE(tail_follows_a_link_that_is_turned),
		CASE(tail_follows_a_linked_folder_that_is_turned),
		CASE(tail_follows_a_rename_behind_a_link),
		CASE(tail_says_that_a_link_leads_in_a_circle),
		CASE(tail_follows_the_files_of_all_threads),
		CASE(tail_takes_no_old_part_for_a_log),
	};

	return cmocka_run_group_tests_name("tailplace", tests, NULL, NULL);
}
