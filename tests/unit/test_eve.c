/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <stdarg.h>
#include <time.h>

#include "ctl/core/clock.h"
#include "feeds/eve.h"
#include "feeds/evejson.h"
#include "feeds/scan.h"
#include "feeds/sieve.h"
#include "tests/support/corpus.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"

static struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

/* Would the scan give this line to a parser? */
static bool is_candidate(struct slice line)
{
	struct scan scan = { 0 };
	struct slice out;
	char *text = malloc(line.len + 1);
	bool found;

	assert_non_null(text);
	memcpy(text, line.at, line.len);
	text[line.len] = '\n';
	found = scan_next(&scan, text, line.len + 1, &out);
	free(text);
	return found;
}

/* What both ways agree on, or what the thorough one says. */
static enum eve_verdict agree(struct eve *out, struct slice line)
{
	struct eve fast, slow;
	enum eve_verdict quick = eve_parse(&fast, line);
	enum eve_verdict thorough = evejson_parse(&slow, line);

	if (quick != EVE_UNKNOWN) {
		assert_int_equal(quick, thorough);
		if (quick == EVE_ALERT)
			assert_memory_equal(&fast, &slow, sizeof(fast));
	}
	if (thorough == EVE_ALERT && !memchr(line.at, '\0', line.len) &&
	    !memchr(line.at, '\n', line.len))
		assert_true(is_candidate(line));
	*out = slow;
	return thorough;
}

static enum eve_verdict read_text(struct eve *out, const char *text)
{
	size_t len = strlen(text);
	char *copy = edge_copy(text, len);
	enum eve_verdict verdict = agree(out, (struct slice){ copy, len });

	edge_free(copy, len);
	return verdict;
}

/* An alert with REST behind its last member. */
static const char *alert_with(const char *rest)
{
	static char text[4096];

	snprintf(text, sizeof(text),
		 "{\"timestamp\":\"2026-11-21T17:40:12.000001+0000\","
		 "\"event_type\":\"alert\",\"src_ip\":\"203.0.113.5\","
		 "\"src_port\":40001,\"dest_ip\":\"10.20.0.25\","
		 "\"dest_port\":25,\"proto\":\"TCP\",\"alert\":{\"gid\":1,"
		 "\"signature_id\":9000002}%s}",
		 rest);
	return text;
}

/* The whole alert, with OLD in it replaced by NEW. */
static const char *alert_changed(const char *old, const char *new)
{
	static char text[4096];
	const char *whole = alert_with("");
	const char *at = strstr(whole, old);

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - whole), whole, new,
		 at + strlen(old));
	return text;
}

static void eve_reads_every_wanted_field(void **state)
{
	static const char line[] =
		"{\"timestamp\":\"2026-11-21T17:40:12.000001+0100\","
		"\"flow_id\":1149632678611605,\"event_type\":\"alert\","
		"\"vlan\":[1,2],\"src_ip\":\"10.20.0.25\",\"src_port\":587,"
		"\"dest_ip\":\"2001:0db8:0000:0000:0000:0000:0000:0001\","
		"\"dest_port\":32847,\"proto\":\"TCP\",\"tx_id\":7,"
		"\"alert\":{\"action\":\"blocked\",\"gid\":2,"
		"\"signature_id\":4294967295,\"rev\":3,\"signature\":"
		"\"A \\\"b\\\" \\/c\",\"category\":\"Misc\",\"severity\":1,"
		"\"source\":{\"ip\":\"192.0.2.1\",\"port\":1},"
		"\"target\":{\"ip\":\"192.0.2.2\",\"port\":2},"
		"\"metadata\":{\"tag\":[\"x\"],\"confidence\":[\"High\"]}},"
		"\"app_proto\":\"smtp\",\"direction\":\"to_client\","
		"\"flow\":{\"start\":\"x\",\"src_ip\":\"192.0.2.3\"}}";
	struct prefix p;
	struct eve e;

	(void)state;
	assert_int_equal(eve_parse(&e, slice_of(line)), EVE_ALERT);
	assert_int_equal(read_text(&e, line), EVE_ALERT);
	assert_int_equal(e.time_ns, 1795279212000001000u);
	assert_int_equal(e.flow_id, 1149632678611605u);
	assert_int_equal(e.tx_id, 7);
	p = prefix_of("10.20.0.25");
	assert_true(prefix_equal(&e.source, &p));
	p = prefix_of("2001:db8::1");
	assert_true(prefix_equal(&e.dest, &p));
	p = prefix_of("192.0.2.1");
	assert_true(prefix_equal(&e.attacker, &p));
	p = prefix_of("192.0.2.2");
	assert_true(prefix_equal(&e.victim, &p));
	p = prefix_of("192.0.2.3");
	assert_true(prefix_equal(&e.initiator, &p));
	assert_int_equal(e.source_port, 587);
	assert_int_equal(e.dest_port, 32847);
	assert_int_equal(e.ip_proto, 6);
	assert_int_equal(e.way, EVE_WAY_TO_CLIENT);
	assert_true(e.blocked);
	assert_int_equal(e.severity, 1);
	assert_int_equal(e.confidence, CONFIDENCE_HIGH);
	assert_int_equal(e.gid, 2);
	assert_int_equal(e.sid, 4294967295u);
	assert_int_equal(e.rev, 3);
	assert_string_equal(e.app_proto, "smtp");
	assert_string_equal(e.text, "A \"b\" /c");
	assert_string_equal(e.category, "Misc");
}

static void eve_takes_null_for_missing(void **state)
{
	struct eve e;

	(void)state;
	assert_int_equal(
		read_text(&e, alert_with(",\"app_proto\":null,\"flow\":null,"
					 "\"direction\":null,\"tx_id\":null,"
					 "\"flow_id\":null")),
		EVE_ALERT);
	assert_string_equal(e.app_proto, "");
	assert_int_equal(e.way, EVE_WAY_NONE);
	assert_int_equal(
		read_text(&e, alert_changed("\"203.0.113.5\"", "null")),
		EVE_ALERT);
	assert_int_equal(e.source.family, 0);
}

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

/* Real files have app_proto, metadata and community_id twice. */
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

static void eve_takes_one_value_that_stands_twice(void **state)
{
	static const char *const rests[] = {
		",\"src_port\":40001",
		",\"src\\u005fport\":40001,\"src_port\":40001",
		",\"app_proto\":\"smtp\",\"app_proto\":\"smtp\"",
		",\"flow\":{\"src_ip\":\"192.0.2.1\",\"src_ip\":\"192.0.2.1\"}",
	};
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
		assert_int_equal(read_text(&e, alert_with(rests[i])),
				 EVE_ALERT);
		assert_int_equal(e.source_port, 40001);
	}
}

static void eve_tells_alerts_from_other_records(void **state)
{
	static const struct {
		const char *text;
		enum eve_verdict verdict;
	} cases[] = {
		{ "{}", EVE_OTHER },
		{ "{\"event_type\":\"flow\",\"alert\":{}}", EVE_OTHER },
		{ "{\"event_type\":\"Alert\"}", EVE_OTHER },
		{ "{\"event_type\":[\"alert\"]}", EVE_OTHER },
		{ "{\"alerted\":true,\"x\":\"alert\"}", EVE_OTHER },
		{ "{\"event_type\":\"alert\"}", EVE_BAD },
		{ "[\"alert\"]", EVE_BAD },
		{ "\"alert\"", EVE_BAD },
		{ "alert", EVE_BAD },
		{ "", EVE_BAD },
		{ "{\"event_type\":\"alert\"", EVE_BAD },
		{ "{\"event_type\":\"flow\"}}", EVE_BAD },
	};
	struct eve e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(read_text(&e, cases[i].text),
				 cases[i].verdict);
}

static void eve_reads_a_name_in_any_spelling(void **state)
{
	struct eve e;

	(void)state;
	assert_int_equal(
		read_text(&e, alert_changed("\"alert\",", "\"\\u0061lert\",")),
		EVE_ALERT);
	assert_int_equal(
		read_text(&e, alert_changed("\"alert\",", "\"aler\\u0074\",")),
		EVE_ALERT);
	assert_int_equal(
		read_text(&e, alert_changed("event_type", "e\\u0076ent_type")),
		EVE_ALERT);
	assert_int_equal(read_text(&e, alert_changed("\"event_type\":",
						     " \t\"event_type\" : ")),
			 EVE_ALERT);
}

static void eve_cuts_long_texts(void **state)
{
	char rule[400] = "\"gid\":1,\"signature\":\"", *end = rule;
	struct eve e;

	(void)state;
	end += strlen(rule);
	memset(end, 'x', 300);
	snprintf(end + 300, 10, "\"");
	assert_int_equal(read_text(&e, alert_changed("\"gid\":1", rule)),
			 EVE_ALERT);
	assert_int_equal(strlen(e.text), EVENT_TEXT_SIZE - 1);
	assert_int_equal(read_text(&e, alert_changed("\"gid\":1",
						     "\"gid\":1,\"signature\":"
						     "\"a\\u0000b\"")),
			 EVE_ALERT);
	assert_string_equal(e.text, "a");
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

/* Lines of files */

struct tally {
	struct random random;
	size_t alerts;
	size_t slow; /* alerts that the fast way left to the other */
	size_t bad;
};

static void compare(void *ctx, const char *file, const char *line, size_t len)
{
	struct tally *tally = ctx;
	struct eve e;

	if (agree(&e, (struct slice){ line, len }) != EVE_ALERT)
		return;
	tally->alerts++;
	/* The hostile samples are made for the other way. */
	if (!strstr(file, "hostile") &&
	    eve_parse(&e, (struct slice){ line, len }) == EVE_UNKNOWN)
		tally->slow++;
}

static void eve_reads_every_line_as_jansson_does(void **state)
{
	struct tally tally = { 0 };
	const struct corpus_reader reader = { compare, &tally };
	size_t count = corpus_read(&reader);

	(void)state;
	printf("%zu lines, %zu alerts, %zu of them not by the fast way\n",
	       count, tally.alerts, tally.slow);
	assert_true(tally.alerts > 20);
	assert_true(tally.slow * 100 <= tally.alerts);
}

static void damage(struct random *r, char *line, size_t *len)
{
	static const char chars[] = "{}[]\",:\\u0019-.eE \t\n\x80\xc3\xe2nft/";
	size_t at = random_below(r, (uint32_t)*len);

	switch (random_below(r, 5)) {
	case 0:
		*len = at;
		break;
	case 1:
		line[at] = (char)(line[at] ^ 1 << random_below(r, 8));
		break;
	case 2:
		line[at] = chars[random_below(r, sizeof(chars))];
		break;
	case 3:
		memmove(line + at, line + at + 1, *len - at - 1);
		(*len)--;
		break;
	default:
		memmove(line + at + 1, line + at, *len - at);
		line[at] = chars[random_below(r, sizeof(chars))];
		(*len)++;
		break;
	}
}

static void compare_damaged(void *ctx, const char *file, const char *line,
			    size_t len)
{
	struct tally *tally = ctx;
	char *copy = malloc(len + 16);
	struct eve e;

	(void)file;
	assert_non_null(copy);
	/* Of the many lines that are no alerts, a few are enough. */
	if (!memmem(line, len, "\"alert\"", 7) &&
	    random_below(&tally->random, 9))
		goto out;
	for (int i = 0; i < 12; i++) {
		size_t left = len;

		memcpy(copy, line, len);
		for (uint32_t k = random_below(&tally->random, 3);
		     left > 1 && k < 3; k++)
			damage(&tally->random, copy, &left);
		if (agree(&e, (struct slice){ copy, left }) == EVE_BAD)
			tally->bad++;
	}
out:
	free(copy);
}

static void eve_reads_damaged_lines_as_jansson_does(void **state)
{
	struct tally tally = { .random = { { 4, 5, 6 } } };
	const struct corpus_reader reader = { compare_damaged, &tally };

	(void)state;
	assert_true(corpus_read(&reader) > 0);
	assert_true(tally.bad > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eve_reads_every_wanted_field),
		cmocka_unit_test(eve_takes_null_for_missing),
		cmocka_unit_test(eve_refuses_a_time_without_offset),
		cmocka_unit_test(eve_refuses_addresses_that_are_none),
		cmocka_unit_test(eve_refuses_numbers_out_of_range),
		cmocka_unit_test(eve_is_not_blinded_by_what_an_attacker_wrote),
		cmocka_unit_test(eve_refuses_a_wanted_name_that_stands_twice),
		cmocka_unit_test(eve_refuses_bytes_that_are_no_utf8),
		cmocka_unit_test(eve_refuses_what_jansson_refuses),
		cmocka_unit_test(eve_takes_one_value_that_stands_twice),
		cmocka_unit_test(eve_tells_alerts_from_other_records),
		cmocka_unit_test(eve_reads_a_name_in_any_spelling),
		cmocka_unit_test(eve_cuts_long_texts),
		cmocka_unit_test(eve_bounds_the_time_of_hostile_lines),
		cmocka_unit_test(eve_refuses_what_is_nested_too_deeply),
		cmocka_unit_test(eve_reads_every_line_as_jansson_does),
		cmocka_unit_test(eve_reads_damaged_lines_as_jansson_does),
	};

	return cmocka_run_group_tests_name("eve", tests, NULL, NULL);
}
