/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/test.h"

static char inside[64], outside[64];

static int set_up(void **state)
{
	(void)state;
	strcpy(inside, "/tmp/test-landlock-XXXXXX");
	strcpy(outside, "/tmp/test-landlock-XXXXXX");
	return !mkdtemp(inside) || !mkdtemp(outside);
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(inside) || rmdir(outside);
}

static int try_write(const char *folder)
{
	char path[128];
	int fd, err;

	snprintf(path, sizeof(path), "%s/file", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0)
		return errno;
	err = ftruncate(fd, 0) < 0 ? errno : 0;
	close(fd);
	return err ? err : unlink(path) < 0 ? errno : 0;
}

static int try_rename(void)
{
	char from[128], to[128];
	int err;

	snprintf(from, sizeof(from), "%s/a", inside);
	snprintf(to, sizeof(to), "%s/b", inside);
	close(open(from, O_WRONLY | O_CREAT, 0600));
	err = rename(from, to) < 0 ? errno : 0;
	unlink(to);
	return err;
}

static int try_tcp(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int err = bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 ? errno
								     : 0;

	close(fd);
	return err;
}

/* Each bit of the exit status: one that is not as it should be. */
static int confined(bool speaks)
{
	int bad = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    landlock_keep_to(inside, speaks))
		return 64;
	bad |= try_write(inside) == 0 ? 0 : 1;
	bad |= try_rename() == 0 ? 0 : 2;
	bad |= try_write(outside) == EACCES ? 0 : 4;
	bad |= mkdir("/tmp/test-landlock-folder", 0700) < 0 ? 0 : 8;
	bad |= execl("/bin/true", "true", NULL) < 0 && errno == EACCES ? 0 : 16;
	bad |= try_tcp() == (speaks ? 0 : EACCES) ? 0 : 32;
	return bad;
}

static int status_of_confined(bool speaks)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(confined(speaks));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void it_writes_to_its_folder_and_nowhere_else(void **state)
{
	(void)state;
	assert_int_equal(status_of_confined(false), 0);
}

static void it_may_speak_all_the_same(void **state)
{
	(void)state;
	assert_int_equal(status_of_confined(true), 0);
}

static void what_is_no_folder_is_said(void **state)
{
	(void)state;
	assert_int_equal(landlock_keep_to("/nonexistent", false), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			it_writes_to_its_folder_and_nowhere_else, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(it_may_speak_all_the_same,
						set_up, tear_down),
		cmocka_unit_test(what_is_no_folder_is_said),
	};

	return cmocka_run_group_tests_name("landlock", tests, NULL, NULL);
}
