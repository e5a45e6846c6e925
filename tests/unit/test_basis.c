/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/part.h"
#include "ctl/daemon/basis.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define ACTS_MAX (BASIS_ACTS_MAX * 2)

/* Both ends, with what stands on record between them. */
struct scene {
	struct config *config, *replayed;
	struct protect protect, known;
	struct basis teller, hearer;
	struct act acts[ACTS_MAX];
	size_t count, heard;
};

static void keep(void *ctx, struct act *act)
{
	struct scene *s = ctx;

	assert_true(s->count < ACTS_MAX);
	s->acts[s->count++] = *act;
}

static int begin(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->config = config_new();
	s->replayed = config_new();
	assert_int_equal(protect_init(&s->protect, s->config), 0);
	assert_int_equal(protect_init(&s->known, s->replayed), 0);
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct scene *s = *state;

	basis_fini(&s->teller);
	basis_fini(&s->hearer);
	protect_fini(&s->protect);
	protect_fini(&s->known);
	config_free(s->config);
	config_free(s->replayed);
	free(s);
	return 0;
}

static void tell_and_hear(struct scene *s)
{
	basis_tell(&s->teller, s->config, &s->protect, keep, s);
	for (; s->heard < s->count; s->heard++)
		assert_int_equal(basis_hear(&s->hearer, &s->acts[s->heard]), 0);
	assert_int_equal(basis_apply(&s->hearer, s->replayed, &s->known), 0);
}

static void assert_same(const struct prefixset *a, const struct prefixset *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_true(prefix_equal(&a->items[i], &b->items[i]));
}

static struct prefixset some(struct random *r, unsigned int count)
{
	struct prefixset set;

	prefixset_init(&set);
	for (; count > 0; count--) {
		struct prefix p = random_prefix(r);

		p.addr[0] = 10;
		p = prefix_truncate(&p, p.length < 8 ? p.length
						     : 8 + p.length % 24);
		assert_int_equal(prefixset_add(&set, &p), 0);
	}
	prefixset_seal(&set);
	return set;
}

static void basis_heard_is_what_was_told_whatever_changes(void **state)
{
	struct scene *s = *state;
	struct random r = { { 5, 5, 5 } };

	for (int round = 0; round < 60; round++) {
		struct prefixset observed = some(&r, random_below(&r, 12));
		struct prefixset shared = some(&r, random_below(&r, 12));

		prefixset_fini(&s->config->resolvers);
		s->config->resolvers = some(&r, random_below(&r, 3));
		protect_observe(&s->protect, &observed);
		protect_share(&s->protect, &shared);
		tell_and_hear(s);
		assert_same(&s->known.observed, &s->protect.observed);
		assert_same(&s->known.shared, &s->protect.shared);
		assert_same(&s->replayed->resolvers, &s->config->resolvers);
		assert_int_equal(basis_missing(&s->hearer), 0);
	}
}

static void basis_without_a_change_is_not_told_again(void **state)
{
	struct scene *s = *state;
	struct random r = { { 6, 6, 6 } };
	struct prefixset observed = some(&r, 5);
	size_t count;

	protect_observe(&s->protect, &observed);
	tell_and_hear(s);
	count = s->count;
	assert_true(count > 1);
	tell_and_hear(s);
	assert_int_equal(s->count, count);
}

static void basis_of_a_new_life_forgets_that_of_the_old(void **state)
{
	struct scene *s = *state;
	struct prefix gateway = prefix_of("203.0.113.254"), by;
	struct prefixset observed, none;

	prefixset_init(&observed);
	prefixset_init(&none);
	assert_int_equal(prefixset_add(&observed, &gateway), 0);
	protect_observe(&s->protect, &observed);
	tell_and_hear(s);
	assert_int_equal(protect_ask(&s->known, &gateway, &by),
			 PROTECTION_OBSERVED);
	/* A life that has seen nothing yet. */
	basis_fini(&s->teller);
	s->teller = (struct basis){ 0 };
	protect_observe(&s->protect, &none);
	tell_and_hear(s);
	assert_int_equal(s->acts[s->count - 1].kind, ACT_BASIS);
	assert_int_equal(protect_ask(&s->known, &gateway, &by),
			 PROTECTION_NONE);
}

static void basis_says_how_much_is_not_told(void **state)
{
	struct scene *s = *state;
	struct prefixset many;

	prefixset_init(&many);
	for (uint32_t i = 0; i < BASIS_ACTS_MAX + 77; i++) {
		struct prefix all = prefix_of("10.0.0.0/8");
		struct prefix p = prefix_part(&all, 32, i * 2);

		assert_int_equal(prefixset_add(&many, &p), 0);
	}
	prefixset_seal(&many);
	protect_share(&s->protect, &many);
	tell_and_hear(s);
	assert_int_equal(s->count, BASIS_ACTS_MAX + 1);
	assert_int_equal(basis_missing(&s->hearer), 77);
}

static void basis_names_the_policy_and_nothing_that_is_found(void **state)
{
	struct scene *s = *state;
	struct prefix p = prefix_of("198.51.100.53");
	uint64_t before = part_policy(s->config);

	tell_and_hear(s);
	assert_int_equal(s->acts[0].kind, ACT_BASIS);
	assert_int_equal(s->acts[0].config_id, before);
	assert_int_equal(prefixset_add(&s->config->resolvers, &p), 0);
	assert_int_equal(part_policy(s->config), before);
	s->config->policy.threshold++;
	assert_int_not_equal(part_policy(s->config), before);
	s->config->policy.threshold--;
	assert_int_equal(prefixset_add(&s->config->never_ban, &p), 0);
	assert_int_not_equal(part_policy(s->config), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			basis_heard_is_what_was_told_whatever_changes, begin,
			end),
		cmocka_unit_test_setup_teardown(
			basis_without_a_change_is_not_told_again, begin, end),
		cmocka_unit_test_setup_teardown(
			basis_of_a_new_life_forgets_that_of_the_old, begin,
			end),
		cmocka_unit_test_setup_teardown(basis_says_how_much_is_not_told,
						begin, end),
		cmocka_unit_test_setup_teardown(
			basis_names_the_policy_and_nothing_that_is_found, begin,
			end),
	};

	return cmocka_run_group_tests_name("basis", tests, NULL, NULL);
}
