/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kept skeleton, and a power failure: what must be on disk before what. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nft/keep.h"
#include "tests/support/test.h"

/* f: the file or folder was synced; r: the file got its name. */
static char order[16];
static bool fails;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);

int __wrap_fsync(int fd)
{
	strcat(order, "f");
	if (!fails)
		return __real_fsync(fd);
	errno = EIO;
	return -1;
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
	strcat(order, "r");
	return __real_renameat(from, old, to, new);
}

static int set_up(void **state)
{
	static char path[] = "/tmp/test-keepfile-XXXXXX";
	char folder[512];

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	if (!mkdtemp(path))
		return -1;
	*state = path;
	order[0] = '\0';
	fails = false;
	return mkdir(keep_folder(folder, path), 0700);
}

static int tear_down(void **state)
{
	char buf[512], other[600];

	unlink(keep_path(buf, *state));
	snprintf(other, sizeof(other), "%s.new", buf);
	unlink(other);
	rmdir(keep_folder(buf, *state));
	return rmdir(*state);
}

static void the_text_is_on_disk_before_its_name_and_then_the_name(void **state)
{
	assert_int_equal(keep_save(*state, "table inet postern {}\n"), 0);
	assert_string_equal(order, "frf");
}

static void a_disk_that_fails_leaves_the_old_text(void **state)
{
	char buf[512], text[64] = "";
	FILE *file;

	assert_int_equal(keep_save(*state, "old"), 0);
	order[0] = '\0';
	fails = true;
	assert_int_equal(keep_save(*state, "new"), -EIO);
	assert_string_equal(order, "f");
	file = fopen(keep_path(buf, *state), "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, "old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(the_text_is_on_disk_before_its_name_and_then_the_name),
		CASE(a_disk_that_fails_leaves_the_old_text),
	};

	return cmocka_run_group_tests_name("keepfile", tests, NULL, NULL);
}
