/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctl/warden/check.h"
#include "ctl/warden/conf/conffile.h"
#include "tests/support/samples.h"
#include "tests/support/test.h"

/* A machine with eth0 to eth9 and one port of a bridge. */
static enum host_interface find_interface(const char *name)
{
	if (strcmp(name, "br0p1") == 0)
		return HOST_INTERFACE_BRIDGED;
	return strncmp(name, "eth", 3) == 0 ? HOST_INTERFACE_ROUTED
					    : HOST_INTERFACE_NONE;
}

static int find_group(const char *name, uint32_t *gid)
{
	if (strcmp(name, "postern") != 0)
		return -ENOENT;
	*gid = 990;
	return 0;
}

static bool find_folder(const char *path)
{
	return strncmp(path, "/mnt", 4) != 0;
}

/* Of its own it has these, where a test says so. */
static bool has_addresses;

static size_t list_addresses(struct prefix *out, size_t size)
{
	if (!has_addresses)
		return 0;
	assert_true(size >= 2);
	out[0] = prefix_of("192.0.2.1");
	out[1] = prefix_of("198.51.100.1");
	return 2;
}

static const struct host host = {
	.interface = find_interface,
	.group = find_group,
	.folder = find_folder,
	.addresses = list_addresses,
};

/* The samples leave the file's name out. */
static void judge(const char *text, size_t len, FILE *out)
{
	struct findings findings;
	struct config *config;

	findings_init(&findings, "f");
	config = conffile_parse(text, len, &findings);
	if (config)
		check_config(config, &host, &findings);
	config_free(config);
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *finding = &findings.list[i];

		if (finding->line)
			fprintf(out, "%d: ", finding->line);
		fprintf(out, "%s%s\n",
			finding->is_error ? "" : "warning: ", finding->text);
	}
}

static void check_says_what_is_only_wrong_together(void **state)
{
	(void)state;
	samples_run("conf/together.txt", judge);
}

static void check_says_which_rules_contradict_or_never_match(void **state)
{
	(void)state;
	samples_run("conf/rules.txt", judge);
}

static void check_warns_of_own_addresses_that_are_not_guarded(void **state)
{
	static const char text[] =
		"zone \"outside\" { interfaces = {\"eth0\"} }\n"
		"server \"m\" { addresses = {\"192.0.2.1\"} zone = \"host\""
		" service \"ssh\" { from = {\"outside\"} } }\n"
		"feed \"f\" { path = \"/eve.json\" }\n";
	char said[512] = "";
	FILE *out = fmemopen(said, sizeof(said), "w");

	(void)state;
	assert_non_null(out);
	has_addresses = true;
	judge(text, strlen(text), out);
	has_addresses = false;
	fclose(out);
	assert_string_equal(said,
			    "2: warning: server \"m\": this machine has the "
			    "address 198.51.100.1 too, which no server "
			    "declares: what listens there is not guarded\n");
}

/* What posternd prints of the file NAME of tests/data, which is good. */
static void assert_file_says(const char *name, const char *expected)
{
	struct findings findings;
	struct config *config;
	char path[512];
	char *said = NULL;
	size_t said_len;
	FILE *out = open_memstream(&said, &said_len);

	assert_non_null(out);
	snprintf(path, sizeof(path), "%s/%s", SAMPLES_FOLDER, name);
	findings_init(&findings, "f");
	config = check_load(path, &host, &findings);
	assert_non_null(config);
	config_free(config);
	findings_write(&findings, out);
	fclose(out);
	assert_string_equal(said, expected);
	free(said);
}

static void check_has_nothing_to_say_of_a_good_configuration(void **state)
{
	(void)state;
	assert_file_says("conf/shortest.conf", "");
	assert_file_says("../../scripts/postern.conf", "");
	assert_file_says("conf/architecture.conf", "");
}

static void check_hands_out_nothing_that_has_an_error(void **state)
{
	char path[] = "/tmp/test_confcheck.XXXXXX";
	struct findings findings;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	/* No value of it is wrong alone. */
	assert_int_equal(write(fd, "capacity = 5", 12), 12);
	close(fd);
	findings_init(&findings, path);
	assert_null(check_load(path, &host, &findings));
	unlink(path);
	assert_int_equal(findings.errors, 1);
}

/* The displays of the manual that begin with a zone are whole files. */
static void check_has_nothing_to_say_of_the_manual(void **state)
{
	const char *path = SAMPLES_FOLDER "/../../ctl/warden/postern.conf.5";
	size_t len, said_len;
	char *manual = samples_read(path, &len);
	char *said = NULL;
	FILE *out = open_memstream(&said, &said_len);
	int count = 0;

	(void)state;
	assert_non_null(out);
	for (char *at = manual; (at = strstr(at, "\n.Bd ")); at++) {
		char *text = strchr(at + 1, '\n') + 1;
		char *end = strstr(text, "\n.Ed");

		assert_non_null(end);
		if (strncmp(text, "zone ", 5) != 0)
			continue;
		judge(text, (size_t)(end - text), out);
		count++;
	}
	fclose(out);
	assert_string_equal(said, "");
	assert_int_equal(count, 2);
	free(said);
	free(manual);
}

static void check_finds_the_number_of_the_control_group(void **state)
{
	struct config *config = config_new();
	struct findings findings;

	(void)state;
	assert_non_null(config);
	findings_init(&findings, "f");
	check_config(config, &host, &findings);
	assert_int_equal(config->control.gid, 990);
	config_free(config);
}

static void findings_keep_errors_rather_than_warnings(void **state)
{
	struct findings f;

	(void)state;
	findings_init(&f, "f");
	for (int i = 0; i < FINDINGS_MAX; i++)
		findings_warning(&f, i + 1, "warning %d", i);
	findings_error(&f, 7, "error");
	findings_warning(&f, 8, "one more");
	assert_int_equal(f.count, FINDINGS_MAX);
	assert_int_equal(f.errors, 1);
	assert_int_equal(f.warnings, FINDINGS_MAX + 1);
	/* In the order of lines; what is of one line, as it was found. */
	assert_string_equal(f.list[6].text, "warning 6");
	assert_string_equal(f.list[7].text, "error");
	assert_true(f.list[7].is_error);
	assert_int_equal(f.list[FINDINGS_MAX - 1].line, FINDINGS_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_says_what_is_only_wrong_together),
		cmocka_unit_test(
			check_warns_of_own_addresses_that_are_not_guarded),
		cmocka_unit_test(
			check_says_which_rules_contradict_or_never_match),
		cmocka_unit_test(
			check_has_nothing_to_say_of_a_good_configuration),
		cmocka_unit_test(check_hands_out_nothing_that_has_an_error),
		cmocka_unit_test(check_has_nothing_to_say_of_the_manual),
		cmocka_unit_test(check_finds_the_number_of_the_control_group),
		cmocka_unit_test(findings_keep_errors_rather_than_warnings),
	};

	return cmocka_run_group_tests_name("confcheck", tests, NULL, NULL);
}
