/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feeds/spf.h"
#include "tests/support/test.h"

/* A little zone: what a name server would answer. */
struct record {
	const char *name;
	enum spf_type type;
	const char *value; /* NULL: no answer comes */
};

static void answer(struct spf *spf, const struct record *zone)
{
	struct spf_question q = *spf_question(spf);
	bool ok = true;

	for (; zone->name; zone++) {
		struct prefix p;

		if (zone->type != q.type || strcmp(zone->name, q.name) != 0)
			continue;
		if (!zone->value) {
			ok = false;
		} else if (q.type == SPF_TXT) {
			spf_take_text(spf, zone->value, strlen(zone->value));
		} else if (q.type == SPF_MX) {
			spf_take_host(spf, zone->value);
		} else {
			p = prefix_of(zone->value);
			spf_take_address(spf, &p);
		}
	}
	spf_answered(spf, ok);
}

/* What ZONE says of example.org; *QUESTIONS: how many it took. */
static struct spf expand(const struct record *zone, unsigned int *questions)
{
	struct spf spf;

	*questions = 0;
	spf_init(&spf, "example.org", 16, 32);
	while (spf_question(&spf)) {
		answer(&spf, zone);
		assert_true(++*questions < 200);
	}
	prefixset_seal(&spf.found);
	return spf;
}

static bool has(const struct spf *spf, const char *text)
{
	struct prefix p = prefix_of(text);
	const struct prefix *found = prefixset_overlap(&spf->found, &p);

	return found && prefix_contains(found, &p);
}

static void spf_names_networks_hosts_and_what_it_includes(void **state)
{
	static const struct record zone[] = {
		{ "example.org", SPF_TXT, "some other text" },
		{ "example.org", SPF_TXT,
		  "v=spf1 ip4:192.0.2.0/24 +ip6:2001:db8:5::/48 a mx/28 "
		  "a:out.example.net/24//64 include:_spf.example.net ~all" },
		{ "example.org", SPF_A, "198.51.100.7" },
		{ "example.org", SPF_AAAA, "2001:db8::7" },
		{ "example.org", SPF_MX, "mx.example.org" },
		{ "mx.example.org", SPF_A, "198.51.100.40" },
		{ "out.example.net", SPF_A, "203.0.113.9" },
		{ "out.example.net", SPF_AAAA, "2001:db8:9::1" },
		{ "_spf.example.net", SPF_TXT,
		  "v=spf1 ip4:198.18.0.0/20 redirect=deep.example.net" },
		{ "deep.example.net", SPF_TXT, "v=spf1 ip4:198.18.99.1 -all" },
		{ 0 },
	};
	unsigned int questions;
	struct spf spf = expand(zone, &questions);

	(void)state;
	assert_int_equal(spf.fault, SPF_SOUND);
	assert_true(has(&spf, "192.0.2.0/24"));
	assert_true(has(&spf, "2001:db8:5::/48"));
	assert_true(has(&spf, "198.51.100.7"));
	assert_true(has(&spf, "2001:db8::7"));
	assert_true(has(&spf, "198.51.100.32/28"));
	assert_true(has(&spf, "203.0.113.0/24"));
	assert_true(has(&spf, "2001:db8:9::/64"));
	assert_true(has(&spf, "198.18.15.255"));
	assert_true(has(&spf, "198.18.99.1"));
	assert_false(has(&spf, "198.51.100.48"));
	spf_fini(&spf);
}

static void spf_leaves_out_what_is_not_let_pass_for_sure(void **state)
{
	static const struct record zone[] = {
		{ "example.org", SPF_TXT,
		  "v=spf1 -ip4:192.0.2.1 ~ip4:192.0.2.2 ?ip4:192.0.2.3 ptr "
		  "exists:%{i}.example.org include:%{d}.x all ip4:192.0.2.9 "
		  "+all" },
		{ 0 },
	};
	unsigned int questions;
	struct spf spf = expand(zone, &questions);

	(void)state;
	assert_int_equal(spf.fault, SPF_SOUND);
	assert_int_equal(questions, 1);
	assert_int_equal(spf.found.count, 1);
	assert_true(has(&spf, "192.0.2.9"));
	spf_fini(&spf);
}

static void spf_names_never_the_whole_internet(void **state)
{
	static const struct record zone[] = {
		{ "example.org", SPF_TXT,
		  "v=spf1 ip4:0.0.0.0/0 ip4:128.0.0.0/1 ip6:::/0 ip4:10.0.0.0/15"
		  " a/0 ip4:192.0.2.0/24" },
		{ "example.org", SPF_A, "198.51.100.7" },
		{ 0 },
	};
	unsigned int questions;
	struct spf spf = expand(zone, &questions);

	(void)state;
	assert_int_equal(spf.fault, SPF_SOUND);
	assert_int_equal(spf.too_wide, 5);
	assert_int_equal(spf.found.count, 1);
	spf_fini(&spf);
}

static void spf_that_loops_ends(void **state)
{
	static const struct record zone[] = {
		{ "example.org", SPF_TXT,
		  "v=spf1 ip4:192.0.2.1 include:a.example.org" },
		{ "a.example.org", SPF_TXT,
		  "v=spf1 ip4:192.0.2.2 include:example.org "
		  "include:A.example.org" },
		{ 0 },
	};
	unsigned int questions;
	struct spf spf = expand(zone, &questions);

	(void)state;
	assert_int_equal(spf.fault, SPF_SOUND);
	assert_true(questions <= 4);
	assert_int_equal(spf.found.count, 2);
	spf_fini(&spf);
}

static void spf_that_is_eleven_levels_deep_is_not_sound(void **state)
{
	struct record zone[14] = { { 0 } };
	static char names[13][32], values[13][64];
	unsigned int questions;
	struct spf spf;

	(void)state;
	for (unsigned int depth = 10; depth <= 12; depth++) {
		for (unsigned int i = 0; i < depth; i++) {
			snprintf(names[i], 32,
				 i ? "l%u.example.org" : "example.org", i);
			snprintf(values[i], 64,
				 i + 1 < depth
					 ? "v=spf1 include:l%u.example.org"
					 : "v=spf1 ip4:192.0.2.%u",
				 i + 1);
			zone[i] =
				(struct record){ names[i], SPF_TXT, values[i] };
		}
		zone[depth] = (struct record){ 0 };
		spf = expand(zone, &questions);
		/* The domain itself is no term; ten below it are. */
		assert_int_equal(spf.fault,
				 depth <= 11 ? SPF_SOUND : SPF_TOO_MANY);
		spf_fini(&spf);
	}
}

static void spf_that_asks_too_much_is_not_sound(void **state)
{
	static const struct record zone[] = {
		{ "example.org", SPF_TXT,
		  "v=spf1 a:a1.x a:a2.x a:a3.x a:a4.x a:a5.x a:a6.x a:a7.x "
		  "a:a8.x a:a9.x a:a10.x a:a11.x" },
		{ 0 },
	};
	unsigned int questions;
	struct spf spf = expand(zone, &questions);

	(void)state;
	assert_int_equal(spf.fault, SPF_TOO_MANY);
	spf_fini(&spf);
}

static void
spf_without_an_answer_is_told_from_one_without_a_record(void **state)
{
	static const struct record silent[] = {
		{ "example.org", SPF_TXT, "v=spf1 include:a.example.org" },
		{ "a.example.org", SPF_TXT, NULL },
		{ 0 },
	};
	static const struct record none[] = {
		{ "example.org", SPF_TXT, "v=spf10 ip4:192.0.2.1" },
		{ 0 },
	};
	unsigned int questions;
	struct spf spf = expand(silent, &questions);

	(void)state;
	assert_int_equal(spf.fault, SPF_UNANSWERED);
	spf_fini(&spf);
	spf = expand(none, &questions);
	assert_int_equal(spf.fault, SPF_NO_RECORD);
	spf_fini(&spf);
}

static void spf_with_broken_terms_is_not_sound(void **state)
{
	static const char *const texts[] = {
		"v=spf1 ip4:192.0.2.300",      "v=spf1 ip4:192.0.2.0/33",
		"v=spf1 ip4:192.0.2.0/",       "v=spf1 ip6:2001:db8::/129",
		"v=spf1 a:example.org/24/24/", "v=spf1 mx/x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct record zone[] = {
			{ "example.org", SPF_TXT, texts[i] }, { 0 }
		};
		unsigned int questions;
		struct spf spf = expand(zone, &questions);

		if (spf.fault != SPF_SYNTAX)
			fail_msg("%s: %s", texts[i], spf_fault_name(spf.fault));
		spf_fini(&spf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spf_names_networks_hosts_and_what_it_includes),
		cmocka_unit_test(spf_leaves_out_what_is_not_let_pass_for_sure),
		cmocka_unit_test(spf_names_never_the_whole_internet),
		cmocka_unit_test(spf_that_loops_ends),
		cmocka_unit_test(spf_that_is_eleven_levels_deep_is_not_sound),
		cmocka_unit_test(spf_that_asks_too_much_is_not_sound),
		cmocka_unit_test(
			spf_without_an_answer_is_told_from_one_without_a_record),
		cmocka_unit_test(spf_with_broken_terms_is_not_sound),
	};

	return cmocka_run_group_tests_name("spf", tests, NULL, NULL);
}
