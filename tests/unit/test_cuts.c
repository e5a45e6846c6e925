/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recorded dialogues say the same however they are cut.  The tree's own are
 * always there; POSTERN_EXCHANGES in the environment names a folder of more.
 */
#include "tests/support/test.h"

#include <dirent.h>

#include "tests/support/heard.h"

static size_t play_folder(const char *folder)
{
	static struct heard h;
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	size_t played = 0;
	char path[4096];

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		struct exchange *x;

		if (!strstr(entry->d_name, ".talk"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		x = exchange_load(path);
		assert_non_null(x);
		print_message("%s\n", entry->d_name);
		heard_exchange(&h, NULL, x);
		exchange_free(x);
		played++;
	}
	closedir(dir);
	return played;
}

static void dialogues_say_the_same_however_they_are_cut(void **state)
{
	const char *more = getenv("POSTERN_EXCHANGES");

	(void)state;
	assert_true(play_folder(POSTERN_SAMPLES) > 0);
	if (more)
		assert_true(play_folder(more) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues_say_the_same_however_they_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
