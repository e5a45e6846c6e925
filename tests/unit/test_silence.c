/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensors/dialogue.h"
#include "tests/support/test.h"

#define S_NS	 1000000000ull
#define BEGUN_NS (1700000000 * S_NS)

/* What was told, and when. */
struct told {
	unsigned int count;
	uint64_t last_ns;
	uint16_t last_server;
};

static void take(void *arg, const struct event *event)
{
	struct told *told = arg;

	assert_int_equal(event->sign, SIGN_SERVER_SILENT);
	assert_int_equal(event->culprit, CULPRIT_NONE);
	told->count++;
	told->last_ns = event->time_ns;
	told->last_server = event->server;
}

static struct dialogue_pool *begin(struct told *told, uint32_t silent_s)
{
	struct dialogue_config config;
	struct dialogue_pool *pool;

	*told = (struct told){ 0 };
	dialogue_config_init(&config);
	config.tally_size = 1024;
	if (silent_s)
		config.silent_s = silent_s;
	pool = dialogue_pool_new(&config, 8, take, told);
	assert_non_null(pool);
	return pool;
}

/* Somebody who connected to server NUMBER at SECOND, and says nothing. */
static struct dialogue *connect_to(struct dialogue_pool *pool, uint16_t number,
				   uint64_t second)
{
	const struct dialogue_place place = {
		.server = number,
		.client = prefix_of("203.0.113.9"),
		.target = prefix_of("192.0.2.25"),
		.client_port = 4000,
		.target_port = 25,
		.begun_ns = BEGUN_NS + second * S_NS,
		.proof_so_far = PROOF_HANDSHAKE,
	};
	struct dialogue *d = dialogue_new(pool, &place, false);

	assert_non_null(d);
	return d;
}

static void greet(struct dialogue *d, uint64_t second)
{
	dialogue_data(d, SIDE_SERVER, (const uint8_t *)"220 x\r\n", 7,
		      BEGUN_NS + second * S_NS);
}

static void finish(struct dialogue *d, uint64_t second)
{
	dialogue_end(d, DIALOGUE_END_FIN, BEGUN_NS + second * S_NS);
	dialogue_free(d);
}

static void silence_is_told_while_somebody_still_waits(void **state)
{
	struct told told;
	struct dialogue_pool *pool = begin(&told, 0);
	struct dialogue *d = connect_to(pool, 1, 0);

	(void)state;
	assert_true(dialogue_pool_deadline(pool) == BEGUN_NS + 60 * S_NS);
	dialogue_pool_tick(pool, BEGUN_NS + 60 * S_NS - 1);
	assert_int_equal(told.count, 0);
	/* A clock that is looked at late tells the right time all the same. */
	dialogue_pool_tick(pool, BEGUN_NS + 75 * S_NS);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.last_server, 1);
	assert_true(told.last_ns == BEGUN_NS + 60 * S_NS);
	assert_true(dialogue_pool_deadline(pool) == 0);
	/* Not once more when it ends. */
	finish(d, 1800);
	assert_int_equal(told.count, 1);
	dialogue_pool_free(pool);
}

static void silence_is_as_long_as_the_configuration_says(void **state)
{
	struct told told;
	struct dialogue_pool *pool = begin(&told, 5);
	struct dialogue *d = connect_to(pool, 1, 0);

	(void)state;
	dialogue_pool_tick(pool, BEGUN_NS + 5 * S_NS);
	assert_int_equal(told.count, 1);
	finish(d, 6);
	dialogue_pool_free(pool);
}

static void silence_is_none_of_a_server_that_spoke_in_time(void **state)
{
	struct told told;
	struct dialogue_pool *pool = begin(&told, 0);
	struct dialogue *a = connect_to(pool, 1, 0);
	struct dialogue *b = connect_to(pool, 2, 1);
	struct dialogue *c = connect_to(pool, 3, 2);

	(void)state;
	greet(b, 3);
	finish(a, 4);
	assert_true(dialogue_pool_deadline(pool) == BEGUN_NS + 62 * S_NS);
	dialogue_pool_tick(pool, BEGUN_NS + 61 * S_NS);
	assert_int_equal(told.count, 0);
	dialogue_pool_tick(pool, BEGUN_NS + 62 * S_NS);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.last_server, 3);
	finish(b, 70);
	finish(c, 71);
	dialogue_pool_free(pool);
}

static void silence_of_one_server_is_told_once_an_hour(void **state)
{
	struct told told;
	struct dialogue_pool *pool = begin(&told, 0);
	struct dialogue *a = connect_to(pool, 1, 0);
	struct dialogue *b = connect_to(pool, 1, 1);
	struct dialogue *c = connect_to(pool, 2, 2);
	struct dialogue *d;

	(void)state;
	dialogue_pool_tick(pool, BEGUN_NS + 100 * S_NS);
	assert_int_equal(told.count, 2);
	finish(a, 100);
	finish(b, 100);
	finish(c, 100);
	d = connect_to(pool, 1, 3700);
	dialogue_pool_tick(pool, BEGUN_NS + 3800 * S_NS);
	assert_int_equal(told.count, 3);
	finish(d, 3900);
	dialogue_pool_free(pool);
}

/* A capture that is only read: nobody looks at a clock in between. */
static void silence_is_found_at_the_end_or_with_a_late_first_word(void **state)
{
	struct told told;
	struct dialogue_pool *pool = begin(&told, 0);
	struct dialogue *late;

	(void)state;
	finish(connect_to(pool, 1, 0), 59);
	assert_int_equal(told.count, 0);
	finish(connect_to(pool, 1, 0), 61);
	assert_int_equal(told.count, 1);
	late = connect_to(pool, 2, 0);
	greet(late, 70);
	assert_int_equal(told.count, 2);
	finish(late, 71);
	dialogue_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_told_while_somebody_still_waits),
		cmocka_unit_test(silence_is_as_long_as_the_configuration_says),
		cmocka_unit_test(
			silence_is_none_of_a_server_that_spoke_in_time),
		cmocka_unit_test(silence_of_one_server_is_told_once_an_hour),
		cmocka_unit_test(
			silence_is_found_at_the_end_or_with_a_late_first_word),
	};

	return cmocka_run_group_tests_name("silence", tests, NULL, NULL);
}
