/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feeds/reverse.h"
#include "tests/support/test.h"

/* A little zone: what a name server would answer. */
struct record {
	const char *name;
	enum reverse_type type;
	const char *value; /* NULL: no answer comes */
};

static void answer(struct reverse *r, enum reverse_type type, const char *name,
		   const struct record *zone)
{
	bool ok = true;

	for (; zone->name; zone++) {
		struct prefix p;

		if (zone->type != type || strcmp(zone->name, name) != 0)
			continue;
		if (!zone->value) {
			ok = false;
		} else if (type == REVERSE_PTR) {
			reverse_take_name(r, zone->value);
		} else {
			p = prefix_of(zone->value);
			reverse_take_address(r, &p);
		}
	}
	reverse_answered(r, ok);
}

/* Who HOST is by ZONE; *QUESTIONS: how many it took. */
static struct named look_up(const char *host, const struct record *zone,
			    unsigned int *questions)
{
	const struct prefix p = prefix_of(host);
	char name[REVERSE_NAME_SIZE];
	enum reverse_type type;
	struct reverse r;

	*questions = 0;
	reverse_init(&r, &p);
	while (reverse_question(&r, &type, name)) {
		answer(&r, type, name, zone);
		assert_true(++*questions < 50);
	}
	return r.answer;
}

static void reverse_confirms_a_name_that_leads_back(void **state)
{
	static const struct record zone[] = {
		{ "9.113.0.203.in-addr.arpa", REVERSE_PTR, "other.example" },
		{ "9.113.0.203.in-addr.arpa", REVERSE_PTR, "mx.example.net" },
		{ "other.example", REVERSE_A, "203.0.113.8" },
		{ "mx.example.net", REVERSE_A, "203.0.113.7" },
		{ "mx.example.net", REVERSE_A, "203.0.113.9" },
		{ 0 },
	};
	unsigned int questions;
	struct named named = look_up("203.0.113.9", zone, &questions);

	(void)state;
	assert_int_equal(named.verdict, NAME_CONFIRMED);
	assert_string_equal(named.name, "mx.example.net");
	assert_int_equal(questions, 3);
}

static void reverse_asks_for_ipv6_by_its_nibbles(void **state)
{
	static const struct record zone[] = {
		{ "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.0.0.6.8.b.d.0."
		  "1.0.0.2.ip6.arpa",
		  REVERSE_PTR, "mx.example.net" },
		{ "mx.example.net", REVERSE_AAAA, "2001:db8:600d::9" },
		{ 0 },
	};
	unsigned int questions;
	struct named named = look_up("2001:db8:600d::9", zone, &questions);

	(void)state;
	assert_int_equal(named.verdict, NAME_CONFIRMED);
	assert_string_equal(named.name, "mx.example.net");
}

static void reverse_does_not_believe_a_name_that_leads_elsewhere(void **state)
{
	static const struct record zone[] = {
		{ "9.113.0.203.in-addr.arpa", REVERSE_PTR, "mx.bank.example" },
		{ "mx.bank.example", REVERSE_A, "198.51.100.1" },
		{ 0 },
	};
	unsigned int questions;
	struct named named = look_up("203.0.113.9", zone, &questions);

	(void)state;
	assert_int_equal(named.verdict, NAME_UNCONFIRMED);
	assert_string_equal(named.name, "mx.bank.example");
}

static void reverse_tells_no_name_from_no_answer(void **state)
{
	static const struct record empty[] = { { 0 } };
	static const struct record silent[] = {
		{ "9.113.0.203.in-addr.arpa", REVERSE_PTR, NULL },
		{ 0 },
	};
	static const struct record half[] = {
		{ "9.113.0.203.in-addr.arpa", REVERSE_PTR, "a.example" },
		{ "a.example", REVERSE_A, NULL },
		{ 0 },
	};
	unsigned int questions;

	(void)state;
	assert_int_equal(look_up("203.0.113.9", empty, &questions).verdict,
			 NAME_MISSING);
	assert_int_equal(look_up("203.0.113.9", silent, &questions).verdict,
			 NAME_UNANSWERED);
	assert_int_equal(look_up("203.0.113.9", half, &questions).verdict,
			 NAME_UNANSWERED);
}

static void reverse_looks_at_so_many_names_and_no_more(void **state)
{
	struct record zone[60] = { 0 };
	char names[50][32];
	unsigned int questions;

	(void)state;
	for (unsigned int i = 0; i < 50; i++) {
		snprintf(names[i], sizeof(names[i]), "n%u.example", i);
		zone[i] = (struct record){ "9.113.0.203.in-addr.arpa",
					   REVERSE_PTR, names[i] };
	}
	zone[50] = (struct record){ names[40], REVERSE_A, "203.0.113.9" };
	assert_int_equal(look_up("203.0.113.9", zone, &questions).verdict,
			 NAME_UNCONFIRMED);
	assert_int_equal(questions, 1 + REVERSE_NAMES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reverse_confirms_a_name_that_leads_back),
		cmocka_unit_test(reverse_asks_for_ipv6_by_its_nibbles),
		cmocka_unit_test(
			reverse_does_not_believe_a_name_that_leads_elsewhere),
		cmocka_unit_test(reverse_tells_no_name_from_no_answer),
		cmocka_unit_test(reverse_looks_at_so_many_names_and_no_more),
	};

	return cmocka_run_group_tests_name("reverse", tests, NULL, NULL);
}
