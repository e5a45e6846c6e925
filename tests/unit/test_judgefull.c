/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/clock.h"
#include "ctl/daemon/judge.h"
#include "ctl/daemon/tracker.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

#define SOURCES	  20000u
#define NOW_MS	  1000000ull
#define PROTECTED 60000u

struct world {
	struct config *config;
	struct judge judge;
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->config = sample_config();
	w->config->capacity = 1000;
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

static struct ruling hear(struct world *w, const struct prefix *source)
{
	struct event event = {
		.sign = SIGN_AUTH_FAILURE,
		.proof = PROOF_DIALOGUE,
		.culprit = CULPRIT_SOURCE,
		.source = *source,
	};

	return judge_event(&w->judge, &event, (struct judge_time){ NOW_MS, 1 });
}

/* Number I of all that are protected, each by an entry of its own. */
static struct prefix protected_one(uint32_t i)
{
	struct prefix net = prefix_of("100.64.0.0/10");

	return prefix_part(&net, 32, i * 3);
}

static void protect_masses(struct world *w)
{
	for (uint32_t i = 0; i < PROTECTED; i++) {
		struct prefix p = protected_one(i);

		assert_int_equal(prefixset_add(&w->config->never_ban, &p), 0);
	}
	prefixset_seal(&w->config->never_ban);
	assert_int_equal(judge_init(&w->judge, w->config, SOURCES, 5), 0);
}

/* Each tries so often. */
static void attack_by_all(struct world *w, unsigned int times)
{
	for (uint32_t i = 0; i < PROTECTED; i++) {
		struct prefix p = protected_one(i);

		for (unsigned int t = 0; t < times; t++)
			assert_int_not_equal(hear(w, &p).kind, RULING_BAN);
	}
}

static unsigned int events_until_ban(struct world *w, const char *source)
{
	struct prefix p = prefix_of(source);

	for (unsigned int i = 1; i < 1000; i++) {
		if (hear(w, &p).kind == RULING_BAN)
			return i;
	}
	return 0;
}

static void judge_bears_a_list_of_masses_of_protected_ones(void **state)
{
	struct world *w = *state;

	protect_masses(w);
	for (uint32_t i = 0; i < PROTECTED; i += 1000) {
		struct prefix p = protected_one(i);
		unsigned int spared = 0;

		for (int t = 0; t < 10; t++)
			spared += hear(w, &p).kind == RULING_SPARED;
		assert_int_equal(spared, 1);
	}
	assert_int_equal(events_until_ban(w, "203.0.113.7"), 10);
}

/* A memory that is full of them has room for who can be banned. */
static void judge_finds_attackers_among_masses_of_protected_ones(void **state)
{
	struct world *w = *state;
	uint64_t evicted;
	unsigned int caught = 0;

	protect_masses(w);
	attack_by_all(w, 5);
	evicted = tracker_evicted(w->judge.tracker);
	assert_true(evicted > PROTECTED / 10);
	for (unsigned int i = 0; i < 200; i++) {
		char text[32];

		snprintf(text, sizeof(text), "45.%u.7.9", i);
		caught += events_until_ban(w, text) == 10;
	}
	assert_int_equal(caught, 200);
}

static void judge_keeps_attackers_while_protected_ones_come(void **state)
{
	struct world *w = *state;
	struct prefix p = prefix_of("203.0.113.7");

	protect_masses(w);
	for (int i = 0; i < 9; i++)
		assert_int_equal(hear(w, &p).kind, RULING_NOTHING);
	attack_by_all(w, 9);
	assert_int_equal(hear(w, &p).kind, RULING_BAN);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(judge_bears_a_list_of_masses_of_protected_ones),
		CASE(judge_finds_attackers_among_masses_of_protected_ones),
		CASE(judge_keeps_attackers_while_protected_ones_come),
	};

	return cmocka_run_group_tests_name("judgefull", tests, NULL, NULL);
}
