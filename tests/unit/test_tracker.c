/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "ctl/daemon/tracker.h"
#include "tests/support/random.h"
#include "tests/support/test.h"

#define HALF_S 600u

static struct track charge(struct tracker *t, const struct prefix *p,
			   uint32_t points, uint32_t now_s)
{
	struct tracker_spot spot = tracker_spot(t, p, 0);
	const struct charge_order order = {
		.points = points * TRACKER_POINT,
		.now_s = now_s,
		.half_s = HALF_S,
	};

	return tracker_charge(t, &spot, &order);
}

static void tracker_points_add_up_and_halve(void **state)
{
	struct tracker *t = tracker_new(1000, 7);
	struct prefix p = prefix_of("192.0.2.1");
	struct track track;

	(void)state;
	charge(t, &p, 40, 100);
	track = charge(t, &p, 40, 100);
	assert_int_equal(track.points, 80 * TRACKER_POINT);
	assert_int_equal(track.events, 2);
	assert_true(tracker_read(t, &p, 0, 100 + HALF_S, HALF_S, &track));
	assert_int_equal(track.points, 40 * TRACKER_POINT);
	assert_true(tracker_read(t, &p, 0, 100 + 3 * HALF_S, HALF_S, &track));
	assert_int_equal(track.points, 10 * TRACKER_POINT);
	assert_false(tracker_read(t, &p, 0, 100 + 40 * HALF_S, HALF_S, &track));
	tracker_free(t);
}

static void tracker_decay_is_near_the_exact_one(void **state)
{
	struct tracker *t = tracker_new(1000, 7);
	struct prefix p = prefix_of("192.0.2.1");

	(void)state;
	charge(t, &p, 1000, 0);
	for (uint32_t now = 0; now < 4 * HALF_S; now += 7) {
		double exact = 1000. * exp2(-(double)now / HALF_S);
		struct track track;

		assert_true(tracker_read(t, &p, 0, now, HALF_S, &track));
		assert_true(track.points / 1000. >= exact - 0.01);
		assert_true(track.points / 1000. <= exact * 1.0001 + 0.01);
	}
	tracker_free(t);
}

static void tracker_many_small_charges_decay_as_well(void **state)
{
	struct tracker *t = tracker_new(1000, 7);
	struct prefix p = prefix_of("192.0.2.1");
	double exact = 0;
	struct track track = { 0 };

	/* One point every 30 seconds, for a week, comes to 29.4 points. */
	(void)state;
	for (uint32_t now = 0; now < 7 * 86400; now += 30) {
		exact = exact * exp2(-30. / HALF_S) + 1;
		track = charge(t, &p, 1, now);
		assert_true(track.points / 1000. <= exact + 0.1);
		assert_true(track.points / 1000. >= exact - 0.1);
	}
	assert_true(track.points < 30 * TRACKER_POINT);
	tracker_free(t);
}

static void tracker_points_saturate(void **state)
{
	struct tracker *t = tracker_new(1000, 7);
	struct prefix p = prefix_of("192.0.2.1");
	struct tracker_spot spot = tracker_spot(t, &p, 0);
	struct charge_order order = {
		.points = UINT32_MAX - 5,
		.now_s = 1,
		.half_s = HALF_S,
	};

	(void)state;
	tracker_charge(t, &spot, &order);
	assert_true(tracker_charge(t, &spot, &order).points == UINT32_MAX);
	for (int i = 0; i < 70000; i++)
		tracker_charge(t, &spot, &order);
	assert_int_equal(tracker_charge(t, &spot, &order).events, UINT16_MAX);
	tracker_free(t);
}

static void tracker_counts_distinct_hosts_and_not_their_events(void **state)
{
	struct tracker *t = tracker_new(1000, 7);
	struct prefix p = prefix_of("192.0.2.0/24");
	struct tracker_spot spot = tracker_spot(t, &p, 0);
	struct charge_order order = {
		.has_host = true,
		.points = TRACKER_POINT,
		.now_s = 1,
		.half_s = HALF_S,
	};
	struct track track = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct prefix host =
			prefix_of(i % 2 ? "192.0.2.1" : "192.0.2.2");

		order.host = tracker_host(t, &host);
		track = tracker_charge(t, &spot, &order);
	}
	assert_true(track.hosts <= 2 && track.hosts >= 1);
	for (unsigned int i = 0; i < 60; i++) {
		char text[32];
		struct prefix host;

		snprintf(text, sizeof(text), "192.0.2.%u", i);
		host = prefix_of(text);
		order.host = tracker_host(t, &host);
		track = tracker_charge(t, &spot, &order);
	}
	assert_true(track.hosts > 40 && track.hosts < 85);
	tracker_free(t);
}

static void tracker_forgets_hosts_that_are_long_gone(void **state)
{
	struct tracker *t = tracker_new(1000, 7);
	struct prefix p = prefix_of("192.0.2.0/24");
	struct tracker_spot spot = tracker_spot(t, &p, 0);
	struct charge_order order = {
		.has_host = true,
		.points = TRACKER_POINT,
		.half_s = HALF_S,
	};
	struct track track = { 0 };

	/* One every hour, for days: never many at the same time. */
	(void)state;
	for (unsigned int i = 0; i < 200; i++) {
		char text[32];
		struct prefix host;

		snprintf(text, sizeof(text), "192.0.2.%u", i);
		host = prefix_of(text);
		order.host = tracker_host(t, &host);
		order.now_s = i * 3600;
		track = tracker_charge(t, &spot, &order);
		assert_true(track.hosts <= 2);
	}
	assert_true(track.hosts >= 1);
	tracker_free(t);
}

static void tracker_books_know_nothing_of_each_other(void **state)
{
	struct tracker *t = tracker_new(1000, 7);
	struct prefix p = prefix_of("192.0.2.1");
	struct tracker_spot spot = tracker_spot(t, &p, 1);
	struct charge_order order = {
		.points = 50 * TRACKER_POINT,
		.half_s = HALF_S,
	};
	struct track track;

	(void)state;
	tracker_charge(t, &spot, &order);
	assert_false(tracker_read(t, &p, 2, 0, HALF_S, &track));
	assert_true(tracker_read(t, &p, 1, 0, HALF_S, &track));
	spot = tracker_spot(t, &p, 2);
	assert_int_equal(tracker_charge(t, &spot, &order).points,
			 50 * TRACKER_POINT);
	tracker_clear(t, &p);
	assert_int_equal(tracker_count(t), 0);
	tracker_free(t);
}

static void tracker_stays_within_its_memory_and_keeps_the_worst(void **state)
{
	struct tracker *t = tracker_new(3000, 7);
	struct prefix worst = prefix_of("203.0.113.66");
	struct random r = { { 1, 1, 2 } };
	struct track track;

	(void)state;
	charge(t, &worst, 90, 1);
	for (int i = 0; i < 300000; i++) {
		uint64_t bits = random_u64(&r);
		struct prefix p;

		assert_int_equal(
			prefix_make(&p, PREFIX_IP4, (const uint8_t *)&bits, 32),
			0);
		charge(t, &p, 20, 1);
	}
	assert_true(tracker_count(t) <= 9000);
	assert_true(tracker_evicted(t) > 200000);
	assert_true(tracker_read(t, &worst, 0, 1, HALF_S, &track));
	assert_int_equal(track.points, 90 * TRACKER_POINT);
	tracker_free(t);
}

static void tracker_of_a_million_sources_fits_96_mb(void **state)
{
	struct tracker *t = tracker_new(1000000, 7);

	(void)state;
	assert_true(tracker_bytes(t) <= 96000000);
	tracker_free(t);
}

static void tracker_gives_an_ipv6_network_only_a_corner(void **state)
{
	struct tracker *t = tracker_new(100000, 7);
	struct random r = { { 1, 1, 2 } };
	size_t kept = 0;

	(void)state;
	/* Ordinary sources first, each with little. */
	for (unsigned int i = 0; i < 50000; i++) {
		uint8_t addr[4] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
				    (uint8_t)i };
		struct prefix p;

		assert_int_equal(prefix_make(&p, PREFIX_IP4, addr, 32), 0);
		charge(t, &p, 20, 1);
	}
	/* Then somebody with a whole /32, each address worth more. */
	for (int i = 0; i < 500000; i++) {
		uint64_t bits[2] = { random_u64(&r), random_u64(&r) };
		struct prefix p;

		memcpy(bits, "\x20\x01\x0d\xb8", 4);
		assert_int_equal(
			prefix_make(&p, PREFIX_IP6, (const uint8_t *)bits, 128),
			0);
		charge(t, &p, 50, 1);
	}
	for (unsigned int i = 0; i < 50000; i++) {
		uint8_t addr[4] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
				    (uint8_t)i };
		struct track track;
		struct prefix p;

		assert_int_equal(prefix_make(&p, PREFIX_IP4, addr, 32), 0);
		kept += tracker_read(t, &p, 0, 1, HALF_S, &track);
	}
	assert_true(kept > 49000);
	tracker_free(t);
}

static void tracker_time_that_runs_backwards_changes_nothing(void **state)
{
	struct tracker *t = tracker_new(1000, 7);
	struct prefix p = prefix_of("192.0.2.1");
	struct track track;

	(void)state;
	charge(t, &p, 40, 1000);
	assert_true(tracker_read(t, &p, 0, 10, HALF_S, &track));
	assert_int_equal(track.points, 40 * TRACKER_POINT);
	track = charge(t, &p, 40, 10);
	assert_int_equal(track.points, 80 * TRACKER_POINT);
	assert_int_equal(track.last_s, 1000);
	tracker_clear(t, &p);
	assert_false(tracker_read(t, &p, 0, 1000, HALF_S, &track));
	assert_int_equal(tracker_count(t), 0);
	tracker_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracker_points_add_up_and_halve),
		cmocka_unit_test(tracker_decay_is_near_the_exact_one),
		cmocka_unit_test(tracker_many_small_charges_decay_as_well),
		cmocka_unit_test(tracker_points_saturate),
		cmocka_unit_test(
			tracker_counts_distinct_hosts_and_not_their_events),
		cmocka_unit_test(tracker_forgets_hosts_that_are_long_gone),
		cmocka_unit_test(tracker_books_know_nothing_of_each_other),
		cmocka_unit_test(
			tracker_stays_within_its_memory_and_keeps_the_worst),
		cmocka_unit_test(tracker_of_a_million_sources_fits_96_mb),
		cmocka_unit_test(tracker_gives_an_ipv6_network_only_a_corner),
		cmocka_unit_test(
			tracker_time_that_runs_backwards_changes_nothing),
	};

	return cmocka_run_group_tests_name("tracker", tests, NULL, NULL);
}
