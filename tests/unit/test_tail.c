/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feeds/chain.h"
#include "feeds/file.h"
#include "tests/support/follow.h"

#define LOG "eve.json"

static int open_follow(void **state)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	follow_init(f, LOG);
	*state = f;
	return 0;
}

static int close_follow(void **state)
{
	follow_fini(*state);
	free(*state);
	return 0;
}

/* Follow another name in the same folder. */
static void follow_as(struct follow *f, const char *name)
{
	snprintf(f->path, sizeof(f->path), "%s/%s", f->dir, name);
}

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

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, open_follow, close_follow)

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
		CASE(tail_waits_for_a_file_that_does_not_exist),
		CASE(tail_waits_for_a_folder_that_does_not_exist),
		CASE(tail_finds_all_of_a_folder_made_at_once),
		CASE(tail_follows_a_link_that_is_turned),
		CASE(tail_follows_a_linked_folder_that_is_turned),
		CASE(tail_follows_a_rename_behind_a_link),
		CASE(tail_says_that_a_link_leads_in_a_circle),
		CASE(tail_follows_the_files_of_all_threads),
		CASE(tail_takes_no_old_part_for_a_log),
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
		CASE(tail_goes_on_where_it_stopped),
		CASE(tail_finds_its_file_rotated_meanwhile),
		CASE(tail_finds_its_file_under_any_name),
		CASE(tail_finds_the_copy_of_a_file_cut_meanwhile),
		CASE(tail_reports_a_file_that_was_compressed_meanwhile),
		CASE(tail_reads_the_rest_of_a_log_that_is_no_more),
		CASE(tail_keeps_positions_until_the_folder_is_there),
	};

	return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
