/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that archives list, from headers as RAR, 7-Zip and Outlook write them.
 */
#include "sensors/content/scan.h"
#include "tests/support/test.h"

struct names {
	char text[8][64];
	enum scan_found what[8];
	size_t count;
};

static void note(void *ctx, enum scan_found what, const uint8_t *text,
		 size_t len)
{
	struct names *names = ctx;

	assert_true(names->count < 8 && len < 64);
	if (len)
		memcpy(names->text[names->count], text, len);
	names->text[names->count][len] = '\0';
	names->what[names->count++] = what;
}

/* The file in a copy of its own size, and nothing behind it. */
static struct names scan(unsigned int kind, const uint8_t *bytes, size_t len)
{
	struct names names = { .count = 0 };
	const struct scan_sink sink = { note, &names };
	uint8_t *file = malloc(len);

	assert_non_null(file);
	memcpy(file, bytes, len);
	scan_places(kind, file, len, len, 0, &sink);
	free(file);
	return names;
}

static void is_listed(const struct names *names, size_t number,
		      enum scan_found what, const char *text)
{
	assert_true(names->count > number);
	assert_int_equal(names->what[number], what);
	assert_string_equal(names->text[number], text);
}

static void rar4_lists_its_files(void **state)
{
	static const uint8_t rar[] =
		"Rar!\x1a\x07\0"
		"\xcf\x90\x73\0\0\x0d\0\0\0\0\0\0\0"
		"\x11\x22\x74\x20\x80\x28\0\5\0\0\0\5\0\0\0\2\1\2\3\4"
		"\5\6\7\x08\x1d\x30\x08\0\x20\0\0\0tool.exe"
		"hello"
		"\x11\x22\x74\x24\x80\x2a\0\5\0\0\0\5\0\0\0\2\1\2\3\4"
		"\5\6\7\x08\x1d\x30\x0a\0\x20\0\0\0secret.txt";
	struct names names;

	(void)state;
	names = scan(SCAN_RAR, rar, sizeof(rar) - 1);
	assert_int_equal(names.count, 2);
	is_listed(&names, 0, FOUND_ENTRY, "tool.exe");
	is_listed(&names, 1, FOUND_SEALED, "secret.txt");
}

static void rar5_lists_its_files(void **state)
{
	static const uint8_t rar[] =
		"Rar!\x1a\x07\1\0"
		"\x33\x92\xb5\xe5\x0a\1\5\6\0\5\1\1\x80\x80\0"
		/* checksum, size 0x1e, file, data follows, 5 of it */
		"\1\2\3\4\x1e\2\2\5\6\5\x20"
		"\1\2\3\4\5\6\7\x08\x80\0\1\x0c"
		"in/tool.scr!"
		"hello";
	struct names names;

	(void)state;
	names = scan(SCAN_RAR, rar, sizeof(rar) - 1);
	assert_int_equal(names.count, 1);
	is_listed(&names, 0, FOUND_ENTRY, "in/tool.scr!");
}

static void rar_that_hides_its_list_says_so(void **state)
{
	static const uint8_t old[] = "Rar!\x1a\x07\0\xce\x99\x73\x80\0\x0d\0"
				     "\0\0\0\0\0\0";
	static const uint8_t new[] = "Rar!\x1a\x07\1\0\1\2\3\4\x21\4\0\0\0";
	struct names names;

	(void)state;
	names = scan(SCAN_RAR, new, sizeof(new) - 1);
	assert_int_equal(names.count, 1);
	is_listed(&names, 0, FOUND_SEALED, "");
	names = scan(SCAN_RAR, old, sizeof(old) - 1);
	assert_int_equal(names.count, 1);
	is_listed(&names, 0, FOUND_SEALED, "");
}

static void sevenzip_lists_what_is_not_packed(void **state)
{
	static const uint8_t file[] =
		"7z\xbc\xaf\x27\x1c\0\4....................\0\0\0\0\0\0"
		"\1\4\6\0\1\5\1\x11\x1b\0a\0.\0e\0x\0e\0\0\0"
		"b\0.\0t\0x\0t\0\0\0\0\0";
	struct names names;

	(void)state;
	names = scan(SCAN_SEVENZIP, file, sizeof(file) - 1);
	assert_int_equal(names.count, 3);
	is_listed(&names, 0, FOUND_SEALED, "");
	is_listed(&names, 1, FOUND_ENTRY, "a.exe");
	is_listed(&names, 2, FOUND_ENTRY, "b.txt");
}

static void tnef_lists_its_attachments(void **state)
{
	static const uint8_t file[] =
		"\x78\x9f\x3e\x22\1\0"
		"\2\x10\x80\1\0\x0d\0\0\0INVOIC~1.EXE\0\1\2"
		"\2\5\x90\6\0\x20\0\0\0\1\0\0\0\x1e\0\x07\x37\1\0\0\0"
		"\x0c\0\0\0invoice.exe\0";
	struct names names;

	(void)state;
	names = scan(SCAN_TNEF, file, sizeof(file) - 1);
	assert_int_equal(names.count, 2);
	is_listed(&names, 0, FOUND_ENTRY, "INVOIC~1.EXE");
	is_listed(&names, 1, FOUND_ENTRY, "invoice.exe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rar4_lists_its_files),
		cmocka_unit_test(rar5_lists_its_files),
		cmocka_unit_test(rar_that_hides_its_list_says_so),
		cmocka_unit_test(sevenzip_lists_what_is_not_packed),
		cmocka_unit_test(tnef_lists_its_attachments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
