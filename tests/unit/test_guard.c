/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <errno.h>

#include "nft/guard.h"

struct fixture {
	struct config *config;
	struct guard *guard;
};

static void protect(struct prefixset *set, const char *text)
{
	struct prefix p = prefix_of(text);

	assert_int_equal(prefixset_add(set, &p), 0);
}

static int set_up(void **state)
{
	static struct fixture f;
	struct server *server;

	f.config = config_new();
	assert_non_null(f.config);
	server = &f.config->servers[f.config->server_count++];
	server->addresses[server->address_count++] = prefix_of("192.0.2.25");
	server->publics[server->public_count++] = prefix_of("198.51.100.25");
	protect(&f.config->admin, "10.0.9.0/24");
	protect(&f.config->never_ban, "2001:db8:ff::/48");
	prefixset_seal(&f.config->admin);
	prefixset_seal(&f.config->never_ban);
	assert_int_equal(guard_new(&f.guard, f.config), 0);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	guard_free(f->guard);
	config_free(f->config);
	return 0;
}

static int ask(const struct fixture *f, const char *text, uint64_t left_ms,
	       struct prefix *because)
{
	const struct order order = {
		.kind = ORDER_ADD,
		.list = LIST_BAN,
		.prefix = prefix_of(text),
		.left_ms = left_ms,
	};

	return guard_check(f->guard, &order, because);
}

/* Whatever postern-ctl says. */
static void guard_lets_nobody_ban_the_protected(void **state)
{
	static const char *const cases[][2] = {
		{ "192.0.2.25", "192.0.2.25" },
		{ "192.0.2.0/24", "192.0.2.25" },
		{ "198.51.100.25", "198.51.100.25" },
		{ "10.0.9.7", "10.0.9.0/24" },
		{ "10.0.0.0/16", "10.0.9.0/24" },
		{ "2001:db8:ff:1::/64", "2001:db8:ff::/48" },
		{ "127.0.0.1", "127.0.0.0/8" },
		{ "224.0.0.5", "224.0.0.0/4" },
		{ "fe80::1", "fe80::/10" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prefix because = { 0 };
		char text[PREFIX_TEXT_SIZE];

		assert_int_equal(ask(*state, cases[i][0], 3600000, &because),
				 -EACCES);
		assert_string_equal(prefix_format(&because, text), cases[i][1]);
	}
}

static void guard_lets_others_be_banned(void **state)
{
	static const char *const cases[] = { "203.0.113.7", "203.0.113.0/24",
					     "10.0.8.0/24", "2001:db8:1::/48" };
	struct prefix because;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(ask(*state, cases[i], 3600000, &because), 0);
}

static void guard_knows_the_rungs_and_the_longest_term(void **state)
{
	const struct fixture *f = *state;
	uint64_t longest_ms = (uint64_t)f->config->guard.longest_s * 1000;
	struct prefix because;

	assert_int_equal(ask(f, "203.0.113.0/25", 1000, &because), -EINVAL);
	assert_int_equal(ask(f, "203.0.113.7", longest_ms + 60000, &because),
			 -ERANGE);
}

static void guard_lets_everybody_out_again(void **state)
{
	const struct fixture *f = *state;
	struct prefix because;
	const struct order order = {
		.kind = ORDER_REMOVE,
		.list = LIST_BAN,
		.prefix = prefix_of("192.0.2.25"),
	};

	assert_int_equal(guard_check(f->guard, &order, &because), 0);
}

static void observe(const struct fixture *f, const char *text)
{
	struct prefixset list;

	prefixset_init(&list);
	if (text)
		protect(&list, text);
	prefixset_seal(&list);
	guard_observe(f->guard, &list);
}

/* Who is a gateway now need not be one tomorrow; what is declared stays. */
static void guard_keeps_to_what_is_observed_now(void **state)
{
	const struct fixture *f = *state;
	struct prefix because;

	assert_int_equal(ask(f, "100.64.0.2", 1000, &because), 0);
	observe(f, "100.64.0.2");
	assert_int_equal(ask(f, "100.64.0.2", 1000, &because), -EACCES);
	assert_int_equal(ask(f, "100.64.0.0/24", 1000, &because), -EACCES);
	assert_int_equal(ask(f, "192.0.2.25", 1000, &because), -EACCES);
	observe(f, "100.64.0.3");
	assert_int_equal(ask(f, "100.64.0.2", 1000, &because), 0);
	assert_int_equal(ask(f, "100.64.0.3", 1000, &because), -EACCES);
	observe(f, NULL);
	assert_int_equal(ask(f, "100.64.0.3", 1000, &because), 0);
	assert_int_equal(ask(f, "192.0.2.25", 1000, &because), -EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guard_lets_nobody_ban_the_protected),
		cmocka_unit_test(guard_lets_others_be_banned),
		cmocka_unit_test(guard_knows_the_rungs_and_the_longest_term),
		cmocka_unit_test(guard_lets_everybody_out_again),
		cmocka_unit_test(guard_keeps_to_what_is_observed_now),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
