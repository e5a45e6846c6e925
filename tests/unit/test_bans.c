/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "ctl/core/ladder.h"
#include "ctl/daemon/bans.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define FORGET_S 1000u

static struct ban_wish wish(const char *prefix, uint64_t until_ms)
{
	return (struct ban_wish){
		.prefix = prefix_of(prefix),
		.level = 1,
		.term_s = until_ms ? 60 : 0,
		.until_ms = until_ms,
		.reason = "a reason",
	};
}

static void put(struct bans *b, const char *prefix, uint64_t until_ms)
{
	struct ban_wish w = wish(prefix, until_ms);

	assert_int_equal(bans_put(b, &w), 0);
}

static bool is_banned(const struct bans *b, const char *address)
{
	struct prefix p = prefix_of(address);

	return bans_covering(b, &p) != NULL;
}

static void bans_hold_and_end_by_time(void **state)
{
	struct bans *b = bans_new(10, 1, FORGET_S);

	(void)state;
	put(b, "192.0.2.1", 1000);
	put(b, "192.0.2.2", 3000);
	put(b, "192.0.2.3", 0);
	assert_true(bans_next_ms(b) == 1000);
	assert_int_equal(bans_expire(b, 999), 0);
	assert_true(is_banned(b, "192.0.2.1"));
	assert_int_equal(bans_expire(b, 1000), 1);
	assert_false(is_banned(b, "192.0.2.1"));
	assert_true(is_banned(b, "192.0.2.2"));
	assert_int_equal(bans_count(b), 2);
	assert_int_equal(bans_count_forever(b), 1);
	assert_int_equal(bans_expire(b, UINT64_MAX - 1), 1);
	assert_true(is_banned(b, "192.0.2.3"));
	bans_free(b);
}

static void bans_remember_a_level_until_it_fades(void **state)
{
	struct bans *b = bans_new(10, 1, FORGET_S);
	struct ban_wish w = wish("192.0.2.1", 1000);
	struct prefix p = w.prefix;

	(void)state;
	w.level = 2;
	assert_int_equal(bans_put(b, &w), 0);
	bans_expire(b, 1000);
	assert_non_null(bans_find(b, &p));
	assert_int_equal(bans_find(b, &p)->active, 0);
	assert_int_equal(bans_find(b, &p)->level, 2);
	bans_expire(b, 1000 + FORGET_S * 1000 - 1);
	assert_int_equal(bans_find(b, &p)->level, 2);
	bans_expire(b, 1000 + FORGET_S * 1000);
	assert_int_equal(bans_find(b, &p)->level, 1);
	bans_expire(b, 1000 + 2 * FORGET_S * 1000);
	assert_null(bans_find(b, &p));
	assert_int_equal(bans_count_all(b), 0);
	bans_free(b);
}

static void bans_lifted_by_a_person_are_forgiven(void **state)
{
	struct bans *b = bans_new(10, 1, FORGET_S);
	struct prefix p = prefix_of("192.0.2.1");

	(void)state;
	put(b, "192.0.2.1", 1000);
	assert_int_equal(bans_lift(b, &p, 10, true), 0);
	assert_null(bans_find(b, &p));
	put(b, "192.0.2.1", 1000);
	assert_int_equal(bans_lift(b, &p, 10, false), 0);
	assert_int_equal(bans_find(b, &p)->level, 1);
	assert_int_equal(bans_lift(b, &p, 10, false), -ENOENT);
	bans_free(b);
}

static void bans_nest_each_with_its_own_term(void **state)
{
	struct bans *b = bans_new(10, 1, FORGET_S);
	struct prefix wide = prefix_of("192.0.2.0/24");
	struct prefix host = prefix_of("192.0.2.7");

	(void)state;
	put(b, "192.0.2.0/24", 2000);
	put(b, "192.0.2.7", 5000);
	assert_true(prefix_equal(&bans_covering(b, &host)->prefix, &wide));
	bans_expire(b, 2000);
	assert_true(is_banned(b, "192.0.2.7"));
	assert_false(is_banned(b, "192.0.2.8"));
	bans_free(b);
}

static void bans_block_left_is_the_longest_of_its_owners(void **state)
{
	struct bans *b = bans_new(10, 1, FORGET_S);
	struct prefix block = prefix_of("192.0.2.0/24");
	struct prefix other = prefix_of("192.0.3.0/24");
	struct prefix host = prefix_of("192.0.2.1");

	(void)state;
	put(b, "192.0.2.0/24", 2000);
	put(b, "192.0.0.0/22", 9000); /* four blocks of /24 */
	put(b, "192.0.0.0/20", 20000); /* an element of its own */
	put(b, "192.0.2.1", 30000); /* an element of its own */
	assert_true(bans_block_left(b, &block, NULL, 1000) == 8000);
	assert_true(bans_block_left(b, &other, NULL, 1000) == 8000);
	assert_true(bans_block_left(b, &host, NULL, 1000) == 29000);
	/* Known or looked up: the same. */
	assert_true(bans_block_left(b, &block, bans_find(b, &block), 1000) ==
		    8000);
	assert_true(bans_block_left(b, &host, bans_find(b, &host), 1000) ==
		    29000);
	bans_expire(b, 9000);
	assert_true(bans_block_left(b, &block, NULL, 9000) == 0);
	put(b, "192.0.2.0/23", 0);
	assert_true(bans_block_left(b, &block, NULL, 9000) == BANS_NEVER);
	bans_free(b);
}

static void bans_full_of_bans_say_so_and_of_memories_make_room(void **state)
{
	struct bans *b = bans_new(2, 1, FORGET_S);
	struct ban_wish w = wish("192.0.2.3", 1000);

	(void)state;
	put(b, "192.0.2.1", 1000);
	put(b, "192.0.2.2", 2000);
	assert_int_equal(bans_put(b, &w), -ENOSPC);
	put(b, "192.0.2.1", 1500); /* a renewal needs no room */
	bans_expire(b, 1500);
	assert_int_equal(bans_put(b, &w), 0);
	assert_true(is_banned(b, "192.0.2.3"));
	assert_int_equal(bans_count_all(b), 2);
	bans_free(b);
}

/* The slow and obvious model. */
#define MODEL 200

struct model {
	struct prefix prefix[MODEL];
	uint64_t until[MODEL];
	size_t count;
};

static size_t model_find(const struct model *m, const struct prefix *p)
{
	size_t i = 0;

	while (i < m->count && !prefix_equal(&m->prefix[i], p))
		i++;
	return i;
}

static void model_expire(struct model *m, uint64_t now)
{
	for (size_t i = 0; i < m->count;) {
		if (m->until[i] > now) {
			i++;
			continue;
		}
		m->count--;
		m->prefix[i] = m->prefix[m->count];
		m->until[i] = m->until[m->count];
	}
}

static struct prefix crowded_prefix(struct random *r)
{
	uint8_t addr[16] = { 192, 0, 2, (uint8_t)random_below(r, 32) };
	struct prefix p;

	assert_int_equal(
		prefix_make(&p, PREFIX_IP4, addr, 24 + random_below(r, 9)), 0);
	return p;
}

static void bans_agree_with_a_slow_model(void **state)
{
	struct bans *b = bans_new(MODEL, 99, 1);
	struct random r = { { 1, 2, 3 } };
	struct model m = { 0 };
	uint64_t now = 0;

	(void)state;
	for (int step = 0; step < 60000; step++) {
		struct prefix p = crowded_prefix(&r);
		struct prefix asked = crowded_prefix(&r);
		struct bans_trail trail;
		size_t at = model_find(&m, &p);
		struct ban_wish w = {
			.prefix = p, .level = 1, .term_s = 1, .reason = "x"
		};
		bool covered = false;

		/* What is found out early may be old when it is used. */
		bans_expect_covering(b, &asked, &trail);
		bans_fetch_covering(b, &trail);
		now += random_below(&r, 20);
		bans_expire(b, now);
		model_expire(&m, now);
		at = model_find(&m, &p);
		if (random_below(&r, 3)) {
			w.until_ms = now + 1 + random_below(&r, 500);
			assert_int_equal(bans_put(b, &w), 0);
			m.prefix[at] = p;
			m.until[at] = w.until_ms;
			m.count += at == m.count;
		} else {
			assert_int_equal(bans_lift(b, &p, now, false),
					 at < m.count ? 0 : -ENOENT);
			if (at < m.count) {
				m.until[at] = 0;
				model_expire(&m, now);
			}
		}
		assert_int_equal(bans_count(b), m.count);
		for (size_t i = 0; i < m.count; i++)
			covered |= prefix_contains(&m.prefix[i], &asked);
		assert_int_equal(bans_covering(b, &asked) != NULL, covered);
		assert_ptr_equal(bans_covering_by(b, &asked, &trail),
				 bans_covering(b, &asked));
	}
	bans_free(b);
}

static void bans_walk_meets_each_once(void **state)
{
	struct bans *b = bans_new(1000, 5, FORGET_S);
	uint32_t at = 0;
	size_t met = 0;

	(void)state;
	for (unsigned int i = 0; i < 500; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.0.%u.%u", i / 256, i % 256);
		put(b, text, 1000 + i);
	}
	while (bans_walk(b, &at))
		met++;
	assert_int_equal(met, 500);
	bans_free(b);
}

static void bans_keep_their_reasons_apart(void **state)
{
	struct bans *b = bans_new(3, 5, 1);
	struct ban_wish w = wish("192.0.2.1", 1000);
	struct prefix p = w.prefix;

	(void)state;
	w.reason = "first";
	assert_int_equal(bans_put(b, &w), 0);
	w.reason = "second";
	assert_int_equal(bans_put(b, &w), 0);
	w.prefix = prefix_of("192.0.2.2");
	w.reason = "third";
	assert_int_equal(bans_put(b, &w), 0);
	assert_string_equal(bans_reason(b, bans_find(b, &p)), "second");
	bans_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bans_hold_and_end_by_time),
		cmocka_unit_test(bans_remember_a_level_until_it_fades),
		cmocka_unit_test(bans_lifted_by_a_person_are_forgiven),
		cmocka_unit_test(bans_nest_each_with_its_own_term),
		cmocka_unit_test(bans_block_left_is_the_longest_of_its_owners),
		cmocka_unit_test(
			bans_full_of_bans_say_so_and_of_memories_make_room),
		cmocka_unit_test(bans_agree_with_a_slow_model),
		cmocka_unit_test(bans_walk_meets_each_once),
		cmocka_unit_test(bans_keep_their_reasons_apart),
	};

	return cmocka_run_group_tests_name("bans", tests, NULL, NULL);
}
