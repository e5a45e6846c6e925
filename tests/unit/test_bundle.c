/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "ctl/warden/conf/bundle.h"
#include "ctl/warden/conf/confbytes.h"
#include "tests/support/test.h"

static struct bundle two_files(void)
{
	struct bundle b = { 0 };

	assert_int_equal(bundle_add(&b, "/etc/a", "one\n12 7\n\0two", 13), 0);
	assert_int_equal(bundle_add(&b, "/etc/b", "", 0), 0);
	return b;
}

/* What it wrote, for free(). */
static char *written(const struct bundle *b, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	assert_int_equal(bundle_write(b, out), 0);
	fclose(out);
	return text;
}

static void bundle_reads_back_what_it_wrote(void **state)
{
	struct bundle b = two_files(), back = { 0 };
	size_t size, len;
	char *text = written(&b, &size), *copy;
	FILE *in = fmemopen(text, size, "r");

	(void)state;
	assert_int_equal(bundle_read(&back, in), 0);
	fclose(in);
	assert_int_equal(back.count, 2);
	copy = bundle_copy(&back, "/etc/a", &len);
	assert_int_equal(len, 13);
	assert_memory_equal(copy, "one\n12 7\n\0two", 13);
	free(copy);
	copy = bundle_copy(&back, "/etc/b", &len);
	assert_non_null(copy);
	assert_int_equal(len, 0);
	free(copy);
	assert_null(bundle_copy(&back, "/etc/c", &len));
	bundle_fini(&back);
	bundle_fini(&b);
	free(text);
}

static void bundle_takes_no_part_of_one(void **state)
{
	struct bundle b = two_files();
	size_t size;
	char *text = written(&b, &size);

	(void)state;
	for (size_t cut = 1; cut < size; cut++) {
		struct bundle back = { 0 };
		FILE *in = fmemopen(text, cut, "r");

		assert_int_equal(bundle_read(&back, in), -EBADMSG);
		assert_int_equal(back.count, 0);
		fclose(in);
	}
	bundle_fini(&b);
	free(text);
}

static void bundle_has_bounds(void **state)
{
	static char wrong[] = "files 1\n1 9999999\na";
	struct bundle b = { 0 };
	FILE *in = fmemopen(wrong, sizeof(wrong) - 1, "r");

	(void)state;
	assert_int_equal(bundle_read(&b, in), -EBADMSG);
	fclose(in);
	for (unsigned int i = 0; i < BUNDLE_FILES_MAX; i++)
		assert_int_equal(bundle_add(&b, "/etc/a", "x", 1), 0);
	assert_int_equal(bundle_add(&b, "/etc/a", "x", 1), -E2BIG);
	bundle_fini(&b);
}

static void bundle_stands_in_for_the_files(void **state)
{
	struct bundle b = two_files();
	struct findings findings;
	size_t len;
	char *text;

	(void)state;
	b.is_source = true;
	findings_init(&findings, "/etc/a");
	findings.bundle = &b;
	text = confbytes_read("/etc/a", &len, &findings);
	assert_int_equal(len, 13);
	free(text);
	/* Not even one that there is. */
	assert_null(confbytes_read("/etc/passwd", &len, &findings));
	assert_int_equal(findings.errors, 1);
	bundle_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundle_reads_back_what_it_wrote),
		cmocka_unit_test(bundle_takes_no_part_of_one),
		cmocka_unit_test(bundle_has_bounds),
		cmocka_unit_test(bundle_stands_in_for_the_files),
	};

	return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
