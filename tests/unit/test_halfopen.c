/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flood of SYNs is remembered whole as far as was promised, and beyond that
 * the oldest give way.
 */
#include "ctl/core/clock.h"
#include "sensors/halfopen.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define PROMISED 1000000u

static void a_million_are_remembered(void **state)
{
	struct halfopens *h = halfopens_new(PROMISED);
	struct random random = { { 1, 2, 3 } };

	(void)state;
	assert_non_null(h);
	for (uint32_t i = 0; i < PROMISED; i++)
		halfopens_take(h, random_u64(&random), i)->client_seq = i;
	assert_int_equal(halfopens_stats(h)->displaced, 0);
	random = (struct random){ { 1, 2, 3 } };
	for (uint32_t i = 0; i < PROMISED; i++) {
		const struct halfopen *item =
			halfopens_find(h, random_u64(&random));

		assert_non_null(item);
		assert_int_equal(item->client_seq, i);
	}
	halfopens_free(h);
}

static void of_more_the_oldest_give_way(void **state)
{
	struct halfopens *h = halfopens_new(1000);
	struct random random = { { 4, 5, 6 } };
	uint64_t hash = 0;
	int lost = 0;

	(void)state;
	for (uint64_t i = 0; i < 100000; i++) {
		hash = random_u64(&random);
		halfopens_take(h, hash, i * CLOCK_NS_PER_MS);
	}
	assert_true(halfopens_stats(h)->displaced > 90000);
	assert_non_null(halfopens_find(h, hash));
	/* Of the last ones hardly any is lost. */
	random = (struct random){ { 4, 5, 6 } };
	for (int i = 0; i < 100000; i++) {
		hash = random_u64(&random);
		if (i >= 99500)
			lost += !halfopens_find(h, hash);
	}
	assert_true(lost < 25);
	halfopens_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_are_remembered),
		cmocka_unit_test(of_more_the_oldest_give_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
