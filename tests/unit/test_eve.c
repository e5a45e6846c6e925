/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Alerts, in any spelling that an IDS may choose: both parsers read the same.
 */
#include "tests/support/test.h"

#include "ctl/core/clock.h"
#include "feeds/sieve.h"
#include "tests/support/corpus.h"
#include "tests/support/evelines.h"
#include "tests/support/random.h"

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

/* Real files have app_proto, metadata and community_id twice. */
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
		cmocka_unit_test(eve_takes_one_value_that_stands_twice),
		cmocka_unit_test(eve_tells_alerts_from_other_records),
		cmocka_unit_test(eve_reads_a_name_in_any_spelling),
		cmocka_unit_test(eve_cuts_long_texts),
		cmocka_unit_test(eve_reads_every_line_as_jansson_does),
		cmocka_unit_test(eve_reads_damaged_lines_as_jansson_does),
	};

	return cmocka_run_group_tests_name("eve", tests, NULL, NULL);
}
