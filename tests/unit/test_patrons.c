/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/patrons.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define DAY_NS 86400000000000ull
#define NOW_NS (20000 * DAY_NS)

static struct patrons *begin(void)
{
	struct patrons *p = patrons_new(7);

	assert_non_null(p);
	return p;
}

static void add(struct patrons *p, const char *host, uint32_t mails,
		uint32_t encrypted, uint64_t time_ns)
{
	const struct prefix address = prefix_of(host);

	patrons_add(p, &address, mails, encrypted, time_ns);
}

static struct patron *find(struct patrons *p, const char *host)
{
	const struct prefix address = prefix_of(host);

	return patrons_find(p, &address);
}

static void patrons_add_up_what_one_sender_did(void **state)
{
	struct patrons *p = begin();

	(void)state;
	add(p, "203.0.113.9", 2, 0, NOW_NS);
	add(p, "203.0.113.9", 1, 4, NOW_NS - 5);
	add(p, "203.0.113.10", 0, 0, NOW_NS);
	assert_int_equal(find(p, "203.0.113.9")->mails, 3);
	assert_int_equal(find(p, "203.0.113.9")->encrypted, 4);
	assert_true(find(p, "203.0.113.9")->last_ns == NOW_NS);
	assert_null(find(p, "203.0.113.10"));
	patrons_free(p);
}

static void patrons_take_a_64_of_ipv6_for_one(void **state)
{
	const struct prefix last = prefix_of("2001:db8:1:2::b");
	struct patrons *p = begin();

	(void)state;
	add(p, "2001:db8:1:2::a", 1, 0, NOW_NS);
	add(p, "2001:db8:1:2::b", 1, 0, NOW_NS);
	assert_int_equal(find(p, "2001:db8:1:2:ffff::")->mails, 2);
	assert_true(prefix_equal(&find(p, "2001:db8:1:2::c")->host, &last));
	assert_null(find(p, "2001:db8:1:3::a"));
	patrons_free(p);
}

static void
patrons_know_what_is_untold_and_forget_that_it_was_told(void **state)
{
	struct patrons *p = begin();
	struct patron *patron;
	uint32_t at = 0;

	(void)state;
	add(p, "203.0.113.9", 2, 0, NOW_NS);
	add(p, "203.0.113.10", 0, 1, NOW_NS);
	add(p, "203.0.113.10", 0, 1, NOW_NS);
	assert_int_equal(patrons_untold(p), 2);
	while ((patron = patrons_walk(p, &at)))
		patrons_told(p, patron);
	assert_int_equal(patrons_untold(p), 0);
	add(p, "203.0.113.9", 1, 0, NOW_NS);
	assert_int_equal(patrons_untold(p), 1);
	assert_int_equal(find(p, "203.0.113.9")->untold_mails, 1);
	/* A new life of the one who is told knows nothing. */
	patrons_forget_told(p);
	assert_int_equal(patrons_untold(p), 2);
	assert_int_equal(find(p, "203.0.113.9")->untold_mails, 3);
	assert_int_equal(find(p, "203.0.113.10")->untold_encrypted, 2);
	patrons_free(p);
}

static void flood(struct patrons *p, uint64_t time_ns)
{
	struct random r = { { 5, 5, 5 } };

	for (unsigned int i = 0; i < 8 * PATRONS_MAX; i++) {
		uint64_t bits = random_u64(&r);
		struct prefix host;

		assert_int_equal(prefix_make(&host, PREFIX_IP4,
					     (const uint8_t *)&bits, 32),
				 0);
		patrons_add(p, &host, 1, 0, time_ns);
	}
}

static void patrons_keep_who_brought_much_in_a_flood_of_strangers(void **state)
{
	struct patrons *p = begin();
	unsigned int count = 0;
	uint32_t at = 0;

	(void)state;
	add(p, "203.0.113.9", 12, 0, NOW_NS);
	flood(p, NOW_NS + DAY_NS);
	assert_non_null(find(p, "203.0.113.9"));
	while (patrons_walk(p, &at))
		count++;
	assert_true(count <= PATRONS_MAX && count > PATRONS_MAX * 9 / 10);
	assert_int_equal(patrons_untold(p), count);
	patrons_free(p);
}

static void patrons_that_are_quiet_for_months_give_way(void **state)
{
	struct patrons *p = begin();

	(void)state;
	add(p, "203.0.113.9", 1000, 0, NOW_NS);
	flood(p, NOW_NS + 91 * DAY_NS);
	assert_null(find(p, "203.0.113.9"));
	patrons_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patrons_add_up_what_one_sender_did),
		cmocka_unit_test(patrons_take_a_64_of_ipv6_for_one),
		cmocka_unit_test(
			patrons_know_what_is_untold_and_forget_that_it_was_told),
		cmocka_unit_test(
			patrons_keep_who_brought_much_in_a_flood_of_strangers),
		cmocka_unit_test(patrons_that_are_quiet_for_months_give_way),
	};

	return cmocka_run_group_tests_name("patrons", tests, NULL, NULL);
}
