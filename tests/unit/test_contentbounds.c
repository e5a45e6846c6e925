/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <time.h>

#include "sensors/content/content.h"

#define FOUND_MAX 64

struct found {
	struct finding list[FOUND_MAX];
	size_t count;
	uint32_t parts;
	uint32_t skipped;
};

static struct found f;

static void on_found(void *ctx, const struct finding *finding)
{
	struct found *to = ctx;

	assert_true(to->count < FOUND_MAX);
	to->list[to->count++] = *finding;
}

static void on_field(void *ctx, enum field field, const uint8_t *value,
		     size_t len)
{
	(void)ctx;
	(void)field;
	(void)value;
	(void)len;
}

static const struct content_ops ops = { .found = on_found, .field = on_field };

static struct content_rules *usual_rules(void)
{
	size_t count;
	const char *const *endings = content_dangerous(&count);
	struct content_rules *rules = content_rules_new(endings, count, 4711);

	assert_non_null(rules);
	return rules;
}

static void is_only(enum finding_kind kind, uint8_t severity, const char *text)
{
	assert_int_equal(f.count, 1);
	assert_int_equal(f.list[0].kind, kind);
	assert_int_equal(f.list[0].severity, severity);
	if (text)
		assert_string_equal(f.list[0].text, text);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* TEXT over and over, LEN bytes of it, in pieces; then the rest. */
static double read_flood(const char *begin, const char *text, size_t len,
			 const char *rest)
{
	struct content_rules *rules = usual_rules();
	struct content *c = malloc(content_size());
	static char block[1 << 16];
	size_t n = strlen(text), used = 0;
	double start;

	assert_non_null(c);
	while (used + n <= sizeof(block)) {
		memcpy(block + used, text, n);
		used += n;
	}
	memset(&f, 0, sizeof(f));
	start = seconds();
	content_begin(c, rules, &ops, &f);
	content_data(c, (const uint8_t *)begin, strlen(begin));
	for (size_t at = 0; at < len; at += used)
		content_data(c, (const uint8_t *)block, used);
	content_data(c, (const uint8_t *)rest, strlen(rest));
	content_end(c);
	f.parts = content_parts(c);
	f.skipped = content_skipped(c);
	free(c);
	content_rules_free(rules);
	return seconds() - start;
}

/* Five times the work takes about five times as long, not twenty-five. */
static void content_takes_time_in_proportion_to_any_input(void **state)
{
	static const struct {
		const char *begin;
		const char *text;
	} floods[] = {
		{ "Subject: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
		{ "Subject: x", "\r\n folded" },
		{ "", "A: b\r\n" },
		{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
		  "--b\r\n\r\n" },
		{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--" },
		{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--\n" },
		{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "-\n" },
		{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
		  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" },
		{ "", "Content-Type: message/rfc822\r\n\r\n" },
		{ "Content-Transfer-Encoding: base64\r\n\r\n", "QUFB" },
		{ "Content-Transfer-Encoding: base64\r\n\r\n", "Q=" },
		{ "Content-Transfer-Encoding: quoted-printable\r\n\r\n", "=" },
		{ "Content-Transfer-Encoding: base64\r\n\r\nUEsDBBQA",
		  "UEsDBBQAUEsDBBQAUEsDBBQA" },
		{ "Content-Type: text/html\r\n\r\n", "<script" },
		{ "Content-Type: message/delivery-status\r\n\r\n",
		  "Status: 5.1.1\n" },
		{ "Content-Type: a/b", "; name=\"=?utf-8?b?eA==?=\"" },
		{ "Content-Type: a/b; name=\"", "=?=?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
		double little = read_flood(floods[i].begin, floods[i].text,
					   1 << 18, "\r\n\r\n");
		double much = read_flood(floods[i].begin, floods[i].text,
					 5 << 18, "\r\n\r\n");

		if (much > 15 * little + 0.05)
			fail_msg("%zu: %g s, and %g s for five times as much",
				 i, little, much);
	}
}

static void content_says_what_it_did_not_look_at(void **state)
{
	(void)state;
	read_flood("Subject: ", "aaaaaaaaaaaaaaa", 1 << 18, "\r\n\r\n");
	assert_int_equal(f.skipped, 1);
	/* Nested ten thousand deep, with something at the bottom. */
	read_flood("",
		   "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
		   10000 * 50,
		   "Content-Type: a/b; name=x.exe\r\n\r\ntext\r\n--b--\r\n");
	assert_int_equal(f.count, 2);
	assert_int_equal(f.list[0].kind, FINDING_SEALED);
	assert_int_equal(f.list[1].kind, FINDING_DANGEROUS);
	assert_true(f.skipped > 9000);
	/* A thousand files of a kind are told by the first ones. */
	read_flood("Content-Type: multipart/mixed; boundary=b\r\n\r\n",
		   "--b\r\nContent-Type: a/b; name=x.exe\r\n\r\n", 36000, "");
	assert_int_equal(f.count, CONTENT_TELL);
	assert_true(f.parts > 900);
	/* More names than are compared, in a field longer than is read. */
	read_flood("Content-Type: a/b", "; name=x.txt", 480, "\r\n\r\n");
	assert_int_equal(f.skipped, 2);
}

/* Padding hides nothing in a text that goes out as it is. */
static void content_reads_a_text_to_its_end(void **state)
{
	(void)state;
	read_flood("Subject: x\r\n\r\n", "a line of text, and no more\r\n",
		   1 << 18, "begin 644 x.exe\r\nM\r\nend\r\n");
	is_only(FINDING_DANGEROUS, 2, "uuencoded \"x.exe\"");
}

static void content_goes_on_behind_a_gap(void **state)
{
	struct content_rules *rules = usual_rules();
	struct content *c = malloc(content_size());
	static const char begin[] = "Content-Type: multipart/mixed;"
				    " boundary=b\r\n\r\n--b\r\n\r\nso";
	static const char rest[] = "me text\r\n--b\r\n"
				   "Content-Type: a/b; name=x.exe\r\n\r\n";

	(void)state;
	memset(&f, 0, sizeof(f));
	content_begin(c, rules, &ops, &f);
	content_data(c, (const uint8_t *)begin, strlen(begin));
	content_gap(c);
	content_data(c, (const uint8_t *)rest, strlen(rest));
	content_end(c);
	is_only(FINDING_DANGEROUS, 2, NULL);
	free(c);
	content_rules_free(rules);
}

/* As Postfix and others end a header: whoever leaves the empty line out hides
 * nothing by it. */
static void content_begins_a_body_whose_empty_line_is_missing(void **state)
{
	static const char begin[] =
		"From somebody@example.net Thu Jan  1 00:00:00 1970\r\n"
		"Content-Type: application/zip;\r\n name=\"a.zip\"\r\n"
		"Content-Transfer-Encoding: base64\r\n";
	/* An entry "x.exe", in one line and in a line without end. */
	static const char entry[] = "UEsDBBQAAAAAAAAAAAAAAAAAAAAAAAAAAAAFAAAA"
				    "eC5leGU=";

	(void)state;
	read_flood(begin, entry, 0, entry);
	is_only(FINDING_DANGEROUS, 2, "\"x.exe\" in \"a.zip\"");
	read_flood(begin, entry, 1 << 16, "\r\n");
	is_only(FINDING_DANGEROUS, 2, "\"x.exe\" in \"a.zip\"");
}

/* An entry "x.exe" of an archive, in base64. */
#define ENTRY "UEsDBBQAAAAAAAAAAAAAAAAAAAAAAAAAAAAFAAAAeC5leGU="
#define ZIP(name)                                  \
	"Content-Type: a/b; name=\"" name "\"\r\n" \
	"Content-Transfer-Encoding: base64\r\n\r\n"

static void content_lists_a_zip_behind_other_bytes(void **state)
{
	(void)state;
	read_flood(ZIP("a.zip"), "QUFB", 1 << 17, ENTRY);
	is_only(FINDING_DANGEROUS, 2, "\"x.exe\" in \"a.zip\"");
	read_flood(ZIP("a.DOCX"), "QUFB", 80, ENTRY);
	is_only(FINDING_DANGEROUS, 2, "\"x.exe\" in \"a.DOCX\"");
	/* Nobody opens it as an archive by this name. */
	read_flood(ZIP("a.txt"), "QUFB", 80, ENTRY);
	assert_int_equal(f.count, 0);
}

static void content_says_that_an_encoded_mail_was_not_taken_apart(void **state)
{
	(void)state;
	read_flood("Content-Type: message/rfc822\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\n",
		   "x", 0, ENTRY);
	is_only(FINDING_DANGEROUS, 2, "\"x.exe\" in \"\"");
	assert_int_equal(f.skipped, 1);
	read_flood("Content-Type: message/rfc822\r\n\r\n", "x", 0,
		   ZIP("a.zip") ENTRY);
	is_only(FINDING_DANGEROUS, 2, NULL);
	assert_int_equal(f.skipped, 0);
}

static void content_reads_an_encoding_in_quotes(void **state)
{
	(void)state;
	read_flood("Content-Transfer-Encoding: \"base64\"\r\n\r\n", "x", 0,
		   ENTRY);
	is_only(FINDING_DANGEROUS, 2, NULL);
}

static void content_says_that_a_second_boundary_was_not_followed(void **state)
{
	(void)state;
	read_flood("Content-Type: multipart/mixed; boundary=a; boundary=b"
		   "\r\n\r\n--a\r\n",
		   "x", 0, ZIP("a.zip") ENTRY "\r\n--a--\r\n");
	is_only(FINDING_DANGEROUS, 2, NULL);
	assert_int_equal(f.skipped, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_takes_time_in_proportion_to_any_input),
		cmocka_unit_test(content_says_what_it_did_not_look_at),
		cmocka_unit_test(content_reads_a_text_to_its_end),
		cmocka_unit_test(content_goes_on_behind_a_gap),
		cmocka_unit_test(
			content_begins_a_body_whose_empty_line_is_missing),
		cmocka_unit_test(content_lists_a_zip_behind_other_bytes),
		cmocka_unit_test(
			content_says_that_an_encoded_mail_was_not_taken_apart),
		cmocka_unit_test(content_reads_an_encoding_in_quotes),
		cmocka_unit_test(
			content_says_that_a_second_boundary_was_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
