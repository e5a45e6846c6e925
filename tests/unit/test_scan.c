/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "feeds/scan.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"

#define FOUND_MAX 4096

/* What a scan says of some bytes. */
struct result {
	size_t count;
	struct {
		size_t at;
		size_t len;
	} found[FOUND_MAX];
	uint64_t lines;
	uint64_t too_long;
	size_t start;
};

static void take_all(struct scan *s, const char *data, size_t len,
		     struct result *r)
{
	struct slice out;

	while (scan_next(s, data, len, &out)) {
		assert_true(r->count < FOUND_MAX);
		r->found[r->count].at = (size_t)(out.at - data);
		r->found[r->count++].len = out.len;
	}
	r->lines = s->lines;
	r->too_long = s->too_long;
	r->start = s->start;
}

/* The same, one byte after the other. */

static bool spells_alert(const char *line, size_t len)
{
	if (memmem(line, len, "\"alert\"", 7))
		return true;
	return memmem(line, len, "\\u006", 5) || memmem(line, len, "\\u007", 5);
}

static void take_slowly(const char *data, size_t len, struct result *r)
{
	for (size_t at = 0; at < len; at++) {
		size_t line = at - r->start;

		if (data[at] != '\n' && data[at] != '\0')
			continue;
		if (line > 0) {
			const char *text = data + r->start;

			r->lines++;
			if (text[0] != '{' || text[line - 1] != '}' ||
			    spells_alert(text, line)) {
				r->found[r->count].at = r->start;
				r->found[r->count++].len = line;
			}
		}
		r->start = at + 1;
	}
}

static void assert_same(const struct result *a, const struct result *b)
{
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->found, b->found, a->count * sizeof(a->found[0]));
	assert_int_equal(a->lines, b->lines);
	assert_int_equal(a->start, b->start);
}

static bool is_candidate(const char *line)
{
	struct result r = { 0 };
	struct scan scan = { 0 };
	char text[512];
	char *copy;
	int len = snprintf(text, sizeof(text), "%s\n", line);

	copy = edge_copy(text, (size_t)len);
	take_all(&scan, copy, (size_t)len, &r);
	edge_free(copy, (size_t)len);
	assert_int_equal(r.lines, 1);
	return r.count == 1;
}

static void scan_finds_the_word_in_any_spelling(void **state)
{
	(void)state;
	assert_true(is_candidate("{\"event_type\":\"alert\"}"));
	assert_true(is_candidate("{\"event_type\" : \"alert\" }"));
	assert_true(is_candidate("{\"alert\":{}}"));
	assert_true(is_candidate("{\"event_type\":\"\\u0061lert\"}"));
	assert_true(is_candidate("{\"event_type\":\"aler\\u0074\"}"));
}

static void scan_is_not_careless(void **state)
{
	(void)state;
	assert_false(is_candidate("{\"alerted\":true}"));
	assert_false(is_candidate("{\"x\":\"alert \"}"));
	assert_false(is_candidate("{\"x\":\"malert\"}"));
	assert_false(is_candidate("{\"x\":\"\\u0000\\r\\n\\u001b\"}"));
	assert_false(is_candidate("{}"));
}

static void scan_gives_what_is_no_object_to_the_parser(void **state)
{
	(void)state;
	assert_true(is_candidate("junk"));
	assert_true(is_candidate("{\"event_type\":\"flow\""));
	assert_true(is_candidate("\"event_type\":\"flow\"}"));
	assert_true(is_candidate("{\"event_type\":\"flow\"}\r"));
}

static void scan_ends_a_line_at_a_nul(void **state)
{
	static const char text[] = "{\"a\":\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				   "{\"alert\":1}\n\0{\"b\":1}\0\n\n";
	struct result r = { 0 };
	struct scan scan = { 0 };

	(void)state;
	take_all(&scan, text, sizeof(text) - 1, &r);
	assert_int_equal(r.count, 2);
	assert_int_equal(r.found[1].len, strlen("{\"alert\":1}"));
	assert_int_equal(r.lines, 3);
}

static void scan_skips_a_line_that_is_too_long(void **state)
{
	size_t len = SCAN_LINE_MAX + 200;
	char *text = malloc(len);
	struct result r = { 0 };
	struct scan scan = { 0 };

	(void)state;
	assert_non_null(text);
	/* As long as may be, one more, and a short one. */
	for (size_t more = 0; more < 2; more++) {
		memset(text, 'x', len);
		text[SCAN_LINE_MAX + more] = '\n';
		memcpy(text + SCAN_LINE_MAX + more + 1, "short\n", 6);
		memset(&r, 0, sizeof(r));
		memset(&scan, 0, sizeof(scan));
		take_all(&scan, text, SCAN_LINE_MAX + more + 7, &r);
		assert_int_equal(r.too_long, more);
		assert_int_equal(r.lines, 2);
		assert_int_equal(r.count, 2 - more);
	}
	free(text);
}

/* Bytes that are often what the scan looks for. */
static void make_bytes(struct random *r, char *to, size_t len)
{
	static const char *const pieces[] = {
		"\"alert\"", "\"alerted\"", "\\u006", "\\u00", "\n", "\n",
		"}\n{",	     "\"",	    "lert\"", "{",     "}",  "x",
		"\\\\",	     "\"aler",	    "\r\n",   "\t",
	};
	size_t at = 0;

	while (at < len) {
		uint32_t pick = random_below(r, 20);
		const char *piece = pick < 16 ? pieces[pick] : "";
		size_t run = pick < 16 ? strlen(piece) : random_below(r, 150);

		if (run > len - at)
			run = len - at;
		if (pick < 16)
			memcpy(to + at, piece, run);
		else
			memset(to + at, pick == 19 ? 0 : 'a', run);
		at += run;
	}
}

static void scan_says_the_same_as_a_slow_one(void **state)
{
	static struct result fast, slow;
	struct random r = { { 1, 1, 1 } };
	char text[2048];

	(void)state;
	for (int i = 0; i < 4000; i++) {
		size_t len = random_below(&r, sizeof(text));
		struct scan scan = { 0 };
		char *copy;

		make_bytes(&r, text, len);
		copy = edge_copy(text, len);
		memset(&fast, 0, sizeof(fast));
		memset(&slow, 0, sizeof(slow));
		take_all(&scan, copy, len, &fast);
		take_slowly(copy, len, &slow);
		assert_same(&fast, &slow);
		edge_free(copy, len);
	}
}

static void scan_says_the_same_however_the_bytes_come(void **state)
{
	static struct result whole, pieces;
	struct random r = { { 2, 2, 2 } };
	char text[1024];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		size_t len = random_below(&r, sizeof(text)), have = 0;
		struct scan scan = { 0 };

		make_bytes(&r, text, len);
		memset(&whole, 0, sizeof(whole));
		memset(&pieces, 0, sizeof(pieces));
		take_all(&scan, text, len, &whole);
		memset(&scan, 0, sizeof(scan));
		while (have < len) {
			char *copy;

			have += 1 + random_below(&r, i % 2 ? 3 : 300);
			if (have > len)
				have = len;
			copy = edge_copy(text, have);
			take_all(&scan, copy, have, &pieces);
			edge_free(copy, have);
		}
		assert_same(&whole, &pieces);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan_finds_the_word_in_any_spelling),
		cmocka_unit_test(scan_is_not_careless),
		cmocka_unit_test(scan_gives_what_is_no_object_to_the_parser),
		cmocka_unit_test(scan_ends_a_line_at_a_nul),
		cmocka_unit_test(scan_skips_a_line_that_is_too_long),
		cmocka_unit_test(scan_says_the_same_as_a_slow_one),
		cmocka_unit_test(scan_says_the_same_however_the_bytes_come),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
