/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "sensors/content/content.h"
#include "tests/support/random.h"

#define FOUND_MAX 64
struct found {
	struct finding list[FOUND_MAX];
	size_t count;
	uint32_t parts;
	uint32_t skipped;
	uint8_t handed[250000];
	size_t handed_len;
	uint32_t files;
	char file_name[64];
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

static bool on_file_begin(void *ctx, const char *name)
{
	struct found *to = ctx;

	to->files++;
	snprintf(to->file_name, sizeof(to->file_name), "%s", name);
	return true;
}

/* No more of it, once there is no room. */
static bool on_file_data(void *ctx, const uint8_t *bytes, size_t len)
{
	struct found *to = ctx;

	if (len > sizeof(to->handed) - to->handed_len)
		return false;
	memcpy(to->handed + to->handed_len, bytes, len);
	to->handed_len += len;
	return true;
}

static void on_file_end(void *ctx, bool whole)
{
	struct found *to = ctx;

	(void)whole;
	to->files += 100;
}

static const struct content_ops ops = {
	on_found, on_field, on_file_begin, on_file_data, on_file_end,
};

static struct content_rules *usual_rules(void)
{
	size_t count;
	const char *const *endings = content_dangerous(&count);
	struct content_rules *rules = content_rules_new(endings, count, 4711);

	assert_non_null(rules);
	return rules;
}

/* Pieces of at most MOST bytes, at random; each a copy of its own. */
static void read_once(struct found *to, const uint8_t *text, size_t len,
		      size_t most, struct random *r)
{
	struct content_rules *rules = usual_rules();
	struct content *c = malloc(content_size());

	assert_non_null(c);
	memset(to, 0, sizeof(*to));
	content_begin(c, rules, &ops, to);
	for (size_t at = 0, n; at < len; at += n) {
		uint8_t *piece;

		n = most ? 1 + random_below(r, (uint32_t)most) : len;
		if (n > len - at)
			n = len - at;
		piece = malloc(n);
		assert_non_null(piece);
		memcpy(piece, text + at, n);
		content_data(c, piece, n);
		free(piece);
	}
	content_end(c);
	to->parts = content_parts(c);
	to->skipped = content_skipped(c);
	free(c);
	content_rules_free(rules);
}

static void read_bytes(const uint8_t *text, size_t len)
{
	static const size_t mosts[] = { 1, 3, 100, 5000 };
	static struct found again;
	struct random r = { { 1, 2, 3 } };

	read_once(&f, text, len, 0, &r);
	for (size_t i = 0; i < sizeof(mosts) / sizeof(mosts[0]); i++) {
		read_once(&again, text, len, mosts[i], &r);
		assert_memory_equal(&f, &again, sizeof(f));
	}
}

static void read_text(const char *text)
{
	read_bytes((const uint8_t *)text, strlen(text));
}

static char message[400000];

/* A message of one part, with HEADER and BODY. */
static void read_part(const char *header, const char *body)
{
	snprintf(
		message, sizeof(message),
		"From: a@b.example\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/mixed; boundary=\"b-1\"\r\n\r\n"
		"preamble\r\n--b-1\r\n\r\njust text\r\n--b-1\r\n%s\r\n\r\n%s\r\n"
		"--b-1--\r\nepilogue\r\n",
		header, body);
	read_text(message);
}

static void encode(char *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
				     "klmnopqrstuvwxyz0123456789+/";
	size_t column = 0;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)bytes[i] << 16 |
			     (i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0) |
			     (i + 2 < len ? bytes[i + 2] : 0);

		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[v & 63] : '=';
		if ((column += 4) == 76) {
			*out++ = '\r';
			*out++ = '\n';
			column = 0;
		}
	}
	*out = '\0';
}

/* The same, of a file called NAME. */
static void read_file(const char *name, const void *bytes, size_t len)
{
	static char body[300000], header[400];

	encode(body, bytes, len);
	snprintf(header, sizeof(header),
		 "Content-Type: application/octet-stream\r\n"
		 "Content-Transfer-Encoding: base64\r\n"
		 "Content-Disposition: attachment; filename=\"%s\"",
		 name);
	read_part(header, body);
}

static void is_only(enum finding_kind kind, uint8_t severity, const char *text)
{
	assert_int_equal(f.count, 1);
	assert_int_equal(f.list[0].kind, kind);
	assert_int_equal(f.list[0].severity, severity);
	if (text)
		assert_string_equal(f.list[0].text, text);
}

static void content_reads_names_in_every_spelling(void **state)
{
	static const char *const headers[] = {
		"Content-Type: application/x; name=\"tool.exe\"",
		"content-type:application/x;NAME=tool.exe",
		"Content-Type: application/x;\r\n\tname=\r\n\t\"tool.exe\"",
		"Content-Type: application/x; name=my tool.exe",
		"Content-Type: application/x; name=\"a\"; name=\"tool.exe\"",
		"Content-Type: a/b\r\nContent-Disposition: inline;"
		" filename=\"tool.exe\"",
		"Content-Disposition: attachment; filename*=utf-8''tool%2Eexe",
		"Content-Disposition: attachment; filename*=tool%2eexe",
		"Content-Disposition: attachment;\r\n"
		" filename*0*=utf-8'en'to; filename*1=\"ol\";\r\n"
		" filename*2*=%2Eex; filename*3=e",
		"Content-Disposition: attachment; filename*1=\"exe\";"
		" filename*0=\"tool.\"",
		"Content-Disposition: attachment;"
		" filename*0*=tool%; filename*1*=2; filename*2*=Eexe",
		"Content-Disposition: attachment;"
		" filename=\"=?utf-8?B?dG9vbC5leGU=?=\"",
		"Content-Disposition: attachment;"
		" filename=\"=?iso-8859-1?q?to?= =?utf-8?Q?ol=2Eexe?=\"",
		"Content-Disposition: attachment; filename=\"tool.exe.\"",
		"Content-Disposition: attachment; filename=\"tool.exe . \"",
		"Content-Disposition: attachment; filename=\"tool.exe::$DATA\"",
		"Content-Disposition: attachment; filename=\"a.pdf     .exe\"",
		"Content-Disposition: attachment; filename=\"tool.e\\xe\"",
		"Content-Disposition: attachment; filename=\"x;y.exe\"",
		"Content-Disposition: attachment; filename=\"tool.exe",
		"Content-Disposition : attachment; filename=tool.exe",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		read_part(headers[i], "text");
		is_only(FINDING_DANGEROUS, 2, NULL);
	}
}

static void content_takes_the_endings_that_the_standards_name(void **state)
{
	static const char *const endings[] = { "exe", "SCR", "pif",
					       "VbS", "ws",  "wsc" };
	char header[100];

	(void)state;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		snprintf(header, sizeof(header),
			 "Content-Type: a/b; name=\"x.%s\"", endings[i]);
		read_part(header, "text");
		is_only(FINDING_DANGEROUS, 2, NULL);
	}
}

static void content_leaves_honest_names_alone(void **state)
{
	static const char *const headers[] = {
		"Content-Type: a/b; name=\"figures.pdf\"",
		"Content-Type: text/plain; name=\"about tool.exe.txt\"",
		"Content-Type: text/plain; name=\"www.example.com\"",
		"Content-Type: text/plain; name=\"exe\"",
		"Content-Type: a/b; filename=\"tool.exe\"",
		"Content-Type: a/b; names=\"tool.exe\"",
		"X-Name: a/b; name=\"tool.exe\"",
		"Content-Description: a; name=\"tool.exe\"",
		"Content-Type: a/b; name=\"x.exe/readme\"",
		"Content-Type: a/b; name=\"\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		read_part(headers[i], "name=\"tool.exe\" is what I mean");
		assert_int_equal(f.count, 0);
	}
}

static void content_knows_files_by_their_first_bytes(void **state)
{
	static uint8_t program[4096] = "MZ";
	static const uint8_t elf[] = "\x7f"
				     "ELF\x02\x01\x01";
	static const uint8_t link[] = "\x4c\0\0\0\x01\x14\x02\0";
	static const uint8_t text[] = "MZ is how my letter begins, and it goes"
				      " on for some time, with nothing in it"
				      " but words.";
	static uint8_t disc[40000];

	(void)state;
	program[60] = 0x80;
	memcpy(program + 0x80, "PE\0\0", 4);
	read_file("doc.pdf", program, sizeof(program));
	is_only(FINDING_DANGEROUS, 1, "\"doc.pdf\" is a Windows program");
	read_file("doc.pdf", elf, sizeof(elf));
	is_only(FINDING_DANGEROUS, 1, "\"doc.pdf\" is an ELF program");
	read_file("doc", link, sizeof(link));
	is_only(FINDING_DANGEROUS, 1, "\"doc\" is a shortcut");
	read_file("doc", "#!/bin/sh\n", 10);
	is_only(FINDING_DANGEROUS, 1, "\"doc\" is a script");
	read_file("doc.txt", text, sizeof(text) - 1);
	assert_int_equal(f.count, 0);
	memcpy(disc + 32769, "CD001", 5);
	read_file("movie.dat", disc, sizeof(disc));
	is_only(FINDING_DANGEROUS, 1, "\"movie.dat\" is an image of a disc");
	read_file("www.example.com", program, sizeof(program));
	is_only(FINDING_DANGEROUS, 1, NULL);
	read_file("run.com", "\xe9\x00\x01", 3);
	is_only(FINDING_DANGEROUS, 2, NULL);
}

static size_t put_entry(uint8_t *at, const char *name, unsigned int flags,
			size_t data)
{
	size_t len = strlen(name);

	memcpy(at, "PK\x03\x04\x14\0", 6);
	memset(at + 6, 0, 24);
	at[6] = (uint8_t)flags;
	at[8] = 8;
	at[26] = (uint8_t)len;
	memcpy(at + 30, name, len);
	memset(at + 30 + len, 0xaa, data);
	return 30 + len + data;
}

static void content_lists_archives(void **state)
{
	static uint8_t zip[200000];
	size_t len;

	(void)state;
	len = put_entry(zip, "readme.txt", 0, 70000);
	len += put_entry(zip + len, "in/tool.exe", 0, 1000);
	len += put_entry(zip + len, "other.exe", 0, 1000);
	read_file("a.zip", zip, len);
	is_only(FINDING_DANGEROUS, 2, "\"tool.exe\" in \"a.zip\"");
	assert_int_equal(f.parts, 6);
	len = put_entry(zip, "secret.txt", 1, 100);
	read_file("a.zip", zip, len);
	is_only(FINDING_SEALED, 3, "\"a.zip\" cannot be looked into");
	len = put_entry(zip, "word/vbaProject.bin", 0, 100);
	read_file("a.docm", zip, len);
	is_only(FINDING_ACTIVE, 2, "macros in \"a.docm\"");
	len = put_entry(zip, "www.example.com", 0, 100);
	read_file("sites.zip", zip, len);
	assert_int_equal(f.count, 0);
}

static void put_directory(uint8_t *at, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		at[2 * i] = (uint8_t)name[i];
	at[64] = (uint8_t)(2 * len + 2);
	at[66] = 1;
	at[67] = 1;
}

static void content_lists_ole_files(void **state)
{
	static uint8_t ole[8192];

	(void)state;
	memcpy(ole, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	put_directory(ole + 4096, "Root Entry");
	put_directory(ole + 4096 + 128, "WordDocument");
	read_file("a.doc", ole, sizeof(ole));
	assert_int_equal(f.count, 0);
	put_directory(ole + 7168 + 256, "_VBA_PROJECT");
	read_file("a.doc", ole, sizeof(ole));
	is_only(FINDING_ACTIVE, 2, "macros in \"a.doc\"");
}

static void content_tells_pages_that_run_something(void **state)
{
	(void)state;
	read_part("Content-Type: text/html",
		  "<p>hi</p><SCRIPT src=\"x\"></script>");
	is_only(FINDING_ACTIVE, 3, NULL);
	read_part("Content-Type: text/html; name=page.html",
		  "<p>hi</p><applet code=x>");
	is_only(FINDING_ACTIVE, 2, "Java applet in \"page.html\"");
	read_part("Content-Type: text/html\r\n"
		  "Content-Transfer-Encoding: quoted-printable",
		  "<p>hi<=\r\n=73cript>");
	is_only(FINDING_ACTIVE, 3, NULL);
	read_part("Content-Type: text/html",
		  "<p>hi</p><script type=\"application/ld+json\">{}</script>");
	assert_int_equal(f.count, 0);
	read_part("Content-Type: text/plain", "write <script> there");
	assert_int_equal(f.count, 0);
}

static const char *eicar(void)
{
	static char text[80];

	snprintf(text, sizeof(text), "%s%s", "X5O!P%@AP[4\\PZX54(P^)7CC)7}",
		 "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
	return text;
}

static void content_finds_the_test_virus(void **state)
{
	static char quoted[200];

	(void)state;
	read_file("readme.txt", eicar(), strlen(eicar()));
	is_only(FINDING_MALWARE, 1, "EICAR test file");
	read_part("Content-Type: text/plain", eicar());
	is_only(FINDING_MALWARE, 1, NULL);
	snprintf(quoted, sizeof(quoted), "=58%.30s=\r\n%s", eicar() + 1,
		 eicar() + 31);
	read_part("Content-Type: text/plain\r\n"
		  "Content-Transfer-Encoding: Quoted-Printable",
		  quoted);
	is_only(FINDING_MALWARE, 1, NULL);
	snprintf(message, sizeof(message), "Subject: x\r\n\r\n%s\r\n", eicar());
	read_text(message);
	is_only(FINDING_MALWARE, 1, NULL);
}

static void content_looks_into_parts_of_parts(void **state)
{
	(void)state;
	read_part("Content-Type: message/rfc822",
		  "Subject: inner\r\nContent-Type: multipart/mixed;"
		  " boundary=b2\r\n\r\n--b2\r\n"
		  "Content-Type: a/b; name=x.exe\r\n\r\ntext\r\n--b2--");
	is_only(FINDING_DANGEROUS, 2, NULL);
	read_part("Content-Type: multipart/related; boundary=\"b-1x\"",
		  "--b-1x\r\n\r\nfirst\r\n--b-1x--\r\n\r\n--b-1\r\n"
		  "Content-Type: a/b; name=x.exe\r\n\r\ntext");
	is_only(FINDING_DANGEROUS, 2, NULL);
	/* Comments hide no boundary. */
	read_part(
		"Content-Type: multipart/mixed; (x\\); (\") y) boundary=b2 (z)",
		"--b2\r\nContent-Type: a/b; name(c)= (c) x.exe\r\n\r\ntext\r\n"
		"--b2--");
	is_only(FINDING_DANGEROUS, 2, NULL);
	read_part("Content-Type: a/b; name=x (.exe", "text");
	is_only(FINDING_DANGEROUS, 2, NULL);
	read_part("Content-Type: a/b; name=x(1).exe", "text");
	is_only(FINDING_DANGEROUS, 2, "attachment \"x(1).exe\"");
	/* A line that only looks like a boundary parts nothing. */
	read_part("Content-Type: text/plain",
		  "--b-1y\r\nContent-Type: a/b; name=x.exe\r\n\r\ntext");
	assert_int_equal(f.count, 0);
	/* Blanks behind a boundary are allowed, and LF alone is common. */
	read_text("Content-Type: multipart/mixed; boundary=b\n\n--b \t\n"
		  "Content-Type: a/b; name=x.exe\n\ntext\n--b--\n");
	is_only(FINDING_DANGEROUS, 2, NULL);
	/* Behind the end, where some programs go on. */
	read_text("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
		  "\r\ntext\r\n--b--\r\nname=y.exe\r\n--b\r\n"
		  "Content-Type: a/b; name=x.exe\r\n\r\ntext\r\n");
	is_only(FINDING_DANGEROUS, 2, "attachment \"x.exe\"");
	/* A header that the next boundary cuts off. */
	read_text("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
		  "Content-Type: a/b; name=x.exe\r\n--b--\r\n");
	is_only(FINDING_DANGEROUS, 2, NULL);
}

static void content_knows_uuencode(void **state)
{
	(void)state;
	read_text("Subject: x\r\n\r\nhello\r\nbegin 644 tool.exe\r\nM35J0\r\n");
	is_only(FINDING_DANGEROUS, 2, "uuencoded \"tool.exe\"");
	read_text("Subject: x\r\n\r\nlet us begin 644 tool.exe\r\n");
	assert_int_equal(f.count, 0);
}

static void content_sees_names_written_backwards(void **state)
{
	(void)state;
	read_part("Content-Type: a/b; name=\"invoice_\xe2\x80\xae"
		  "fdp.doc\"",
		  "text");
	is_only(FINDING_DANGEROUS, 1, NULL);
}

/* Beyond what postern itself looks at, too. */
static void content_hands_files_on_as_they_were(void **state)
{
	static uint8_t bytes[66000];
	static char body[100000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	encode(body, bytes, sizeof(bytes));
	read_part("Content-Type: application/x; name=\"a.bin\"\r\n"
		  "Content-Transfer-Encoding: base64",
		  body);
	assert_int_equal(f.files, 101); /* begun, and ended */
	assert_string_equal(f.file_name, "a.bin");
	assert_int_equal(f.handed_len, sizeof(bytes));
	assert_memory_equal(f.handed, bytes, sizeof(bytes));
	read_part("Content-Type: text/plain", "what people write");
	assert_int_equal(f.files, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_reads_names_in_every_spelling),
		cmocka_unit_test(
			content_takes_the_endings_that_the_standards_name),
		cmocka_unit_test(content_leaves_honest_names_alone),
		cmocka_unit_test(content_knows_files_by_their_first_bytes),
		cmocka_unit_test(content_lists_archives),
		cmocka_unit_test(content_lists_ole_files),
		cmocka_unit_test(content_tells_pages_that_run_something),
		cmocka_unit_test(content_finds_the_test_virus),
		cmocka_unit_test(content_looks_into_parts_of_parts),
		cmocka_unit_test(content_knows_uuencode),
		cmocka_unit_test(content_sees_names_written_backwards),
		cmocka_unit_test(content_hands_files_on_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
