/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/core/clock.h"
#include "ctl/daemon/policy.h"
#include "ctl/daemon/tracker.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

#define NOW_NS (1000 * (uint64_t)CLOCK_NS_PER_S)

struct world {
	struct config *config;
	struct tracker *tracker;
	uint32_t now_s;
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->config = sample_config();
	w->tracker = tracker_new(10000, 3);
	w->now_s = 1000;
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	tracker_free(w->tracker);
	config_free(w->config);
	free(w);
	return 0;
}

static struct event event(const char *source, enum sign sign, uint8_t severity)
{
	return (struct event){
		.time_ns = 1000 * (uint64_t)CLOCK_NS_PER_S,
		.seen_ns = 1000 * (uint64_t)CLOCK_NS_PER_S,
		.sign = (uint8_t)sign,
		.severity = severity,
		.proof = PROOF_HANDSHAKE,
		.culprit = CULPRIT_SOURCE,
		.source = prefix_of(source),
		.target = prefix_of("192.0.2.25"),
	};
}

static struct weight weigh(const struct world *w, const struct event *e)
{
	static struct rules rules;

	rules_init(&rules, w->config);
	return rules_weigh(&rules, e, NOW_NS);
}

static struct decision judge(struct world *w, const struct event *e)
{
	struct weight weight = weigh(w, e);
	struct policy_view view;
	struct policy_plan plan;

	policy_plan(&plan, &w->config->policy);
	policy_look(&view, &plan, w->tracker, &e->source, weight.mode);
	return policy_judge(&plan, w->tracker, &view, e, &weight, w->now_s);
}

/* How many such events it takes until somebody is banned; 0: a hundred do
 * not. */
static unsigned int events_to_ban(struct world *w, const struct event *e,
				  struct decision *decision)
{
	for (unsigned int n = 1; n <= 100; n++) {
		*decision = judge(w, e);
		if (decision->ban)
			return n;
	}
	return 0;
}

static void policy_bans_after_points_by_severity(void **state)
{
	static const struct {
		enum sign sign;
		uint8_t severity;
		unsigned int events;
	} cases[] = {
		{ SIGN_IDS_ALERT, 1, 3 },    { SIGN_IDS_ALERT, 2, 4 },
		{ SIGN_IDS_ALERT, 3, 10 },   { SIGN_IDS_ALERT, 0, 10 },
		{ SIGN_IDS_ALERT, 200, 20 }, { SIGN_IDS_ENGINE, 1, 0 },
		{ SIGN_IDS_ENGINE, 3, 0 },   { SIGN_AUTH_FAILURE, 1, 10 },
		{ SIGN_WEAK_BANNER, 1, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct decision decision;
		struct world *w;
		struct event e;

		assert_int_equal(end(state), 0);
		assert_int_equal(begin(state), 0);
		w = *state;
		e = event("203.0.113.7", cases[i].sign, cases[i].severity);
		assert_int_equal(events_to_ban(w, &e, &decision),
				 cases[i].events);
		if (cases[i].events) {
			assert_true(prefix_equal(&decision.prefix, &e.source));
			assert_int_equal(decision.mode, MODE_ENFORCE);
		}
	}
}

static void policy_never_bans_on_what_could_be_forged(void **state)
{
	struct event e = event("203.0.113.7", SIGN_IDS_ALERT, 1);
	struct decision decision;

	e.proof = PROOF_NONE;
	assert_int_equal(events_to_ban(*state, &e, &decision), 0);
	/* Nor does it prepare the ground for the first proven one. */
	e.proof = PROOF_HANDSHAKE;
	assert_int_equal(events_to_ban(*state, &e, &decision), 3);
}

static void policy_never_bans_who_did_not_begin(void **state)
{
	struct event e = event("203.0.113.7", SIGN_IDS_ALERT, 1);
	struct decision decision;

	e.culprit = CULPRIT_NONE;
	assert_int_equal(events_to_ban(*state, &e, &decision), 0);
}

static void policy_forgets_with_time(void **state)
{
	struct world *w = *state;
	struct event e = event("203.0.113.7", SIGN_IDS_ALERT, 1);

	/* Two an hour are forgiven for ever. */
	for (int i = 0; i < 50; i++) {
		assert_false(judge(w, &e).ban);
		w->now_s += 1800;
	}
}

static void policy_gives_old_events_less_weight(void **state)
{
	struct world *w = *state;
	struct event e = event("203.0.113.7", SIGN_IDS_ALERT, 1);
	struct decision decision;

	assert_int_equal(weigh(w, &e).points, 40000);
	e.seen_ns = e.time_ns + 2 * 600 * (uint64_t)CLOCK_NS_PER_S;
	assert_int_equal(weigh(w, &e).points, 10000);
	e.seen_ns = e.time_ns + 86400 * (uint64_t)CLOCK_NS_PER_S;
	assert_int_equal(weigh(w, &e).points, 0);
	assert_int_equal(events_to_ban(w, &e, &decision), 0);
	/* A clock that is ahead makes nothing of it. */
	e.seen_ns = 0;
	assert_int_equal(weigh(w, &e).points, 40000);
}

static void policy_weighs_low_confidence_half(void **state)
{
	struct world *w = *state;
	struct event e = event("203.0.113.7", SIGN_IDS_ALERT, 1);

	e.confidence = CONFIDENCE_LOW;
	assert_int_equal(weigh(w, &e).points, 20000);
}

static void policy_max_severity_hides_the_rest(void **state)
{
	struct world *w = *state;
	struct event e = event("203.0.113.7", SIGN_IDS_ALERT, 2);

	w->config->policy.signs[SIGN_IDS_ALERT].max_severity = 2;
	assert_int_equal(weigh(w, &e).points, 25000);
	e.severity = 3;
	assert_int_equal(weigh(w, &e).points, 0);
	e.severity = 0;
	assert_int_equal(weigh(w, &e).points, 0);
}

static void policy_mode_is_the_milder_of_two(void **state)
{
	struct world *w = *state;
	struct event e = event("203.0.113.7", SIGN_IDS_ALERT, 1);
	struct decision decision;

	w->config->policy.signs[SIGN_IDS_ALERT].mode = MODE_ALARM;
	assert_int_equal(events_to_ban(w, &e, &decision), 3);
	assert_int_equal(decision.mode, MODE_ALARM);
	w->config->policy.mode = MODE_OBSERVE;
	assert_int_equal(judge(w, &e).mode, MODE_OBSERVE);
}

/* COUNT hosts of a /24 with TRIES failed logins each, one after the other. */
static struct decision attack24(struct world *w, unsigned int count,
				unsigned int tries)
{
	for (unsigned int t = 0; t < tries; t++) {
		for (unsigned int i = 0; i < count; i++) {
			char text[32];
			struct decision decision;
			struct event e;

			snprintf(text, sizeof(text), "203.0.113.%u", i + 1);
			e = event(text, SIGN_AUTH_FAILURE, 1);
			decision = judge(w, &e);
			if (decision.ban)
				return decision;
		}
	}
	return (struct decision){ 0 };
}

static void policy_bans_a_subnet_that_stays_below_each_limit(void **state)
{
	struct prefix subnet = prefix_of("203.0.113.0/24");
	struct decision decision = attack24(*state, 32, 3);

	assert_true(decision.ban);
	assert_true(prefix_equal(&decision.prefix, &subnet));
	assert_true(decision.hosts >= 5);
}

static void policy_forgives_an_office_of_mistyped_passwords(void **state)
{
	/* Forty people, one mistake each: a /24, but no attack. */
	assert_false(attack24(*state, 40, 1).ban);
}

static void policy_bans_one_host_and_not_its_neighbours(void **state)
{
	struct world *w = *state;
	struct event e = event("203.0.113.7", SIGN_AUTH_FAILURE, 1);
	struct decision decision;

	assert_int_equal(events_to_ban(w, &e, &decision), 10);
	assert_true(prefix_equal(&decision.prefix, &e.source));
	assert_int_equal(decision.hosts, 0);
}

/* Its network has long reached the rule as well: it goes alone. */
static void policy_bans_the_narrowest_that_explains_it(void **state)
{
	static const char *const lone[] = { "203.0.113.200",
					    "2001:db8:bad:1::1" };
	struct world *w = *state;
	struct decision decision;

	for (size_t i = 0; i < 2; i++) {
		struct event e = event(lone[i], SIGN_AUTH_FAILURE, 0);

		for (unsigned int n = 0; n < 200; n++) {
			struct event other = e;

			other.source.addr[i ? 15 : 3] = (uint8_t)(n % 20 + 2);
			judge(w, &other);
		}
		assert_true(events_to_ban(w, &e, &decision) > 0);
		assert_false(prefix_is_address(&decision.prefix));
		for (unsigned int n = 0; n < 20; n++)
			decision = judge(w, &e);
		assert_true(decision.ban);
		assert_true(prefix_equal(&decision.prefix, &e.source));
		assert_int_equal(decision.hosts, 0);
	}
}

static void policy_spares_a_provider_with_some_bad_customers(void **state)
{
	struct world *w = *state;

	/* Twenty of a /16, each in a /24 of its own, twenty tries each: each
	 * is banned, and nothing wider. */
	for (unsigned int i = 0; i < 20; i++) {
		for (unsigned int t = 0; t < 20; t++) {
			char text[32];
			struct decision decision;
			struct event e;

			snprintf(text, sizeof(text), "198.18.%u.9", i * 12);
			e = event(text, SIGN_AUTH_FAILURE, 1);
			decision = judge(w, &e);
			if (!decision.ban)
				continue;
			assert_true(prefix_equal(&decision.prefix, &e.source));
			break;
		}
	}
}

static void policy_bans_an_ipv6_host_that_changes_its_address(void **state)
{
	struct prefix net = prefix_of("2001:db8:1:2::/64");
	struct decision decision = { 0 };
	unsigned int n;

	for (n = 1; n <= 100 && !decision.ban; n++) {
		char text[64];
		struct event e;

		snprintf(text, sizeof(text), "2001:db8:1:2::%x", n);
		e = event(text, SIGN_AUTH_FAILURE, 1);
		decision = judge(*state, &e);
	}
	assert_true(decision.ban);
	assert_true(n <= 12);
	assert_true(prefix_equal(&decision.prefix, &net));
}

static void policy_bans_an_ipv6_host_that_changes_its_network(void **state)
{
	struct decision decision = { 0 };
	struct prefix net = prefix_of("2001:db8:1::/48");
	unsigned int n;

	for (n = 1; n <= 100 && !decision.ban; n++) {
		char text[64];
		struct event e;

		snprintf(text, sizeof(text), "2001:db8:1:%x::1", n * 257);
		e = event(text, SIGN_AUTH_FAILURE, 1);
		decision = judge(*state, &e);
	}
	assert_true(decision.ban);
	assert_true(n <= 12);
	assert_true(prefix_equal(&decision.prefix, &net));
}

static void policy_without_subnets_bans_addresses_only(void **state)
{
	struct world *w = *state;

	w->config->policy.subnet.count4 = 0;
	assert_false(attack24(w, 40, 4).ban);
}

static void policy_terms_rise_and_stay_at_the_last(void **state)
{
	struct world *w = *state;
	const struct policy *policy = &w->config->policy;

	assert_int_equal(policy_term_s(policy, 0, 0), 600);
	assert_int_equal(policy_term_s(policy, 1, 0), 600);
	assert_int_equal(policy_term_s(policy, 2, 0), 3600);
	assert_int_equal(policy_term_s(policy, 5, 0), 30 * 86400);
	assert_int_equal(policy_term_s(policy, 255, 0), 30 * 86400);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(policy_bans_after_points_by_severity),
		CASE(policy_never_bans_on_what_could_be_forged),
		CASE(policy_never_bans_who_did_not_begin),
		CASE(policy_forgets_with_time),
		CASE(policy_gives_old_events_less_weight),
		CASE(policy_weighs_low_confidence_half),
		CASE(policy_max_severity_hides_the_rest),
		CASE(policy_mode_is_the_milder_of_two),
		CASE(policy_bans_a_subnet_that_stays_below_each_limit),
		CASE(policy_forgives_an_office_of_mistyped_passwords),
		CASE(policy_bans_one_host_and_not_its_neighbours),
		CASE(policy_bans_the_narrowest_that_explains_it),
		CASE(policy_spares_a_provider_with_some_bad_customers),
		CASE(policy_bans_an_ipv6_host_that_changes_its_address),
		CASE(policy_bans_an_ipv6_host_that_changes_its_network),
		CASE(policy_without_subnets_bans_addresses_only),
		CASE(policy_terms_rise_and_stay_at_the_last),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
