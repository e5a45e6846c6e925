/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/protect.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define LISTED 40u

/* Of all lengths, near each other, so that many overlap. */
static struct prefix any_prefix(struct random *r)
{
	uint8_t family = random_below(r, 2) ? PREFIX_IP4 : PREFIX_IP6;
	uint8_t addr[16] = { 0x20, (uint8_t)random_below(r, 4) };
	struct prefix p;

	addr[2] = (uint8_t)(random_below(r, 4) << 6);
	addr[3] = (uint8_t)random_below(r, 4);
	assert_int_equal(prefix_make(&p, family, addr, 4 + random_below(r, 29)),
			 0);
	return p;
}

static void protect_agrees_with_a_slow_model(void **state)
{
	struct random r = { { 3, 2, 1 } };
	unsigned int spared = 0, free_ones = 0;

	(void)state;
	for (unsigned int round = 0; round < 200; round++) {
		struct config *config = config_new();
		struct prefix listed[LISTED];
		size_t count = random_below(&r, LISTED);
		struct protect protect;

		for (size_t i = 0; i < count; i++) {
			listed[i] = any_prefix(&r);
			assert_int_equal(
				prefixset_add(&config->never_ban, &listed[i]),
				0);
		}
		prefixset_seal(&config->never_ban);
		assert_int_equal(protect_init(&protect, config), 0);
		for (unsigned int n = 0; n < 500; n++) {
			struct prefix p = any_prefix(&r), by;
			bool overlaps = false;

			for (size_t i = 0; i < count; i++)
				overlaps |= prefix_overlaps(&listed[i], &p);
			assert_int_equal(protect_ask(&protect, &p, &by),
					 overlaps ? PROTECTION_NEVER_BAN
						  : PROTECTION_NONE);
			spared += overlaps;
			free_ones += !overlaps;
		}
		protect_fini(&protect);
		config_free(config);
	}
	assert_true(spared > 1000);
	assert_true(free_ones > 1000);
}

static void protect_changes_with_what_is_observed(void **state)
{
	struct config *config = config_new();
	struct prefix p = prefix_of("203.0.113.7"), by;
	struct prefixset list, none;
	struct protect protect;

	(void)state;
	prefixset_init(&list);
	prefixset_init(&none);
	assert_int_equal(protect_init(&protect, config), 0);
	assert_int_equal(protect_ask(&protect, &p, &by), PROTECTION_NONE);
	assert_int_equal(prefixset_add(&list, &p), 0);
	prefixset_seal(&list);
	protect_observe(&protect, &list);
	assert_int_equal(protect_ask(&protect, &p, &by), PROTECTION_OBSERVED);
	protect_observe(&protect, &none);
	assert_int_equal(protect_ask(&protect, &p, &by), PROTECTION_NONE);
	protect_fini(&protect);
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(protect_agrees_with_a_slow_model),
		cmocka_unit_test(protect_changes_with_what_is_observed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
