/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that are none, and those of an attacker: refused by both parsers, soon.
 */
#include "tests/support/test.h"

#include <time.h>

#include "feeds/scan.h"
#include "tests/support/evelines.h"

static void eve_refuses_a_time_without_offset(void **state)
{
	struct eve e;

	(void)state;
	assert_int_equal(read_text(&e, alert_changed("+0000", "")), EVE_BAD);
	assert_int_equal(read_text(&e, alert_changed("+0000", "Z")), EVE_ALERT);
	assert_int_equal(read_text(&e, alert_changed("timestamp", "time")),
			 EVE_BAD);
}

static void eve_refuses_addresses_that_are_none(void **state)
{
	static const char *const none[] = {
		"$(reboot)",
		"",
		"203.0.113.5/24",
		"999.0.113.5",
		"203.0.113",
		"::1%eth0",
		"203.0.113.5 ",
		"`id`",
		"\\u0000",
		"203.0.113.05",
		"1;rm -rf /",
		"203.0.113.5\\u0000",
		"\\u001b[2J203.0.113.5",
	};
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(
			read_text(&e, alert_changed("203.0.113.5", none[i])),
			EVE_BAD);
	assert_int_equal(read_text(&e, alert_changed("203.0.113.5",
						     "::ffff:203.0.113.5")),
			 EVE_ALERT);
	assert_int_equal(e.source.family, PREFIX_IP4);
	assert_int_equal(read_text(&e, alert_changed("\"203.0.113.5\"", "5")),
			 EVE_BAD);
}

static void eve_refuses_numbers_out_of_range(void **state)
{
	static const char *const bad[] = {
		"65536", "-1", "\"25\"", "25.5", "1e999", "true", "[25]", "025",
	};
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_text(&e, alert_changed("40001", bad[i])),
				 EVE_BAD);
	assert_int_equal(read_text(&e, alert_changed("9000002", "4294967296")),
			 EVE_BAD);
	assert_int_equal(read_text(&e, alert_with(",\"flow_id\":-1")), EVE_BAD);
	assert_int_equal(read_text(&e, alert_changed("40001", "null")),
			 EVE_ALERT);
}

/* An attacker may choose a session number, or a NUL in a mail command. */
static void eve_is_not_blinded_by_what_an_attacker_wrote(void **state)
{
	static const char *const rests[] = {
		",\"smb\":{\"session_id\":18446744073709551615}",
		",\"smtp\":{\"helo\":\"a\\u0000b\"}",
		",\"smtp\":{\"helo\":\"\\ud83d\\ude00\"}",
		",\"smtp\":{\"helo\":\"\xc3\xa9\"}",
		",\"smtp\":{\"helo\":\"\\\"},\\\"event_type\\\":\\\"flow\"}",
		",\"http\":{\"length\":1.5e3}",
		",\"other\":1,\"other\":2",
		",\"deep\":{\"src_ip\":\"10.20.0.25\",\"src_ip\":1}",
	};
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
		assert_int_equal(read_text(&e, alert_with(rests[i])),
				 EVE_ALERT);
		assert_int_equal(e.sid, 9000002);
		assert_int_equal(e.source_port, 40001);
	}
}

static void eve_refuses_a_wanted_name_that_stands_twice(void **state)
{
	static const char *const rests[] = {
		",\"src_ip\":\"10.20.0.25\"",
		",\"src\\u005fip\":\"10.20.0.25\"",
		",\"event_type\":\"flow\"",
		",\"alert\":{}",
		",\"flow\":{\"src_ip\":\"192.0.2.1\",\"src_ip\":\"192.0.2.2\"}",
		", \"x\" : [ {\"y\":\"]}\"} ] , \"src_ip\" : null",
	};
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++)
		assert_int_equal(read_text(&e, alert_with(rests[i])), EVE_BAD);
}

/* By RFC 3629: not even in a string that nobody reads. */
static void eve_refuses_bytes_that_are_no_utf8(void **state)
{
	static const char *const good[] = {
		"\xc2\x80",	    "\xdf\xbf",		"\xe0\xa0\x80",
		"\xed\x9f\xbf",	    "\xee\x80\x80",	"\xef\xbf\xbf",
		"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
	};
	static const char *const bad[] = {
		"\x80",
		"\xc1\xbf",
		"\xc2",
		"\xc2\xc2",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xe2\x82",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xf0\x90\x80",
	};
	char rest[64];
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(rest, sizeof(rest), ",\"x\":[\"%s\"]", good[i]);
		assert_int_equal(read_text(&e, alert_with(rest)), EVE_ALERT);
		assert_int_equal(eve_parse(&e, slice_of(alert_with(rest))),
				 EVE_ALERT);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(rest, sizeof(rest), ",\"x\":[\"%s\"]", bad[i]);
		assert_int_equal(read_text(&e, alert_with(rest)), EVE_BAD);
	}
}

static void eve_refuses_what_jansson_refuses(void **state)
{
	static const char *const rests[] = {
		",\"x\":{\"a\\u0000b\":1}",
		",\"x\":\"\\ud83d\"",
		",\"x\":\"\\udc00\\ud83d\"",
		",\"x\":\"\\q\"",
		",\"x\":\"\t\"",
		",\"x\":\"\\u12g4\"",
		",\"x\":[1,]",
		",\"x\":[1 2]",
		",\"x\":{\"a\"}",
		",\"x\":{\"a\":1,}",
		",\"x\":{1:2}",
		",\"x\":01",
		",\"x\":+1",
		",\"x\":.5",
		",\"x\":1.",
		",\"x\":-",
		",\"x\":nul",
		",\"x\":nulls",
		",\"x\":True",
		",\"x\":1e9999",
		",\"x\":",
		",",
		",\"x\":1,,\"y\":2",
	};
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++)
		assert_int_equal(read_text(&e, alert_with(rests[i])), EVE_BAD);
}

static void eve_bounds_the_time_of_hostile_lines(void **state)
{
	static char line[SCAN_LINE_MAX];
	static const char *const openings[] = { "[", "{\"a\":", "[[],",
						"\"\\u00" };
	clock_t begin = clock();
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		size_t len = strlen(openings[i]);

		for (size_t at = 0; at + len <= sizeof(line); at += len)
			memcpy(line + at, openings[i], len);
		memcpy(line, "{\"alert\":", 9);
		assert_int_equal(
			agree(&e, (struct slice){ line, sizeof(line) }),
			EVE_BAD);
	}
	/* A million members of one object, and a string of a megabyte. */
	memset(line, ' ', sizeof(line));
	memcpy(line, "{\"event_type\":\"alert\"", 21);
	for (size_t at = 21; at + 16 < sizeof(line); at += 9)
		memcpy(line + at, ",\"a\":1   ", 9);
	line[sizeof(line) - 1] = '}';
	assert_int_equal(agree(&e, (struct slice){ line, sizeof(line) }),
			 EVE_BAD);
	memset(line, 'a', sizeof(line));
	memcpy(line, "{\"alert\":\"", 10);
	memcpy(line + sizeof(line) - 2, "\"}", 2);
	assert_int_equal(agree(&e, (struct slice){ line, sizeof(line) }),
			 EVE_OTHER);
	assert_true(clock() - begin < 10 * CLOCKS_PER_SEC);
}

static void eve_refuses_what_is_nested_too_deeply(void **state)
{
	struct eve e;
	char *text = malloc(32768);
	size_t at = 0;

	(void)state;
	assert_non_null(text);
	at += (size_t)sprintf(text, "{\"event_type\":\"alert\",\"x\":");
	memset(text + at, '[', 10000);
	memset(text + at + 10000, ']', 10000);
	text[at + 20000] = '}';
	assert_int_equal(agree(&e, (struct slice){ text, at + 20001 }),
			 EVE_BAD);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eve_refuses_a_time_without_offset),
		cmocka_unit_test(eve_refuses_addresses_that_are_none),
		cmocka_unit_test(eve_refuses_numbers_out_of_range),
		cmocka_unit_test(eve_is_not_blinded_by_what_an_attacker_wrote),
		cmocka_unit_test(eve_refuses_a_wanted_name_that_stands_twice),
		cmocka_unit_test(eve_refuses_bytes_that_are_no_utf8),
		cmocka_unit_test(eve_refuses_what_jansson_refuses),
		cmocka_unit_test(eve_bounds_the_time_of_hostile_lines),
		cmocka_unit_test(eve_refuses_what_is_nested_too_deeply),
	};

	return cmocka_run_group_tests_name("eve", tests, NULL, NULL);
}
