/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/daemon/streams.h"
#include "tests/support/test.h"

static struct position at(uint64_t inode, uint64_t head, uint64_t offset)
{
	return (struct position){
		.device = 1,
		.inode = inode,
		.head_hash = head,
		.head_len = 64,
		.offset = offset,
	};
}

static void streams_take_each_position_once(void **state)
{
	struct streams *s = calloc(1, sizeof(*s));
	struct position p = at(10, 7, 100), q = at(10, 7, 200);

	(void)state;
	assert_false(streams_is_applied(s, "ids", "eve.json", &p));
	streams_advance(s, "ids", "eve.json", &p);
	assert_true(streams_is_applied(s, "ids", "eve.json", &p));
	assert_false(streams_is_applied(s, "ids", "eve.json", &q));
	assert_false(streams_is_applied(s, "other", "eve.json", &p));
	assert_false(streams_is_applied(s, "ids", "eve.2.json", &p));
	streams_advance(s, "ids", "eve.json", &q);
	streams_advance(s, "ids", "eve.json", &p); /* never back */
	assert_true(streams_is_applied(s, "ids", "eve.json", &q));
	free(s);
}

static void streams_begin_anew_where_the_file_was_written_anew(void **state)
{
	struct streams *s = calloc(1, sizeof(*s));
	struct position before = at(10, 7, 5000), after = at(10, 8, 100);

	(void)state;
	streams_advance(s, "ids", "eve.json", &before);
	/* copytruncate: the same inode, another head, a smaller offset. */
	assert_false(streams_is_applied(s, "ids", "eve.json", &after));
	streams_advance(s, "ids", "eve.json", &after);
	assert_true(streams_is_applied(s, "ids", "eve.json", &after));
	free(s);
}

static void streams_keep_an_old_file_beside_the_new_one(void **state)
{
	struct streams *s = calloc(1, sizeof(*s));
	struct position old = at(10, 7, 5000), new = at(11, 8, 100);
	uint32_t walk = 0;
	size_t files = 0;

	(void)state;
	streams_advance(s, "ids", "eve.json", &old);
	streams_advance(s, "ids", "eve.json", &new);
	while (streams_walk(s, "ids", &walk))
		files++;
	assert_int_equal(files, 2);
	streams_forget(s, "ids", "eve.json", &old);
	walk = 0;
	assert_int_equal(streams_walk(s, "ids", &walk)->file.position.inode,
			 11);
	assert_null(streams_walk(s, "ids", &walk));
	free(s);
}

static void streams_forget_the_oldest_where_there_are_too_many(void **state)
{
	struct streams *s = calloc(1, sizeof(*s));
	struct position first = at(1, 1, 1);

	(void)state;
	for (uint64_t i = 1; i <= STREAMS_FILES_MAX + 1; i++) {
		struct position p = at(i, i, 1);

		streams_advance(s, "ids", "eve.json", &p);
	}
	assert_false(streams_is_applied(s, "ids", "eve.json", &first));
	free(s);
}

static void streams_of_sockets_have_no_position(void **state)
{
	struct streams *s = calloc(1, sizeof(*s));
	struct position none = { 0 };
	uint32_t walk = 0;

	(void)state;
	streams_advance(s, "ids", "", &none);
	assert_false(streams_is_applied(s, "ids", "", &none));
	assert_null(streams_walk(s, NULL, &walk));
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_take_each_position_once),
		cmocka_unit_test(
			streams_begin_anew_where_the_file_was_written_anew),
		cmocka_unit_test(streams_keep_an_old_file_beside_the_new_one),
		cmocka_unit_test(
			streams_forget_the_oldest_where_there_are_too_many),
		cmocka_unit_test(streams_of_sockets_have_no_position),
	};

	return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
