/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two sensors hear one dialogue: what it shows counts once. */
#include "ctl/core/clock.h"
#include "ctl/daemon/judge.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

#define BEGIN_NS (1767254400ull * CLOCK_NS_PER_S)

struct world {
	struct config *config;
	struct judge judge;
	uint64_t now_ns;
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->config = sample_config();
	w->config->capacity = 1000;
	w->config->sensor_count = 2;
	assert_int_equal(judge_init(&w->judge, w->config, 2000, 5), 0);
	w->now_ns = BEGIN_NS;
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	judge_fini(&w->judge);
	config_free(w->config);
	free(w);
	return 0;
}

/* A refused login in the connection from PORT, by SENSOR: is it an echo? */
static bool is_echo(struct world *w, uint8_t sensor, uint16_t port,
		    const char *target)
{
	struct event event = {
		.time_ns = w->now_ns,
		.feed = CONFIG_SENSOR_FEED(sensor),
		.sign = SIGN_AUTH_FAILURE,
		.proof = PROOF_DIALOGUE,
		.culprit = CULPRIT_SOURCE,
		.source = prefix_of("203.0.113.7"),
		.source_port = port,
		.target = prefix_of(target),
		.target_port = 25,
	};
	uint64_t before = w->judge.tally.repeated;

	judge_event(
		&w->judge, &event,
		(struct judge_time){ w->now_ns / CLOCK_NS_PER_MS, w->now_ns });
	w->now_ns += CLOCK_NS_PER_MS;
	return w->judge.tally.repeated != before;
}

static void one_failure_that_two_sensors_hear_counts_once(void **state)
{
	struct world *w = *state;

	assert_false(is_echo(w, 0, 4000, "192.0.2.25"));
	assert_true(is_echo(w, 1, 4000, "192.0.2.25"));
	/* Three more, of which one sensor is ahead. */
	for (int i = 0; i < 3; i++)
		assert_false(is_echo(w, 1, 4000, "192.0.2.25"));
	for (int i = 0; i < 3; i++)
		assert_true(is_echo(w, 0, 4000, "192.0.2.25"));
	assert_false(is_echo(w, 0, 4000, "192.0.2.25"));
	/* Behind a translation the target is another one. */
	assert_true(is_echo(w, 1, 4000, "10.0.0.25"));
}

static void what_one_sensor_hears_counts_each_time(void **state)
{
	struct world *w = *state;

	for (uint16_t i = 0; i < 5; i++)
		assert_false(is_echo(w, 0, 4000, "192.0.2.25"));
	/* Another connection, and the same ports much later. */
	assert_false(is_echo(w, 1, 4001, "192.0.2.25"));
	w->now_ns += 120 * (uint64_t)CLOCK_NS_PER_S;
	assert_false(is_echo(w, 1, 4000, "192.0.2.25"));
}

static void sums_of_other_feeds_are_left_alone(void **state)
{
	struct world *w = *state;

	w->config->sensor_count = 1;
	assert_false(is_echo(w, 0, 4000, "192.0.2.25"));
	assert_false(is_echo(w, 1, 4000, "192.0.2.25"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			one_failure_that_two_sensors_hear_counts_once, begin,
			end),
		cmocka_unit_test_setup_teardown(
			what_one_sensor_hears_counts_each_time, begin, end),
		cmocka_unit_test_setup_teardown(
			sums_of_other_feeds_are_left_alone, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
