/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/wholefile.h"
#include "tests/support/test.h"

int __real_fsync(int fd);
int __real_renameat(int from, const char *old, int to, const char *name);
int __wrap_fsync(int fd);
int __wrap_renameat(int from, const char *old, int to, const char *name);

/* What reached the disk, in which order: 'f' a file, 'd' its folder, 'r' the
 * new name. */
static char steps[8];
static int fsync_error;

static void step(char what)
{
	size_t len = strlen(steps);

	assert_true(len + 1 < sizeof(steps));
	steps[len] = what;
	steps[len + 1] = '\0';
}

int __wrap_fsync(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	step(S_ISDIR(st.st_mode) ? 'd' : 'f');
	if (fsync_error) {
		errno = fsync_error;
		return -1;
	}
	return __real_fsync(fd);
}

int __wrap_renameat(int from, const char *old, int to, const char *name)
{
	step('r');
	return __real_renameat(from, old, to, name);
}

static int set_up(void **state)
{
	static char folder[32];

	snprintf(folder, sizeof(folder), "/tmp/test-wholefile-XXXXXX");
	*state = mkdtemp(folder);
	steps[0] = '\0';
	fsync_error = 0;
	return *state ? 0 : -1;
}

static const char *file_in(const char *folder, const char *name, char buf[64])
{
	snprintf(buf, 64, "%s/%s", folder, name);
	return buf;
}

static int tear_down(void **state)
{
	char path[64];

	unlink(file_in(*state, "file", path));
	unlink(file_in(*state, "other", path));
	/* Fails where something is left behind. */
	return rmdir(*state);
}

static int save(const char *folder, const char *text)
{
	return wholefile_save(folder, "file", 0640, text, strlen(text));
}

static void assert_kept(const char *folder, const char *expected)
{
	char *text;
	size_t len;

	assert_int_equal(wholefile_read(folder, "file", 64, &text, &len), 0);
	assert_string_equal(text, expected);
	assert_int_equal(len, strlen(expected));
	free(text);
}

/* After a power failure there is the old text or the new one, never half of
 * one: rename(2) alone promises that only of what fsync(2) has seen. */
static void it_is_on_disk_before_it_has_its_name(void **state)
{
	assert_int_equal(save(*state, "table inet one {}\n"), 0);
	assert_string_equal(steps, "frd");
	assert_kept(*state, "table inet one {}\n");
}

static void a_disk_that_fails_leaves_the_old_text_and_nothing_else(void **state)
{
	assert_int_equal(save(*state, "old\n"), 0);
	fsync_error = EIO;
	assert_int_equal(save(*state, "new\n"), -EIO);
	assert_kept(*state, "old\n");
}

static void an_empty_text_is_a_text(void **state)
{
	assert_int_equal(save(*state, "old\n"), 0);
	assert_int_equal(save(*state, ""), 0);
	assert_kept(*state, "");
}

static void what_others_may_write_to_is_not_read(void **state)
{
	char *text, path[64], other[64];
	size_t len;

	assert_int_equal(wholefile_read(*state, "file", 64, &text, &len),
			 -ENOENT);
	assert_int_equal(save(*state, "text"), 0);
	assert_int_equal(wholefile_read(*state, "file", 3, &text, &len),
			 -EFBIG);
	assert_int_equal(chmod(file_in(*state, "file", path), 0660), 0);
	assert_int_equal(wholefile_read(*state, "file", 64, &text, &len),
			 -EPERM);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(rename(path, file_in(*state, "other", other)), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(wholefile_read(*state, "file", 64, &text, &len),
			 -ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(wholefile_read(*state, "file", 64, &text, &len),
			 -EPERM);
}

/* The text does not go where the link leads. */
static void a_link_in_its_place_is_replaced(void **state)
{
	char path[64], other[64];
	struct stat st;

	assert_int_equal(save(*state, "old"), 0);
	assert_int_equal(rename(file_in(*state, "file", path),
				file_in(*state, "other", other)),
			 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(save(*state, "longer"), 0);
	assert_kept(*state, "longer");
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_size, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(it_is_on_disk_before_it_has_its_name),
		CASE(a_disk_that_fails_leaves_the_old_text_and_nothing_else),
		CASE(an_empty_text_is_a_text),
		CASE(what_others_may_write_to_is_not_read),
		CASE(a_link_in_its_place_is_replaced),
	};

	return cmocka_run_group_tests_name("wholefile", tests, NULL, NULL);
}
