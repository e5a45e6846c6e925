/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/ledger.h"
#include "tests/support/test.h"

/*
 * A disk that fails when it is told to: the linker leads these calls of the
 * journal here.
 */
static struct {
	int write_error;
	size_t write_room; /* bytes that still go before that */
	int sync_error;
	bool sync_loses; /* and the pages that were not synced are gone */
	off_t synced;
	int truncate_error;
	unsigned int syncs;
} disk;

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	if (!disk.write_error)
		return __real_write(fd, data, len);
	if (len > disk.write_room)
		len = disk.write_room;
	disk.write_room -= len;
	if (len > 0)
		return __real_write(fd, data, len);
	errno = disk.write_error;
	return -1;
}

/* What a kernel may do: the pages stay, clean, and are not what was written. */
static void lose_pages(int fd)
{
	char path[64];
	struct stat st;
	char *zeros;
	int other;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	other = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(other >= 0);
	assert_int_equal(fstat(other, &st), 0);
	zeros = calloc(1, (size_t)st.st_size + 1);
	assert_true(pwrite(other, zeros, (size_t)(st.st_size - disk.synced),
			   disk.synced) >= 0);
	free(zeros);
	close(other);
}

int __wrap_fdatasync(int fd)
{
	disk.syncs++;
	if (!disk.sync_error)
		return 0; /* a disk of memory has nothing to wait for */
	if (disk.sync_loses)
		lose_pages(fd);
	errno = disk.sync_error;
	return -1;
}

int __wrap_ftruncate(int fd, off_t len)
{
	if (!disk.truncate_error)
		return __real_ftruncate(fd, len);
	errno = disk.truncate_error;
	return -1;
}

static int set_up(void **state)
{
	memset(&disk, 0, sizeof(disk));
	return ledger_set_up(state);
}

static int tear_down(void **state)
{
	memset(&disk, 0, sizeof(disk));
	return ledger_tear_down(state);
}

/* After a restart all is whole, up to record SEQ, and act ID. */
static void assert_whole(struct ledger *l, uint64_t seq, uint64_t id)
{
	ledger_reopen(l);
	assert_int_equal(l->survey.seq, seq);
	assert_int_equal(l->survey.last_id, id);
	assert_int_equal(l->survey.torn, 0);
	for (size_t i = 0; i < l->survey.count; i++)
		assert_int_equal(l->survey.findings[i].flaw, FLAW_NONE);
}

static void records_go_on_after_a_restart(void **state)
{
	struct ledger *l = *state;

	assert_int_equal(l->survey.seq, 0);
	ledger_keep(l, 3);
	assert_whole(l, 3, 3);
	ledger_keep(l, 2);
	assert_whole(l, 5, 5);
	assert_int_equal(l->survey.count, 1);
	assert_int_equal(l->survey.base, 1);
	assert_int_equal(journal_bytes(l->journal), l->survey.findings[0].size);
}

static void what_was_not_synced_is_not_called_kept(void **state)
{
	struct ledger *l = *state;

	ledger_take(l, 2);
	assert_int_equal(journal_last_id(l->journal), 2);
	assert_int_equal(journal_synced_id(l->journal), 0);
	assert_int_equal(journal_write(l->journal), 0);
	assert_int_equal(journal_synced_id(l->journal), 0);
	assert_int_equal(journal_sync(l->journal), 0);
	assert_int_equal(journal_synced_id(l->journal), 2);
	assert_int_equal(disk.syncs, 1);
	assert_int_equal(journal_sync(l->journal), 0);
	assert_int_equal(disk.syncs, 1); /* nothing new */
}

static void the_chain_goes_on_in_the_next_segment(void **state)
{
	struct ledger *l = *state;

	ledger_keep(l, 3);
	ledger_take(l, 1);
	assert_int_equal(journal_turn(l->journal), 0);
	assert_int_equal(journal_synced_id(l->journal), 4);
	assert_int_equal(journal_turn(l->journal), 0); /* it is blank yet */
	ledger_keep(l, 2);
	assert_whole(l, 6, 6);
	assert_int_equal(l->survey.count, 2);
	assert_int_equal(l->survey.findings[1].named, 5);
	assert_memory_equal(l->survey.findings[1].prev,
			    l->survey.findings[0].hash, RECORD_HASH_SIZE);
	assert_int_equal(journal_bytes(l->journal),
			 l->survey.findings[0].size +
				 l->survey.findings[1].size);
}

static size_t count_of(const char *text, const char *word)
{
	size_t count = 0;

	while ((text = strstr(text, word)) != NULL) {
		text += strlen(word);
		count++;
	}
	return count;
}

static void a_cut_at_any_byte_loses_only_the_unfinished_record(void **state)
{
	struct ledger *l = *state;
	const char *file = ledger_segment(l->path, 1);
	char *text, *after;
	size_t len, after_len, whole = 0, good = 0;

	ledger_keep(l, 4);
	text = ledger_read(file, &len);
	for (size_t cut = 0; cut <= len; cut++) {
		bool is_torn = cut > 0 && text[cut - 1] != '\n';

		if (cut > 0 && !is_torn) {
			whole++;
			good = cut;
		}
		ledger_write(file, text, cut);
		ledger_reopen(l);
		assert_int_equal(l->survey.last_id, whole);
		assert_int_equal(l->survey.torn > 0, is_torn);
		ledger_keep(l, 1);
		assert_whole(l, whole + 1 + is_torn, whole + 1);
		after = ledger_read(file, &after_len);
		assert_int_equal(count_of(after, "\"kind\":\"torn\""), is_torn);
		assert_memory_equal(after, text, good);
		free(after);
	}
	free(text);
}

static void zeros_after_a_power_loss_are_cut_off_and_declared(void **state)
{
	struct ledger *l = *state;
	const char *file = ledger_segment(l->path, 1);
	char *text, zeros[5000] = "";
	size_t len;
	FILE *stream;

	ledger_keep(l, 2);
	stream = fopen(file, "ab");
	assert_int_equal(fwrite(zeros, 1, sizeof(zeros), stream),
			 sizeof(zeros));
	fclose(stream);
	ledger_reopen(l);
	assert_int_equal(l->survey.torn, sizeof(zeros));
	ledger_keep(l, 1);
	assert_whole(l, 4, 3);
	text = ledger_read(file, &len);
	assert_null(memchr(text, '\0', len));
	assert_non_null(strstr(text, "\"name\":\"acts-00000000000000000001"
				     "\",\"count\":5000,"));
	free(text);
}

static void damage_is_left_alone_and_declared_once(void **state)
{
	struct ledger *l = *state;
	char *before, *after, *text;
	size_t len, after_len;

	ledger_keep(l, 5);
	before = ledger_read(ledger_segment(l->path, 1), &len);
	strstr(before, "number 3")[7] = '4';
	ledger_write(ledger_segment(l->path, 1), before, len);
	ledger_reopen(l);
	assert_int_equal(l->survey.findings[0].flaw_line, 3);
	assert_int_equal(l->survey.torn, 0);
	assert_int_equal(l->survey.segment, 6);
	ledger_keep(l, 1);
	for (int i = 0; i < 3; i++) {
		ledger_reopen(l);
		ledger_keep(l, 1);
	}
	after = ledger_read(ledger_segment(l->path, 1), &after_len);
	assert_int_equal(after_len, len);
	assert_memory_equal(after, before, len);
	text = ledger_read(ledger_segment(l->path, 6), &len);
	assert_int_equal(count_of(text, "\"kind\":\"torn\""), 1);
	assert_non_null(strstr(text, "\"name\":\"damaged\",\"reason\":"
				     "\"acts-00000000000000000001: "
				     "line 3 was changed"));
	assert_int_equal(count_of(text, "\n"), 5);
	assert_int_equal(l->survey.findings[1].flaw, FLAW_NONE);
	free(before);
	free(after);
	free(text);
}

/* A torn tail where a whole record was read before is none of a crash. */
static void two_bad_records_at_the_end_are_not_cut(void **state)
{
	struct ledger *l = *state;
	char *before, *after;
	size_t len, after_len;

	ledger_keep(l, 5);
	before = ledger_read(ledger_segment(l->path, 1), &len);
	strstr(before, "number 4")[7] = '9';
	strstr(before, "number 5")[7] = '9';
	ledger_write(ledger_segment(l->path, 1), before, len);
	ledger_reopen(l);
	ledger_keep(l, 1);
	after = ledger_read(ledger_segment(l->path, 1), &after_len);
	assert_int_equal(after_len, len);
	assert_memory_equal(after, before, len);
	assert_int_equal(l->survey.torn, 0);
	free(before);
	free(after);
}

static void a_segment_that_is_gone_is_declared(void **state)
{
	struct ledger *l = *state;

	for (int i = 0; i < 3; i++) {
		ledger_keep(l, 2);
		assert_int_equal(journal_turn(l->journal), 0);
	}
	ledger_keep(l, 1);
	assert_int_equal(unlink(ledger_segment(l->path, 3)), 0);
	ledger_reopen(l);
	assert_int_equal(l->survey.findings[1].flaw, FLAW_START);
	assert_true(survey_is_news(&l->survey, &l->survey.findings[1]));
	assert_int_equal(l->survey.findings[0].flaw, FLAW_NONE);
	ledger_keep(l, 1);
	assert_int_equal(l->survey.segment, 7);
	ledger_reopen(l);
	assert_false(survey_is_news(&l->survey, &l->survey.findings[1]));
}

/* As whole in itself as the one that stood there, and as long. */
static void a_segment_of_another_history_is_found(void **state)
{
	struct ledger *l = *state;
	struct act act = ledger_act(2, ACT_UNBAN);
	char *mine, *other;
	size_t len, other_len;

	ledger_keep(l, 2);
	mine = ledger_read(ledger_segment(l->path, 1), &len);
	assert_int_equal(journal_turn(l->journal), 0);
	ledger_keep(l, 1);
	other = ledger_read(ledger_segment(l->path, 3), &other_len);
	/* Back to where the second act is not yet said, and another one. */
	ledger_close(l);
	assert_int_equal(unlink(ledger_segment(l->path, 3)), 0);
	ledger_write(ledger_segment(l->path, 1), mine,
		     (size_t)(strchr(mine, '\n') + 1 - mine));
	ledger_open(l);
	assert_int_equal(journal_act(l->journal, &act), 0);
	assert_int_equal(journal_sync(l->journal), 0);
	ledger_write(ledger_segment(l->path, 3), other, other_len);
	ledger_reopen(l);
	assert_int_equal(l->survey.findings[0].flaw, FLAW_NONE);
	assert_int_equal(l->survey.findings[1].flaw, FLAW_START);
	free(mine);
	free(other);
}

static void an_empty_segment_is_written_to(void **state)
{
	struct ledger *l = *state;

	ledger_keep(l, 2);
	ledger_write(ledger_segment(l->path, 3), "", 0);
	ledger_reopen(l);
	assert_int_equal(l->survey.segment, 3);
	ledger_keep(l, 1);
	assert_whole(l, 3, 3);
	/* One that is named for records which are not there. */
	ledger_write(ledger_segment(l->path, 10), "", 0);
	ledger_reopen(l);
	assert_int_equal(l->survey.segment, 10);
	assert_int_equal(l->survey.findings[2].flaw, FLAW_MISSING);
	ledger_keep(l, 1);
	ledger_reopen(l);
	assert_int_equal(l->survey.seq, 11); /* with what declares it */
}

static void a_write_that_fails_midway_is_taken_back(void **state)
{
	struct ledger *l = *state;
	char *text;
	size_t len;

	ledger_keep(l, 2);
	text = ledger_read(ledger_segment(l->path, 1), &len);
	free(text);
	for (size_t room = 0; room < 700; room += 7) {
		uint64_t id = l->id;

		ledger_take(l, 2);
		disk.write_error = ENOSPC;
		disk.write_room = room;
		assert_int_equal(journal_write(l->journal), -ENOSPC);
		assert_int_equal(journal_sync(l->journal), -ENOSPC);
		assert_int_equal(journal_synced_id(l->journal), id);
		text = ledger_read(ledger_segment(l->path, 1), &len);
		assert_int_equal(len, journal_synced(l->journal));
		free(text);
		disk.write_error = 0;
		assert_int_equal(journal_sync(l->journal), 0);
		assert_int_equal(journal_synced_id(l->journal), l->id);
	}
	assert_whole(l, l->id, l->id);
}

static void a_sync_that_fails_means_nothing_was_written(void **state)
{
	struct ledger *l = *state;

	disk.sync_loses = true;
	for (int i = 0; i < 20; i++) {
		uint64_t id = l->id;

		disk.synced = (off_t)journal_synced(l->journal);
		disk.sync_error = EIO;
		ledger_take(l, 3);
		assert_int_equal(journal_sync(l->journal), -EIO);
		ledger_take(l, 1);
		assert_int_equal(journal_sync(l->journal), -EIO);
		assert_int_equal(journal_synced_id(l->journal), id);
		disk.sync_error = 0;
		assert_int_equal(journal_sync(l->journal), 0);
		assert_int_equal(journal_synced_id(l->journal), id + 4);
		if (i == 10)
			assert_int_equal(journal_turn(l->journal), 0);
	}
	assert_whole(l, 80, 80);
}

static void a_disk_that_does_not_even_cut_is_tried_again(void **state)
{
	struct ledger *l = *state;

	ledger_keep(l, 2);
	ledger_take(l, 2);
	disk.write_error = EIO;
	disk.write_room = 100;
	disk.truncate_error = EIO;
	assert_int_equal(journal_sync(l->journal), -EIO);
	disk.write_error = 0;
	/* Behind a hundred bytes of rubbish nothing may be written. */
	assert_int_equal(journal_sync(l->journal), -EIO);
	disk.truncate_error = 0;
	assert_int_equal(journal_sync(l->journal), 0);
	assert_whole(l, 4, 4);
}

static void a_full_disk_keeps_all_in_memory(void **state)
{
	const struct rlimit small = { 4096, RLIM_INFINITY };
	const struct rlimit large = { RLIM_INFINITY, RLIM_INFINITY };
	struct ledger *l = *state;
	uint64_t kept;

	signal(SIGXFSZ, SIG_IGN);
	ledger_keep(l, 3);
	kept = l->id;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	ledger_take(l, 50);
	assert_int_equal(journal_sync(l->journal), -EFBIG);
	assert_int_equal(journal_synced_id(l->journal), kept);
	ledger_take(l, 50);
	assert_int_equal(journal_sync(l->journal), -EFBIG);
	/* A new segment has to wait, too. */
	assert_int_equal(journal_turn(l->journal), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &large), 0);
	assert_int_equal(journal_sync(l->journal), 0);
	assert_int_equal(journal_synced_id(l->journal), 103);
	assert_whole(l, 103, 103);
	assert_int_equal(l->survey.count, 1);
}

static void a_segment_that_cannot_be_made_is_made_later(void **state)
{
	struct ledger *l = *state;
	char acts[256], away[256];

	ledger_keep(l, 1);
	assert_int_equal(journal_turn(l->journal), 0);
	snprintf(acts, sizeof(acts), "%s/acts/acts-00000000000000000002.jsonl",
		 l->path);
	snprintf(away, sizeof(away), "%s/acts/away", l->path);
	assert_int_equal(mkdir(acts, 0700), 0);
	ledger_take(l, 2);
	assert_int_equal(journal_sync(l->journal), -EEXIST);
	assert_int_equal(rename(acts, away), 0);
	assert_int_equal(journal_sync(l->journal), 0);
	assert_int_equal(rmdir(away), 0);
	assert_whole(l, 3, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(records_go_on_after_a_restart),
		CASE(what_was_not_synced_is_not_called_kept),
		CASE(the_chain_goes_on_in_the_next_segment),
		CASE(a_cut_at_any_byte_loses_only_the_unfinished_record),
		CASE(zeros_after_a_power_loss_are_cut_off_and_declared),
		CASE(damage_is_left_alone_and_declared_once),
		CASE(two_bad_records_at_the_end_are_not_cut),
		CASE(a_segment_that_is_gone_is_declared),
		CASE(a_segment_of_another_history_is_found),
		CASE(an_empty_segment_is_written_to),
		CASE(a_write_that_fails_midway_is_taken_back),
		CASE(a_sync_that_fails_means_nothing_was_written),
		CASE(a_disk_that_does_not_even_cut_is_tried_again),
		CASE(a_full_disk_keeps_all_in_memory),
		CASE(a_segment_that_cannot_be_made_is_made_later),
	};

	return cmocka_run_group_tests_name("records_journal", tests, NULL,
					   NULL);
}
