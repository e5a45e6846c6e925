/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/warden/conf/conffile.h"
#include "tests/support/samples.h"
#include "tests/support/test.h"

/* Its findings, as posternd writes them, or "" where there are none. */
static char *findings_of(const char *text, size_t len)
{
	struct findings findings;
	struct config *config;
	char *said = NULL;
	size_t said_len;
	FILE *out = open_memstream(&said, &said_len);

	assert_non_null(out);
	findings_init(&findings, "f");
	config = conffile_parse(text, len, &findings);
	assert_int_equal(config == NULL, findings.errors > 0);
	config_free(config);
	findings_write(&findings, out);
	fclose(out);
	return said;
}

static void assert_says(const char *text, const char *expected)
{
	char *said = findings_of(text, strlen(text));

	assert_string_equal(said, expected);
	free(said);
}

/* The samples leave the file's name out. */
static void judge(const char *text, size_t len, FILE *out)
{
	char *said = findings_of(text, len);

	for (char *line = strtok(said, "\n"); line; line = strtok(NULL, "\n"))
		fprintf(out, "%s\n",
			line + (strncmp(line, "f: ", 3) == 0 ? 3 : 2));
	free(said);
}

static void conffile_says_what_is_wrong_with_a_text(void **state)
{
	(void)state;
	samples_run("conf/syntax.txt", judge);
}

static void conffile_says_which_word_was_meant(void **state)
{
	(void)state;
	samples_run("conf/words.txt", judge);
}

static void conffile_says_what_is_wrong_with_a_value(void **state)
{
	(void)state;
	samples_run("conf/values.txt", judge);
	samples_run("conf/zones.txt", judge);
	samples_run("conf/servers.txt", judge);
}

static void conffile_shows_no_byte_that_a_terminal_obeys(void **state)
{
	(void)state;
	assert_says("zone \"out\033[2Jside\" { }",
		    "f:1: the byte \\x1b is no text; is this a"
		    " postern.conf?\n");
	assert_says("\n\ncapacity = \3775",
		    "f:3: unexpected character '\\xff'; put a value that needs"
		    " it into quotes\n");
	assert_says("policy { mode = \"\303\244\" }",
		    "f:1: policy: mode \"\\xc3\\xa4\" is not known; write"
		    " \"observe\", \"alarm\" or \"enforce\"\n");
	assert_says("zone \"dm\303\" { interfaces = {e} }\n"
		    "server \"m\" { addresses = {192.0.2.1} zone = dm }",
		    "f:1: zone \"dm\\xc3\": this name becomes part of the"
		    " kernel's names; let it begin with a letter and have only"
		    " a-z, 0-9, \"-\", \"_\" and \".\"\n"
		    "f:2: server \"m\": zone \"dm\" is not known; did you"
		    " mean \"dm\\xc3\"?\n");
	assert_says(
		"\"\303\244\" = 5 capacity = x",
		"f:1: unknown word \"\\xc3\\xa4\"; known here are state,"
		" log_group, capacity, zone, server, admin, never_ban,"
		" feed, sensor, policy, shared, alarms, guard, records, control\n"
		"f:1: capacity \"x\" is not a number from 1 to 16000000\n");
}

static void conffile_takes_text_that_editors_leave(void **state)
{
	(void)state;
	assert_says("\357\273\277capacity = 5\r\n# end", "");
	assert_says("# a comment alone", "");
	assert_says("// a comment\n/* and \n another */ capacity = 5\n//", "");
	assert_says("admin = {\"10.0.0.0/8\", # office\n // home\n"
		    "  \"192.0.2.0/24\", /* old */ }\ncapacity = x",
		    "f:4: capacity \"x\" is not a number from 1 to"
		    " 16000000\n");
}

static void conffile_refuses_bytes_that_are_no_text(void **state)
{
	static const char with_nul[] = "capacity = 5\n\0capacity = 6";
	char *said = findings_of(with_nul, sizeof(with_nul) - 1);

	(void)state;
	assert_string_equal(said, "f:2: the byte \\x00 is no text; is this a"
				  " postern.conf?\n");
	free(said);
	said = findings_of("", 0);
	assert_string_equal(said, "f: the file is empty; see"
				  " postern.conf(5)\n");
	free(said);
}

/* COUNT pieces, each with its number, between HEAD and TAIL. */
static char *repeat(const char *head, const char *piece, int count,
		    const char *tail)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	fputs(head, out);
	for (int i = 1; i <= count; i++) {
		for (const char *c = piece; *c; c++) {
			if (*c == '@')
				fprintf(out, "%d", i);
			else
				fputc(*c, out);
		}
	}
	fputs(tail, out);
	fclose(out);
	return text;
}

#define SERVER "server \"m\" { addresses = {\"192.0.2.1\"} zone = \"host\" "

static const struct bound {
	const char *head, *piece, *tail;
	int count; /* that it holds */
	const char *expected; /* of one more */
} bounds[] = {
	{ "", "zone \"z@\" { interfaces = {\"e@\"} } ", "", CONFIG_ZONES_MAX,
	  "zone \"z17\": one zone too many; postern holds at most 16" },
	{ "", "server \"m@\" { addresses = {\"192.0.2.@\"} zone = \"host\" }",
	  "", CONFIG_SERVERS_MAX,
	  "server \"m65\": one server too many; postern guards at most 64" },
	{ "", "feed \"f@\" { path = \"/f@\" } ", "", CONFIG_FEEDS_MAX,
	  "feed \"f17\": one feed too many; postern reads at most 16" },
	{ "", "sensor \"s@\" { interface = \"e@\" } ", "", CONFIG_SENSORS_MAX,
	  "sensor \"s17\": one sensor too many; postern holds at most 16" },
	{ SERVER, "service \"s@\" { from = {\"host\"} port = @ } ", "}",
	  CONFIG_SERVICES_MAX,
	  "server \"m\": service \"s17\": one service too many; a server has"
	  " at most 16" },
	{ SERVER, "egress \"s@\" { to = {\"host\"} port = @ } ", "}",
	  CONFIG_SERVICES_MAX,
	  "server \"m\": egress \"s17\": one egress too many; a server has at"
	  " most 16" },
	{ SERVER "public = {", "\"198.51.100.@\",", "} }", CONFIG_ADDRESSES_MAX,
	  "server \"m\": public has 17 values; postern holds at most 16" },
	{ SERVER "domains = {", "d@.example,", "} }", CONFIG_DOMAINS_MAX,
	  "server \"m\": domains has 33 values; postern holds at most 32" },
	{ SERVER "service \"smtp\" { from = {", "10.0.0.@,", "} } }",
	  CONFIG_PARTIES_MAX,
	  "server \"m\": service \"smtp\": from has 17 values; postern holds at"
	  " most 16" },
	{ "policy { terms = {", "@m,", "} }", CONFIG_TERMS_MAX,
	  "policy: terms has 9 values; postern holds at most 8" },
};

static void conffile_names_the_limit_of_what_there_is_too_much_of(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		const struct bound *b = &bounds[i];
		char *text = repeat(b->head, b->piece, b->count, b->tail);
		char expected[200];

		assert_says(text, "");
		free(text);
		text = repeat(b->head, b->piece, b->count + 1, b->tail);
		snprintf(expected, sizeof(expected), "f:1: %s\n", b->expected);
		assert_says(text, expected);
		free(text);
	}
}

static void conffile_tells_no_more_than_it_has_room_for(void **state)
{
	char *text = repeat("", "zone \"Z@\" { interfaces = {lo} }\n", 16,
			    "policy { threshold = 0 }\n");
	char *said = findings_of(text, strlen(text));

	(void)state;
	assert_non_null(strstr(said, "f:16: zone \"Z16\": "));
	assert_non_null(strstr(said, "f: and 1 more like these\n"));
	free(said);
	free(text);
	/* Each is taken out and the rest read again, up to an end. */
	text = repeat("", "wrong@ = 5\n", 1000, "");
	said = findings_of(text, strlen(text));
	assert_non_null(strstr(said, "f:32: unknown word \"wrong32\""));
	assert_null(strstr(said, "f:33:"));
	assert_non_null(strstr(said, "f: there may be more\n"));
	free(said);
	free(text);
}

static void conffile_holds_long_lists(void **state)
{
	char *text = repeat("never_ban = {\n", "\"2001:db8:@::/64\",\n", 9999,
			    "}\nadmin = {\"10.0.0.0/33\"}\n");

	(void)state;
	assert_says(text, "f:10002: admin \"10.0.0.0/33\" is no address or"
			  " network; write such as \"192.0.2.25\","
			  " \"192.0.2.0/24\" or \"2001:db8::/32\"\n");
	free(text);
	text = repeat("", "zone \"z@\" { }", 9000, "");
	assert_says(text, "f:1: there are more sections and lists above this"
			  " line than postern can hold\n");
	free(text);
	text = repeat("state = \"/", "a", 1001, "\"");
	assert_says(text, "f:1: a value has at most 1000 characters, this one"
			  " has 1002\n");
	free(text);
}

static void conffile_is_whole_or_wrong_wherever_it_is_cut(void **state)
{
	static const char *const names[] = { "architecture", "whole" };
	char path[512];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len;
		char *text;

		snprintf(path, sizeof(path), "%s/conf/%s.conf", SAMPLES_FOLDER,
			 names[i]);
		text = samples_read(path, &len);
		for (size_t cut = 1; cut <= len; cut++) {
			char *copy = malloc(cut);

			assert_non_null(copy);
			memcpy(copy, text, cut);
			free(findings_of(copy, cut));
			free(copy);
		}
		free(text);
	}
}

static void assert_file_says(const char *path, const char *expected)
{
	struct findings findings;

	findings_init(&findings, path);
	assert_null(conffile_load(path, &findings));
	assert_int_equal(findings.errors, 1);
	assert_string_equal(findings.list[0].text, expected);
}

static void conffile_reads_regular_files_of_a_sane_size_alone(void **state)
{
	char folder[] = "/tmp/test_conffile.XXXXXX";
	char path[64];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_file_says(folder, "this is a folder; name the file in it");
	snprintf(path, sizeof(path), "%s/f", folder);
	assert_file_says(path,
			 "the file cannot be read: No such file or directory");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_file_says(path, "this is no regular file");
	unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), 100 << 20), 0);
	assert_file_says(path, "the file is bigger than 1024 KiB; is this a"
			       " postern.conf?");
	assert_int_equal(ftruncate(fileno(file), 0), 0);
	assert_file_says(path, "the file is empty; see postern.conf(5)");
	fclose(file);
	unlink(path);
	rmdir(folder);
}

static void conffile_warns_of_a_file_that_everyone_may_change(void **state)
{
	char path[] = "/tmp/test_conffile.XXXXXX";
	struct findings findings;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "capacity = 5", 12), 12);
	assert_int_equal(fchmod(fd, 0666), 0);
	close(fd);
	findings_init(&findings, "f");
	config_free(conffile_load(path, &findings));
	unlink(path);
	assert_int_equal(findings.errors, 0);
	assert_int_equal(findings.warnings, 1);
	assert_string_equal(findings.list[0].text,
			    "everyone may change this file; run chmod o-w on"
			    " it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conffile_says_what_is_wrong_with_a_text),
		cmocka_unit_test(conffile_says_which_word_was_meant),
		cmocka_unit_test(conffile_says_what_is_wrong_with_a_value),
		cmocka_unit_test(conffile_shows_no_byte_that_a_terminal_obeys),
		cmocka_unit_test(conffile_takes_text_that_editors_leave),
		cmocka_unit_test(conffile_refuses_bytes_that_are_no_text),
		cmocka_unit_test(
			conffile_names_the_limit_of_what_there_is_too_much_of),
		cmocka_unit_test(conffile_tells_no_more_than_it_has_room_for),
		cmocka_unit_test(conffile_holds_long_lists),
		cmocka_unit_test(conffile_is_whole_or_wrong_wherever_it_is_cut),
		cmocka_unit_test(
			conffile_reads_regular_files_of_a_sane_size_alone),
		cmocka_unit_test(
			conffile_warns_of_a_file_that_everyone_may_change),
	};

	return cmocka_run_group_tests_name("conffile", tests, NULL, NULL);
}
