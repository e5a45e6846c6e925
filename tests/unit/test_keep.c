/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nft/keep.h"
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
	static char top[64];
	char folder[512];

	snprintf(top, sizeof(top), "/tmp/postern-keep-XXXXXX");
	*state = mkdtemp(top);
	return !*state || mkdir(keep_folder(folder, top), 0750);
}

static int tear_down(void **state)
{
	char path[512];

	unlink(keep_path(path, *state));
	strcat(path, ".new");
	unlink(path);
	rmdir(keep_folder(path, *state));
	return rmdir(*state);
}

static int begin(void **state)
{
	(void)state;
	steps[0] = '\0';
	fsync_error = 0;
	return 0;
}

static void read_kept(const char *state, char text[64])
{
	char path[512];
	int fd = open(keep_path(path, state), O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, text, 63);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
}

/* After a power failure there is the old text or the new one, never half of
 * one: rename(2) alone promises that only of what fsync(2) has seen. */
static void keep_is_on_disk_before_it_has_its_name(void **state)
{
	char text[64];

	assert_int_equal(keep_save(*state, "table inet one {}\n"), 0);
	assert_string_equal(steps, "frd");
	read_kept(*state, text);
	assert_string_equal(text, "table inet one {}\n");
}

static void keep_leaves_the_old_text_where_the_disk_fails(void **state)
{
	char text[64];

	assert_int_equal(keep_save(*state, "old\n"), 0);
	fsync_error = EIO;
	assert_int_equal(keep_save(*state, "new\n"), -EIO);
	read_kept(*state, text);
	assert_string_equal(text, "old\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(keep_is_on_disk_before_it_has_its_name,
				       begin),
		cmocka_unit_test_setup(
			keep_leaves_the_old_text_where_the_disk_fails, begin),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
