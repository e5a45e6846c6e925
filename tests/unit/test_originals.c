/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/originals.h"

#include "ctl/core/clock.h"
#include "tests/support/test.h"

/* What was said, put together again. */
struct heard {
	char line[20000];
	size_t len;
	unsigned int rows;
	uint32_t missed;
	uint32_t length;
	unsigned int room; /* rows that are taken yet */
};

static bool hear(void *ctx, const struct original *row)
{
	struct heard *h = ctx;

	if (h->room == 0)
		return false;
	h->room--;
	if (row->at == 0)
		h->len = 0;
	assert_int_equal(row->at, h->len);
	memcpy(h->line + h->len, row->line, strlen(row->line));
	h->len += strlen(row->line);
	h->rows++;
	h->missed += row->missed;
	h->length = row->length;
	assert_string_equal(row->name, "ids");
	assert_string_equal(row->file, "eve.json");
	return true;
}

static struct originals make(struct heard *h, uint32_t per_second)
{
	struct originals o = {
		.per_second = per_second,
		.say = hear,
		.ctx = h,
		.row = { .name = "ids" },
	};

	*h = (struct heard){ .room = UINT32_MAX };
	return o;
}

static void tell(struct originals *o, const char *text, size_t len, uint64_t s)
{
	const struct event event = { .seen_ns = s * CLOCK_NS_PER_S };

	originals_tell(o, &event, text, len, "eve.json");
}

static void a_line_of_any_length_comes_back_whole(void **state)
{
	static struct heard h;
	struct originals o = make(&h, 100000);
	char line[14000];

	(void)state;
	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = (char)(1 + i % 255);
	for (size_t len = 1; len < sizeof(line); len += len < 2000 ? 1 : 333) {
		tell(&o, line, len, 1);
		assert_int_equal(h.len, len);
		assert_int_equal(h.length, len);
		assert_memory_equal(h.line, line, len);
	}
	assert_int_equal(h.missed, 0);
}

static void what_is_too_long_is_cut_and_its_length_says_so(void **state)
{
	static struct heard h;
	static char line[100000];
	struct originals o = make(&h, 10);

	(void)state;
	memset(line, 'a', sizeof(line));
	tell(&o, line, sizeof(line), 1);
	assert_int_equal(h.rows, ORIGINALS_PIECES_MAX);
	assert_int_equal(h.length, sizeof(line));
	assert_int_equal(h.len,
			 ORIGINALS_PIECES_MAX * (ORIGINAL_PIECE_SIZE - 1));
}

static void a_flood_is_counted_not_told(void **state)
{
	static struct heard h;
	struct originals o = make(&h, 10);

	(void)state;
	for (int i = 0; i < 1000; i++)
		tell(&o, "x", 1, 1);
	assert_int_equal(h.rows, 10);
	tell(&o, "x", 1, 2);
	assert_int_equal(h.rows, 11);
	assert_int_equal(h.missed, 990);
}

static void what_finds_no_room_is_counted(void **state)
{
	static struct heard h;
	struct originals o = make(&h, 10);

	(void)state;
	h.room = 0;
	tell(&o, "x", 1, 1);
	tell(&o, "x", 1, 1);
	h.room = 5;
	tell(&o, "x", 1, 1);
	assert_int_equal(h.rows, 1);
	assert_int_equal(h.missed, 2);
}

static void none_is_told_where_none_is_wanted(void **state)
{
	static struct heard h;
	struct originals o = make(&h, 0);

	(void)state;
	tell(&o, "x", 1, 1);
	assert_int_equal(h.rows, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_any_length_comes_back_whole),
		cmocka_unit_test(
			what_is_too_long_is_cut_and_its_length_says_so),
		cmocka_unit_test(a_flood_is_counted_not_told),
		cmocka_unit_test(what_finds_no_room_is_counted),
		cmocka_unit_test(none_is_told_where_none_is_wanted),
	};

	return cmocka_run_group_tests_name("originals", tests, NULL, NULL);
}
