/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "ctl/core/lines.h"
#include "ctl/warden/alteration.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

/* echo -n abc | sha256sum */
#define ABC	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

#define HEARD_MAX 4096

struct heard {
	struct act acts[HEARD_MAX];
	size_t count;
};

static void hear(void *ctx, const struct act *act)
{
	struct heard *h = ctx;

	assert_true(h->count < HEARD_MAX);
	assert_int_equal(act->kind, ACT_CONFIG);
	h->acts[h->count++] = *act;
}

static struct bundle one_file(const char *path, const char *text)
{
	struct bundle b = { 0 };

	assert_int_equal(bundle_add(&b, path, text, strlen(text)), 0);
	return b;
}

static struct heard *tell(struct bundle before, struct bundle now)
{
	struct heard *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	alteration_tell(&before, &now, 7, hear, h);
	bundle_fini(&before);
	bundle_fini(&now);
	return h;
}

static void is_act(const struct act *act, const char *name, uint64_t count,
		   const char *reason)
{
	assert_string_equal(act->name, name);
	assert_int_equal(act->count, count);
	assert_string_equal(act->reason, reason);
	assert_string_equal(act->file, "a.conf");
	assert_int_equal(act->config_id, 7);
}

static void alteration_of_none_is_the_hash_alone(void **state)
{
	struct heard *h = tell(one_file("/etc/a.conf", "abc"),
			       one_file("/etc/a.conf", "abc"));

	(void)state;
	assert_int_equal(h->count, 1);
	is_act(&h->acts[0], "file", 3, ABC "  /etc/a.conf");
	free(h);
}

static void alteration_tells_the_lines_that_differ(void **state)
{
	struct heard *h = tell(one_file("/etc/a.conf", "one\ntwo\nthree\n"),
			       one_file("/etc/a.conf", "one\n2\n\nthree\n"));

	(void)state;
	assert_int_equal(h->count, 5);
	assert_string_equal(h->acts[0].name, "before");
	assert_string_equal(h->acts[1].name, "file");
	is_act(&h->acts[2], "removed", 2, "two");
	is_act(&h->acts[3], "added", 2, "2");
	is_act(&h->acts[4], "added", 3, "");
	free(h);
}

static void alteration_tells_files_that_come_and_go(void **state)
{
	struct heard *h = tell(one_file("/etc/a.conf", "abc"),
			       one_file("/srv/a.conf", "x\n"));

	(void)state;
	assert_int_equal(h->count, 4);
	assert_string_equal(h->acts[0].name, "file");
	is_act(&h->acts[1], "added", 1, "x");
	is_act(&h->acts[2], "before", 3, ABC "  /etc/a.conf");
	is_act(&h->acts[3], "removed", 1, "abc");
	free(h);
}

static void alteration_cuts_a_long_line_and_a_long_path(void **state)
{
	char line[301], path[101] = "/", all[400] = "";
	struct heard *h;
	size_t len = 0;

	(void)state;
	memset(line, 'x', 300);
	line[127] = 'y';
	line[300] = '\0';
	memset(path + 1, 'p', 92);
	memcpy(path + 93, "/a.conf", 8);
	h = tell(one_file(path, ""), one_file(path, line));
	assert_int_equal(h->count, 5);
	for (size_t i = 2; i < 5; i++) {
		assert_string_equal(h->acts[i].name, i == 2 ? "added" : "more");
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s",
					h->acts[i].reason);
	}
	assert_string_equal(all, line);
	assert_string_equal(h->acts[1].reason + 66,
			    path + strlen(path) - (127 - 66));
	free(h);
}

static void alteration_is_bounded_and_says_what_it_leaves_out(void **state)
{
	char *text = malloc(3000 * 2 + 1);
	struct heard *h;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < 3000; i++)
		memcpy(text + (size_t)2 * (size_t)i, "x\n", 3);
	h = tell(one_file("/etc/a.conf", ""), one_file("/etc/a.conf", text));
	assert_int_equal(h->count, 2 + ALTERATION_LINES_MAX + 1);
	is_act(&h->acts[h->count - 1], "omitted", 3000 - ALTERATION_LINES_MAX,
	       "");
	free(h);
	free(text);
}

/* A text of few different lines, so that many are the same. */
static void random_text(struct random *r, char *out)
{
	uint32_t count = random_below(r, 12);

	*out = '\0';
	for (uint32_t i = 0; i < count; i++)
		out += sprintf(out, "%c\n", 'a' + (char)random_below(r, 4));
}

struct patch {
	const struct lines *old;
	const struct lines *next;
	size_t at; /* in OLD */
	char text[64];
};

static void put(struct patch *p, const char *line)
{
	strncat(p->text, line, lines_length(line) + 1);
}

static void apply(void *ctx, char sign, size_t number)
{
	struct patch *p = ctx;

	if (sign == '-') {
		while (p->at < number)
			put(p, p->old->at[p->at++]);
		p->at++;
		return;
	}
	while (strlen(p->text) / 2 < number)
		put(p, p->old->at[p->at++]);
	put(p, p->next->at[number]);
}

static void lines_that_differ_make_the_one_text_of_the_other(void **state)
{
	struct random r = { { 2, 7, 1 } };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct lines a, b;
		struct patch p = { .old = &a, .next = &b };
		char old[64], next[64];

		random_text(&r, old);
		random_text(&r, next);
		assert_int_equal(lines_split(&a, old), 0);
		assert_int_equal(lines_split(&b, next), 0);
		lines_diff(&a, &b, apply, &p);
		while (p.at < a.count)
			put(&p, a.at[p.at++]);
		assert_string_equal(p.text, next);
		lines_fini(&a);
		lines_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alteration_of_none_is_the_hash_alone),
		cmocka_unit_test(alteration_tells_the_lines_that_differ),
		cmocka_unit_test(alteration_tells_files_that_come_and_go),
		cmocka_unit_test(alteration_cuts_a_long_line_and_a_long_path),
		cmocka_unit_test(
			alteration_is_bounded_and_says_what_it_leaves_out),
		cmocka_unit_test(
			lines_that_differ_make_the_one_text_of_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
