/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/act.h"
#include "ctl/core/clock.h"
#include "ctl/records/pen.h"
#include "ctl/records/reader.h"
#include "ctl/records/words.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

/* What PEN wrote into OUT, as text. */
static const char *written(char *out, struct pen *pen)
{
	assert_false(pen->failed);
	*pen->at = '\0';
	return out;
}

static void reader_takes_every_number_as_the_pen_writes_it(void **state)
{
	static const uint64_t edges[] = { 0,
					  9,
					  10,
					  UINT32_MAX,
					  9999999999999999999u,
					  10000000000000000000u,
					  UINT64_MAX };
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct pen pen = pen_over(out, sizeof(out) - 1);
		struct reader r;

		pen_number(&pen, edges[i]);
		r = reader_over(out, strlen(written(out, &pen)));
		assert_int_equal(reader_number(&r, UINT64_MAX), edges[i]);
		assert_true(reader_done(&r));
		r = reader_over(out, strlen(out));
		reader_number(&r, edges[i] - 1);
		assert_int_equal(reader_done(&r), edges[i] == 0);
	}
}

static void reader_refuses_numbers_spelt_otherwise(void **state)
{
	static const char *const bad[] = { "",
					   "00",
					   "01",
					   "-1",
					   "+1",
					   " 1",
					   "1 ",
					   "0x1",
					   "1.0",
					   "1e3",
					   "null",
					   "18446744073709551616",
					   "19999999999999999999",
					   "20000000000000000000",
					   "99999999999999999999",
					   "100000000000000000000" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct reader r = reader_over(bad[i], strlen(bad[i]));

		reader_number(&r, UINT64_MAX);
		assert_false(reader_done(&r));
	}
}

static void reader_takes_signed_numbers_in_one_spelling(void **state)
{
	static const struct {
		const char *text;
		int32_t value;
		bool good;
	} cases[] = {
		{ "0", 0, true },
		{ "-1", -1, true },
		{ "2147483647", INT32_MAX, true },
		{ "-2147483648", INT32_MIN, true },
		{ "2147483648", 0, false },
		{ "-2147483649", 0, false },
		{ "-0", 0, false },
		{ "--1", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = cases[i].text;
		struct reader r = reader_over(text, strlen(text));
		int32_t value = reader_signed(&r);

		assert_int_equal(reader_done(&r), cases[i].good);
		if (cases[i].good)
			assert_int_equal(value, cases[i].value);
	}
}

static void check_time(uint64_t time_ns)
{
	char out[64], wanted[CLOCK_TEXT_SIZE];
	struct pen pen = pen_over(out, sizeof(out) - 1);
	struct reader r;

	pen_time(&pen, time_ns);
	written(out, &pen);
	assert_int_equal(strlen(out), 32);
	assert_memory_equal(out + 1, clock_format(time_ns, wanted), 30);
	r = reader_over(out, 32);
	assert_int_equal(reader_time(&r), time_ns);
	assert_true(reader_done(&r));
}

static void times_are_those_of_clock_on_every_day(void **state)
{
	const uint64_t day_ns = 86400ull * CLOCK_NS_PER_S;
	struct random random = { { 1, 2, 3 } };

	(void)state;
	for (uint64_t day = 0; day < UINT64_MAX / day_ns; day++)
		check_time(day * day_ns + random_u64(&random) % day_ns);
	check_time(0);
	check_time(UINT64_MAX);
}

static void reader_refuses_times_that_are_none(void **state)
{
	static const char *const bad[] = {
		"\"2026-02-29T00:00:00.000000000Z\"",
		"\"2100-02-29T00:00:00.000000000Z\"",
		"\"2026-00-10T00:00:00.000000000Z\"",
		"\"2026-13-10T00:00:00.000000000Z\"",
		"\"2026-04-31T00:00:00.000000000Z\"",
		"\"2026-04-00T00:00:00.000000000Z\"",
		"\"2026-04-01T24:00:00.000000000Z\"",
		"\"2026-04-01T00:60:00.000000000Z\"",
		"\"2026-04-01T00:00:60.000000000Z\"",
		"\"2026-04-01t00:00:00.000000000Z\"",
		"\"2026-04-01T00:00:00.000000000z\"",
		"\"2026-04-01T00:00:00,000000000Z\"",
		"\"2026-04-01T00:00:00.00000000 Z\"",
		"\"2026-04-01T00:00:00.00000000:Z\"",
		"\"1969-12-31T23:59:59.999999999Z\"",
		"\"2554-07-21T23:34:33.709551616Z\"",
		"\"2555-01-01T00:00:00.000000000Z\"",
		"\"9999-12-31T23:59:59.999999999Z\"",
		"\"2026-04-01T00:00:00.000000000Z",
		"\"2026-04-01T00:00:00Z\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t len = strlen(bad[i]);
		char *copy = edge_copy(bad[i], len);
		struct reader r = reader_over(copy, len);

		assert_int_equal(reader_time(&r), 0);
		assert_true(r.failed);
		edge_free(copy, len);
	}
}

static void check_prefix(const struct prefix *p)
{
	char out[64], wanted[PREFIX_TEXT_SIZE];
	struct pen pen = pen_over(out, sizeof(out) - 1);
	struct prefix again;
	struct reader r;

	pen_prefix(&pen, p);
	r = reader_over(out, strlen(written(out, &pen)));
	reader_prefix(&r, &again);
	assert_true(reader_done(&r));
	assert_true(prefix_equal(&again, p));
	/* As everybody writes it, but for IPv4 in IPv6. */
	prefix_format(p, wanted);
	if (p->family == PREFIX_IP4 || !strchr(wanted, '.')) {
		assert_int_equal(strlen(out), strlen(wanted) + 2);
		assert_memory_equal(out + 1, wanted, strlen(wanted));
	}
}

static void prefixes_come_back_also_with_runs_of_zeros(void **state)
{
	struct random random = { { 4, 5, 6 } };

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct prefix p = random_prefix(&random);
		uint64_t zeros = random_u64(&random);

		for (size_t k = 0; p.family == PREFIX_IP6 && k < 16; k++) {
			if (zeros >> (k / 2) & 1)
				p.addr[k] = 0;
		}
		check_prefix(&p);
	}
}

/* prefix_parse() would make IPv4 of it: another ban than the one recorded. */
static void a_mapped_address_stays_what_it_was(void **state)
{
	struct prefix p = { .family = PREFIX_IP6,
			    .length = 128,
			    .addr = { [10] = 0xff, 0xff, 192, 0, 2, 1 } };
	char out[64];
	struct pen pen = pen_over(out, sizeof(out) - 1);

	(void)state;
	check_prefix(&p);
	pen_prefix(&pen, &p);
	assert_string_equal(written(out, &pen), "\"::ffff:c000:201\"");
}

static void reader_refuses_prefixes_spelt_otherwise(void **state)
{
	static const char *const bad[] = {
		"\"\"",
		"\"192.0.2\"",
		"\"192.0.2.1.1\"",
		"\"192.0.2.256\"",
		"\"192.0.2.01\"",
		"\"192.0.2.1/32\"",
		"\"192.0.2.0/33\"",
		"\"192.0.2.0/024\"",
		"\"192.0.2.1/24\"",
		"\"192.0.2.0/\"",
		"\"192.0.2.0",
		"192.0.2.0\"",
		"\"2001:DB8::1\"",
		"\"2001:db8:0:0:0:0:0:1\"",
		"\"2001:0db8::1\"",
		"\"2001:db8::1/128\"",
		"\"2001:db8::1/64\"",
		"\"2001:db8::/129\"",
		"\"::ffff:192.0.2.1\"",
		"\"1:0:0:2::3:4:5\"",
		"\"::1::\"",
		"\":::\"",
		"\"1:2:3:4:5:6:7\"",
		"\"1:2:3:4:5:6:7:8:9\"",
		"\"fe80::1%eth0\"",
		"\"aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa\"",
	};
	struct prefix p;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t len = strlen(bad[i]);
		char *copy = edge_copy(bad[i], len);
		struct reader r = reader_over(copy, len);

		reader_prefix(&r, &p);
		if (reader_done(&r))
			fail_msg("%s was taken", bad[i]);
		edge_free(copy, len);
	}
}

static void texts_of_all_bytes_come_back(void **state)
{
	char text[256] = "", again[256], out[256 * 6 + 3];
	struct pen pen = pen_over(out, sizeof(out));
	struct reader r;

	(void)state;
	for (int i = 1; i < 256; i++)
		text[i - 1] = (char)i;
	pen_text(&pen, text);
	written(out, &pen);
	for (const char *c = out; *c; c++)
		assert_true(*c >= 0x20 && *c < 0x7f);
	r = reader_over(out, strlen(out));
	reader_text(&r, again, sizeof(again));
	assert_true(reader_done(&r));
	assert_memory_equal(text, again, sizeof(text));
	/* One byte less of room is too little. */
	r = reader_over(out, strlen(out));
	reader_text(&r, again, sizeof(again) - 1);
	assert_false(reader_done(&r));
}

static void reader_refuses_texts_spelt_otherwise(void **state)
{
	static const char *const bad[] = {
		"\"",	       "\"a",	      "\"\\\"",	     "\"\\n\"",
		"\"\\/\"",     "\"\\u0041\"", "\"\\u00FF\"", "\"\\u0100\"",
		"\"\\u0000\"", "\"\\u00\"",   "\"\\u000",    "\"\x7f\"",
		"\"\x80\"",    "\"\n\"",      "\"a\"b",	     "\"\\u0022\"",
		"\"\\u005c\"", "\"\\U000a\"", "\"\\u000g\"",
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t len = strlen(bad[i]);
		char *copy = edge_copy(bad[i], len);
		struct reader r = reader_over(copy, len);

		reader_text(&r, out, sizeof(out));
		if (reader_done(&r))
			fail_msg("%s was taken", bad[i]);
		edge_free(copy, len);
	}
}

static void words_are_found_whole_or_not_at_all(void **state)
{
	static const char *const bad[] = { "",	  "\"\"",    "\"Ban\"", "\"ban",
					   "ban", "\"b n\"", "\"\0\"" };
	struct reader r = reader_over("\"would-ban\"", 11);
	size_t len;

	(void)state;
	reader_word(&r, &len);
	assert_int_equal(len, 9);
	assert_true(reader_done(&r));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = reader_over(bad[i], i == 6 ? 3 : strlen(bad[i]));
		reader_word(&r, &len);
		assert_int_equal(len, 0);
		assert_false(reader_done(&r));
	}
	assert_int_equal(words_find(WORDS_ACT, "ban", 3), ACT_BAN);
	assert_int_equal(words_find(WORDS_ACT, "ban", 2), -1);
	assert_int_equal(words_find(WORDS_ACT, "bans", 4), -1);
	/* What a damaged record may hold; the list's own words are shorter. */
	assert_int_equal(words_find(WORDS_ACT, "ban\0\0\0\0\0\0\0", 10), -1);
}

static void every_byte_is_a_digit_or_none(void **state)
{
	static const char digits[] = "0123456789abcdef";
	char text[] = "\"0123456789abcdef\"";

	(void)state;
	for (unsigned int at = 0; at < 16; at++) {
		for (unsigned int c = 0; c < 256; c++) {
			const char *digit = c ? strchr(digits, (int)c) : NULL;
			struct reader r = reader_over(text, sizeof(text) - 1);
			uint64_t place = 60 - 4 * at, value;

			text[1 + at] = (char)c;
			value = reader_hex64(&r);
			assert_int_equal(reader_done(&r), digit != NULL);
			if (digit)
				assert_int_equal(value >> place & 0xf,
						 (uint64_t)(digit - digits));
		}
		text[1 + at] = digits[at];
	}
}

static void hexadecimal_comes_back_in_lower_case_only(void **state)
{
	static const char *const bad[] = { "\"00112233445566F7\"",
					   "\"001122334455667\"",
					   "\"00112233445566777\"",
					   "\"00112233445566g7\"",
					   "\"0011223344556 77\"" };
	char out[32];
	struct pen pen = pen_over(out, sizeof(out) - 1);
	struct reader r;

	(void)state;
	pen_hex64(&pen, 0x0123456789abcdefu);
	assert_string_equal(written(out, &pen), "\"0123456789abcdef\"");
	r = reader_over(out, strlen(out));
	assert_int_equal(reader_hex64(&r), 0x0123456789abcdefu);
	assert_true(reader_done(&r));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = reader_over(bad[i], strlen(bad[i]));
		reader_hex64(&r);
		assert_false(reader_done(&r));
	}
}

static void pen_stops_where_its_room_ends(void **state)
{
	char out[80];

	(void)state;
	for (size_t size = 0; size < 60; size++) {
		struct prefix p = prefix_of("2001:db8::/32");
		struct pen pen = pen_over(out, size);

		memset(out, '#', sizeof(out));
		pen_prefix(&pen, &p);
		pen_time(&pen, 1);
		pen_word(&pen, "word");
		pen_signed(&pen, -1);
		assert_int_equal(pen.failed, size < 15 + 32 + 6 + 2);
		for (size_t i = size; i < sizeof(out); i++)
			assert_int_equal(out[i], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			reader_takes_every_number_as_the_pen_writes_it),
		cmocka_unit_test(reader_refuses_numbers_spelt_otherwise),
		cmocka_unit_test(reader_takes_signed_numbers_in_one_spelling),
		cmocka_unit_test(times_are_those_of_clock_on_every_day),
		cmocka_unit_test(reader_refuses_times_that_are_none),
		cmocka_unit_test(prefixes_come_back_also_with_runs_of_zeros),
		cmocka_unit_test(a_mapped_address_stays_what_it_was),
		cmocka_unit_test(reader_refuses_prefixes_spelt_otherwise),
		cmocka_unit_test(texts_of_all_bytes_come_back),
		cmocka_unit_test(reader_refuses_texts_spelt_otherwise),
		cmocka_unit_test(words_are_found_whole_or_not_at_all),
		cmocka_unit_test(every_byte_is_a_digit_or_none),
		cmocka_unit_test(hexadecimal_comes_back_in_lower_case_only),
		cmocka_unit_test(pen_stops_where_its_room_ends),
	};

	return cmocka_run_group_tests_name("records_reader", tests, NULL, NULL);
}
