/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "ctl/core/prefix.h"
#include "tests/support/edge.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define ROUNDS 20000

static int parse(struct prefix *out, const char *text)
{
	char *copy = edge_copy(text, strlen(text));
	int err = prefix_parse(out, copy, strlen(text));

	edge_free(copy, strlen(text));
	return err;
}

static void prefix_parses_what_people_and_machines_write(void **state)
{
	static const char *const pairs[][2] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "192.0.2.7/32", "192.0.2.7" },
		{ "2001:0db8:0000:0000:0000:0000:0000:0025", "2001:db8::25" },
		{ "2001:db8::/32", "2001:db8::/32" },
		{ "::/0", "::/0" },
		{ "2001:DB8::A/128", "2001:db8::a" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "::ffff:192.0.2.0/120", "192.0.2.0/24" },
	};
	char buf[PREFIX_TEXT_SIZE];
	struct prefix p;

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		assert_int_equal(parse(&p, pairs[i][0]), 0);
		assert_string_equal(prefix_format(&p, buf), pairs[i][1]);
		assert_true(prefix_is_valid(&p));
	}
}

static void prefix_refuses_what_is_no_address(void **state)
{
	static const char *const bad[] = {
		"",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.1/33",
		"192.0.2.1/",
		"192.0.2.1/-1",
		"192.0.2.1/ 8",
		"192.0.2.1/08",
		"1.2.3.4/+8",
		"2001:db8::/129",
		"2001:db8:::1",
		"fe80::1%eth0",
		" 192.0.2.1",
		"192.0.2.1 ",
		"$(reboot)",
		"\x1b[2J",
		"::ffff:1.2.3",
		"/24",
		"1.2.3.4/24/8",
		"1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:0:1:2:3:4:5:6:7:8",
	};
	struct prefix p;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(&p, bad[i]), -EINVAL);
	assert_int_equal(prefix_parse(&p, "1.2.3.4\0", 8), -EINVAL);
}

static void prefix_refuses_host_bits_with_a_word_of_its_own(void **state)
{
	struct prefix p;

	(void)state;
	assert_int_equal(parse(&p, "192.0.2.1/24"), -EDOM);
	assert_int_equal(parse(&p, "2001:db8::1/64"), -EDOM);
	assert_int_equal(parse(&p, "128.0.0.0/0"), -EDOM);
}

/* The slow and obvious meaning: bit by bit. */
static bool shares_bits(const struct prefix *a, const struct prefix *b,
			unsigned int bits)
{
	for (unsigned int i = 0; i < bits; i++) {
		uint8_t mask = (uint8_t)(0x80u >> (i % 8));

		if ((a->addr[i / 8] & mask) != (b->addr[i / 8] & mask))
			return false;
	}
	return true;
}

static void prefix_contains_agrees_with_bit_by_bit(void **state)
{
	struct random r = { { 1, 2, 3 } };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct prefix a = random_prefix(&r);
		struct prefix b = random_prefix(&r);
		bool inside;

		/* Half of the pairs are made near each other. */
		if (i % 2) {
			b = a;
			if (b.length > 0)
				b.addr[(b.length - 1) / 8] ^=
					(uint8_t)(0x80u >>
						  ((b.length - 1) % 8));
			b = prefix_truncate(&b,
					    random_below(&r, b.length + 1u));
		}
		inside = a.family == b.family && a.length <= b.length &&
			 shares_bits(&a, &b, a.length);
		assert_int_equal(prefix_contains(&a, &b), inside);
		assert_int_equal(prefix_overlaps(&a, &b),
				 prefix_contains(&a, &b) ||
					 prefix_contains(&b, &a));
	}
}

static void prefix_with_one_bit_flipped_is_another(void **state)
{
	struct random r = { { 4, 5, 6 } };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct prefix a = random_prefix(&r);
		struct prefix b = a;
		unsigned int bit;

		if (a.length == 0)
			continue;
		bit = random_below(&r, a.length);
		b.addr[bit / 8] ^= (uint8_t)(0x80u >> (bit % 8));
		assert_false(prefix_overlaps(&a, &b));
		assert_int_not_equal(prefix_compare(&a, &b), 0);
		assert_true(prefix_hash(&a, 7) != prefix_hash(&b, 7));
	}
}

static void prefix_text_comes_back_as_the_same_prefix(void **state)
{
	struct random r = { { 7, 8, 9 } };
	char buf[PREFIX_TEXT_SIZE];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct prefix a = random_prefix(&r);
		struct prefix b;

		prefix_format(&a, buf);
		assert_int_equal(parse(&b, buf), 0);
		assert_true(prefix_equal(&a, &b));
	}
}

static void prefix_next_walks_blocks_in_order_and_ends(void **state)
{
	struct prefix p = prefix_of("255.255.254.0/24");
	struct prefix q = prefix_of("2001:db8:0:ffff::/64");
	struct prefix all = prefix_of("0.0.0.0/0");
	char buf[PREFIX_TEXT_SIZE];

	(void)state;
	assert_true(prefix_next(&p));
	assert_string_equal(prefix_format(&p, buf), "255.255.255.0/24");
	assert_false(prefix_next(&p));
	assert_string_equal(prefix_format(&p, buf), "255.255.255.0/24");
	assert_true(prefix_next(&q));
	assert_string_equal(prefix_format(&q, buf), "2001:db8:1::/64");
	assert_false(prefix_next(&all));
}

static void prefix_parts_make_up_the_whole(void **state)
{
	struct prefix whole = prefix_of("192.0.0.0/22");
	struct prefix walk = prefix_of("192.0.0.0/24");

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		struct prefix part = prefix_part(&whole, 24, i);

		assert_true(prefix_equal(&part, &walk));
		assert_true(prefix_contains(&whole, &part));
		prefix_next(&walk);
	}
	assert_false(prefix_contains(&whole, &walk));
}

static void prefix_from_a_peer_is_checked_for_stray_bits(void **state)
{
	struct prefix p = prefix_of("192.0.2.0/24");

	(void)state;
	assert_true(prefix_is_valid(&p));
	p.addr[3] = 1;
	assert_false(prefix_is_valid(&p));
	p = prefix_of("192.0.2.0/24");
	p.addr[15] = 1;
	assert_false(prefix_is_valid(&p));
	p = prefix_of("192.0.2.0/24");
	p.length = 33;
	assert_false(prefix_is_valid(&p));
	p.family = 5;
	assert_false(prefix_is_valid(&p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefix_parses_what_people_and_machines_write),
		cmocka_unit_test(prefix_refuses_what_is_no_address),
		cmocka_unit_test(
			prefix_refuses_host_bits_with_a_word_of_its_own),
		cmocka_unit_test(prefix_contains_agrees_with_bit_by_bit),
		cmocka_unit_test(prefix_with_one_bit_flipped_is_another),
		cmocka_unit_test(prefix_text_comes_back_as_the_same_prefix),
		cmocka_unit_test(prefix_next_walks_blocks_in_order_and_ends),
		cmocka_unit_test(prefix_parts_make_up_the_whole),
		cmocka_unit_test(prefix_from_a_peer_is_checked_for_stray_bits),
	};

	return cmocka_run_group_tests_name("prefix", tests, NULL, NULL);
}
