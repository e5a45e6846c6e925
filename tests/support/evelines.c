/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/evelines.h"

#include "feeds/evejson.h"
#include "feeds/scan.h"
#include "tests/support/edge.h"
#include "tests/support/test.h"

struct slice slice_of(const char *text)
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

enum eve_verdict agree(struct eve *out, struct slice line)
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

enum eve_verdict read_text(struct eve *out, const char *text)
{
	size_t len = strlen(text);
	char *copy = edge_copy(text, len);
	enum eve_verdict verdict = agree(out, (struct slice){ copy, len });

	edge_free(copy, len);
	return verdict;
}

const char *alert_with(const char *rest)
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

const char *alert_changed(const char *old, const char *new)
{
	static char text[4096];
	const char *whole = alert_with("");
	const char *at = strstr(whole, old);

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - whole), whole, new,
		 at + strlen(old));
	return text;
}
