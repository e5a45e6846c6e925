/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answers that outlive postern-resolve, and what a damaged file says. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/wholefile.h"
#include "feeds/senders.h"
#include "feeds/spf.h"
#include "tests/support/test.h"

static struct shared shared;

struct fixture {
	char folder[64];
	struct senders senders;
};

static void name_domains(const char *first, const char *second)
{
	shared = (struct shared){ .widest4 = 12, .widest6 = 28 };
	for (const char *name = first; name; name = second, second = NULL)
		snprintf(shared.domains[shared.domain_count++],
			 CONFIG_DOMAIN_SIZE, "%s", name);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	snprintf(f->folder, sizeof(f->folder), "/tmp/test-senders-XXXXXX");
	name_domains("example.net", "example.org");
	senders_init(&f->senders, &shared);
	return mkdtemp(f->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char path[80];

	snprintf(path, sizeof(path), "%s/" SENDERS_FILE, f->folder);
	unlink(path);
	rmdir(f->folder);
	senders_fini(&f->senders);
	free(f);
	return 0;
}

static bool take(struct fixture *f, uint8_t domain, const char *network,
		 uint64_t now_s)
{
	struct prefixset found;
	struct prefix p;
	bool is_new;

	prefixset_init(&found);
	if (network) {
		p = prefix_of(network);
		assert_int_equal(prefixset_add(&found, &p), 0);
	}
	prefixset_seal(&found);
	is_new = senders_take(&f->senders, domain, &found, now_s);
	assert_int_equal(found.count, 0);
	prefixset_fini(&found);
	return is_new;
}

/* A new life of the program, with the domains as they are declared by now. */
static int live_again(struct fixture *f)
{
	senders_fini(&f->senders);
	senders_init(&f->senders, &shared);
	return senders_load(&f->senders, f->folder);
}

static bool spares(const struct fixture *f, uint8_t domain, const char *address)
{
	struct prefix p = prefix_of(address);

	return prefixset_overlap(&f->senders.good[domain], &p) != NULL;
}

static void put(const struct fixture *f, const char *text)
{
	assert_int_equal(wholefile_save(f->folder, SENDERS_FILE, 0640, text,
					strlen(text)),
			 0);
}

static void an_answer_is_new_when_it_says_something_else(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, 0, NULL, 5));
	assert_false(take(f, 0, NULL, 6));
	assert_true(take(f, 0, "198.18.20.0/24", 7));
	assert_false(take(f, 0, "198.18.20.0/24", 8));
	assert_true(take(f, 0, "198.18.21.0/24", 9));
	assert_int_equal(f->senders.answered_s[0], 9);
	assert_int_equal(f->senders.answered_s[1], 0);
}

static void answers_outlive_the_program(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(live_again(f), -ENOENT);
	take(f, 0, "198.18.20.0/24", 1700000000);
	assert_int_equal(senders_save(&f->senders, f->folder), 0);
	assert_int_equal(live_again(f), 0);
	assert_true(spares(f, 0, "198.18.20.7"));
	assert_int_equal(f->senders.answered_s[0], 1700000000);
	/* Never answered is not the same as answered with nothing. */
	assert_int_equal(f->senders.answered_s[1], 0);
	take(f, 1, NULL, 1700000001);
	assert_int_equal(senders_save(&f->senders, f->folder), 0);
	assert_int_equal(live_again(f), 0);
	assert_true(spares(f, 0, "198.18.20.7"));
	assert_int_equal(f->senders.answered_s[1], 1700000001);
}

static void each_answer_goes_with_its_domain(void **state)
{
	struct fixture *f = *state;

	take(f, 0, "198.18.20.0/24", 5);
	take(f, 1, "2001:db8:7::/48", 6);
	assert_int_equal(senders_save(&f->senders, f->folder), 0);
	name_domains("example.com", "example.org");
	assert_int_equal(live_again(f), 0);
	assert_int_equal(f->senders.answered_s[0], 0);
	assert_false(spares(f, 0, "198.18.20.7"));
	assert_false(spares(f, 1, "198.18.20.7"));
	assert_true(spares(f, 1, "2001:db8:7::1"));
}

static void what_is_too_wide_by_now_spares_nobody(void **state)
{
	struct fixture *f = *state;

	take(f, 0, "198.16.0.0/12", 5);
	take(f, 1, "2001:db8:7::/48", 6);
	assert_int_equal(senders_save(&f->senders, f->folder), 0);
	shared.widest4 = 13;
	assert_int_equal(live_again(f), 0);
	assert_false(spares(f, 0, "198.18.20.7"));
	assert_true(spares(f, 1, "2001:db8:7::1"));
}

static void a_damaged_file_is_said_and_what_is_whole_in_it_counts(void **state)
{
	static const char *const bad[] = {
		"domain example.org",
		"domain example.org 0\nend\n",
		"domain example.org 5\n198.18.30.0/24\n",
		"domain example.org 5\n198.18.30.0/24\ndomain example.com 5\n",
		"domain example.org 5\nnonsense\nend\n",
		"198.18.30.0/24\n",
		"end\n",
		"domain example.org 5\n\nend\n",
	};
	struct fixture *f = *state;
	char text[256];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text),
			 "domain example.net 5\n198.18.20.0/24\nend\n%s",
			 bad[i]);
		put(f, text);
		assert_int_equal(live_again(f), -EBADMSG);
		assert_true(spares(f, 0, "198.18.20.7"));
		assert_int_equal(f->senders.answered_s[1], 0);
	}
}

/* As many as an answer may have, and one more. */
static void a_file_is_as_long_as_an_answer_may_be(void **state)
{
	struct fixture *f = *state;
	const size_t size = (SPF_PREFIXES + 3ul) * 24;
	char *text = malloc(size);
	size_t len;

	for (unsigned int more = 0; more < 2; more++) {
		len = (size_t)snprintf(text, size, "domain example.net 5\n");
		for (unsigned int i = 0; i < SPF_PREFIXES + more; i++)
			len += (size_t)snprintf(text + len, size - len,
						"198.%u.%u.%u\n", i >> 16,
						i >> 8 & 255, i & 255);
		snprintf(text + len, size - len, "end\n");
		put(f, text);
		assert_int_equal(live_again(f), more ? -EBADMSG : 0);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		CASE(an_answer_is_new_when_it_says_something_else),
		CASE(answers_outlive_the_program),
		CASE(each_answer_goes_with_its_domain),
		CASE(what_is_too_wide_by_now_spares_nobody),
		CASE(a_damaged_file_is_said_and_what_is_whole_in_it_counts),
		CASE(a_file_is_as_long_as_an_answer_may_be),
	};

	return cmocka_run_group_tests_name("senders", tests, NULL, NULL);
}
