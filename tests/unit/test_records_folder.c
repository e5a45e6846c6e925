/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/ledger.h"
#include "tests/support/test.h"

#define NOBODY 65534

static void other_files_are_nobodys_business(void **state)
{
	struct ledger *l = *state;
	char other[256];

	ledger_keep(l, 2);
	snprintf(other, sizeof(other), "%s/acts/acts-3.jsonl", l->path);
	ledger_write(other, "x", 1);
	snprintf(other, sizeof(other),
		 "%s/acts/acts-99999999999999999999.jsonl", l->path);
	ledger_write(other, "x", 1);
	snprintf(other, sizeof(other),
		 "%s/acts/acts-00000000000000000003.jsonl~", l->path);
	ledger_write(other, "x", 1);
	ledger_reopen(l);
	assert_int_equal(l->survey.seq, 2);
	assert_int_equal(l->survey.count, 1);
}

static void a_folder_has_one_writer(void **state)
{
	struct ledger *l = *state;
	struct folder *other;
	const char *advice;
	int status;

	assert_int_equal(folder_open(&other, l->path, CLASS_ACTS, -1, &advice),
			 -EBUSY);
	assert_non_null(strstr(advice, "another postern-records"));
	/* Another process, too; and a process that died holds nothing. */
	if (fork() == 0)
		_exit(folder_open(&other, l->path, CLASS_ACTS, -1, &advice) ==
				      -EBUSY
			      ? 0
			      : 1);
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	ledger_close(l);
	if (fork() == 0)
		_exit(folder_open(&other, l->path, CLASS_ACTS, -1, &advice) == 0
			      ? 0
			      : 1);
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	ledger_open(l);
}

static int open_fails(const char *path, const char **advice)
{
	struct folder *folder;
	int err = folder_open(&folder, path, CLASS_ACTS, -1, advice);

	if (!err)
		folder_close(folder);
	return err;
}

static void a_folder_of_others_is_refused(void **state)
{
	struct ledger *l = *state;
	const char *advice;

	ledger_close(l);
	assert_int_equal(chmod(l->path, 0770), 0);
	assert_int_equal(open_fails(l->path, &advice), -EPERM);
	assert_non_null(strstr(advice, "go-w"));
	assert_int_equal(chmod(l->path, 0750), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(l->path, NOBODY, NOBODY), 0);
		assert_int_equal(open_fails(l->path, &advice), -EPERM);
		assert_non_null(strstr(advice, "chown"));
		assert_int_equal(chown(l->path, 0, 0), 0);
	}
	ledger_open(l);
}

static void what_is_no_folder_is_refused(void **state)
{
	struct ledger *l = *state;
	const char *advice;
	char file[256];

	snprintf(file, sizeof(file), "%s/file", l->path);
	assert_int_equal(open_fails(file, &advice), -ENOENT);
	ledger_write(file, "", 0);
	assert_int_equal(open_fails(file, &advice), -ENOTDIR);
	assert_null(advice); /* errno's words say it */
}

/* Not ours to write to, but to read: bans come back without a disk, too. */
static void check_read_only(const char *path)
{
	struct survey survey;
	struct ledger l = { .path = NULL };
	const char *advice;

	if (geteuid() == 0 && (setgid(NOBODY) || setuid(NOBODY)))
		_exit(2);
	if (folder_open(&l.folder, path, CLASS_ACTS, -1, &advice) ||
	    chain_new(&l.chain) || survey_make(&survey, l.folder, l.chain) ||
	    survey.seq != 2 ||
	    journal_new(&l.journal, l.folder, l.chain, &survey) ||
	    journal_turn(l.journal))
		_exit(3);
	l.id = 2;
	ledger_take(&l, 1);
	_exit(journal_sync(l.journal) == -EACCES ? 0 : 4);
}

static void a_read_only_folder_is_read(void **state)
{
	struct ledger *l = *state;
	char acts[256];
	int status;

	ledger_keep(l, 2);
	ledger_close(l);
	snprintf(acts, sizeof(acts), "%s/acts", l->path);
	if (geteuid() == 0) {
		assert_int_equal(chown(l->path, NOBODY, NOBODY), 0);
		assert_int_equal(chown(acts, NOBODY, NOBODY), 0);
		assert_int_equal(
			chown(ledger_segment(l->path, 1), NOBODY, NOBODY), 0);
	}
	assert_int_equal(chmod(acts, 0550), 0);
	if (fork() == 0)
		check_read_only(l->path);
	assert_true(wait(&status) > 0);
	assert_int_equal(chmod(acts, 0750), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(l->path, 0, 0), 0);
		assert_int_equal(chown(acts, 0, 0), 0);
	}
	assert_int_equal(status, 0);
	ledger_open(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, ledger_set_up, ledger_tear_down)
		CASE(other_files_are_nobodys_business),
		CASE(a_folder_has_one_writer),
		CASE(a_folder_of_others_is_refused),
		CASE(what_is_no_folder_is_refused),
		CASE(a_read_only_folder_is_read),
	};

	return cmocka_run_group_tests_name("records_folder", tests, NULL, NULL);
}
