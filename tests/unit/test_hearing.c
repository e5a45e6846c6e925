/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events that come together are judged as those that come one by one.
 */
#include "ctl/core/clock.h"
#include "ctl/core/rule.h"
#include "ctl/daemon/judge.h"
#include "ctl/daemon/tracker.h"
#include "tests/support/random.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

#define BEGIN_MS 1000000u
#define BEGIN_NS (1767254400ull * CLOCK_NS_PER_S)
#define TOGETHER 64u
#define MESSAGES 4000u
#define SEED	 5u

static void make_judge(struct judge *j, struct config *config)
{
	assert_int_equal(judge_init(j, config, 20000, SEED), 0);
}

/* Some attackers, whole networks of them, and people in between. */
static struct prefix any_source(struct random *r)
{
	uint8_t bytes[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	struct prefix p;

	if (random_below(r, 4) == 0) {
		bytes[5] = (uint8_t)random_below(r, 30);
		bytes[7] = (uint8_t)random_below(r, 8);
		bytes[15] = (uint8_t)random_below(r, 4);
		assert_int_equal(prefix_make(&p, PREFIX_IP6, bytes, 128), 0);
		return p;
	}
	bytes[0] = 203;
	bytes[1] = (uint8_t)random_below(r, 50);
	bytes[2] = (uint8_t)random_below(r, 4);
	bytes[3] = (uint8_t)random_below(r, 60);
	assert_int_equal(prefix_make(&p, PREFIX_IP4, bytes, 32), 0);
	return p;
}

static struct event any_event(struct random *r)
{
	return (struct event){
		.sign = random_below(r, 3) ? SIGN_AUTH_FAILURE : SIGN_IDS_ALERT,
		.severity = 3,
		.proof = random_below(r, 20) ? PROOF_DIALOGUE : PROOF_NONE,
		.culprit = CULPRIT_SOURCE,
		.source = any_source(r),
		.target = prefix_of("192.0.2.25"),
		.target_port = random_below(r, 2) ? 25 : 4000,
		.sid = random_below(r, 4),
	};
}

static void carry_out(struct judge *j, const struct event *event,
		      const struct ruling *ruling, uint64_t now_ms)
{
	struct act act = judge_act(j, event, ruling);
	struct ban_wish wish = judge_wish(&act, now_ms + act.term_s * 1000ull);

	if (ruling->kind == RULING_BAN)
		assert_int_equal(bans_put(judge_bans(j, act.scope), &wish), 0);
}

/* One message, in the way of postern-ctl. */
static void judge_together(struct judge *j, const struct event *events,
			   const struct judge_time *times,
			   struct ruling *rulings)
{
	struct hearing hearings[TOGETHER];

	for (size_t i = 0; i < TOGETHER; i++)
		judge_expect(j, &hearings[i], &events[i], times[i]);
	for (size_t i = 0; i < TOGETHER; i++)
		judge_fetch(j, &hearings[i]);
	for (size_t i = 0; i < TOGETHER; i++) {
		rulings[i] = judge_heard(j, &hearings[i]);
		carry_out(j, &events[i], &rulings[i], times[i].ms);
	}
}

static void assert_same(const struct ruling *a, const struct ruling *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->term_s, b->term_s);
	assert_int_equal(a->decision.points, b->decision.points);
	assert_int_equal(a->decision.hosts, b->decision.hosts);
	assert_int_equal(a->decision.rule, b->decision.rule);
	assert_int_equal(a->decision.scope, b->decision.scope);
	assert_true(prefix_equal(&a->decision.prefix, &b->decision.prefix));
}

static void declare_rules(struct config *config)
{
	struct rule *rules = config->policy.rules;

	rules[0] = rule_any();
	rules[0].sids[0] = 1;
	rules[0].sid_count = 1;
	rules[0].scope = SCOPE_MAIL;
	rules[1] = rule_any();
	rules[1].sids[0] = 2;
	rules[1].sid_count = 1;
	rules[1].mode = MODE_OBSERVE;
	rules[1].has_points = true;
	rules[1].points = 100;
	/* It is over in the middle of it all. */
	rules[1].expires_ns = BEGIN_NS + 500 * (uint64_t)CLOCK_NS_PER_S;
	config->policy.rule_count = 2;
	config->policy.terms_s[0] = 60;
	config->policy.terms_s[1] = 120;
	config->policy.term_count = 2;
	config->capacity = 1000;
}

static void hearing_together_is_as_hearing_one_by_one(void **state)
{
	static struct judge together, single;
	struct config *config = sample_config();
	unsigned int kinds[RULING_COUNT] = { 0 }, subnets = 0;
	struct random r = { { 1, 2, 3 } };
	uint64_t ms = 0;

	(void)state;
	declare_rules(config);
	make_judge(&together, config);
	make_judge(&single, config);
	for (unsigned int n = 0; n < MESSAGES; n++) {
		struct event events[TOGETHER];
		struct judge_time times[TOGETHER];
		struct ruling rulings[TOGETHER];

		for (size_t i = 0; i < TOGETHER; i++) {
			ms += random_below(&r, 20);
			times[i] = (struct judge_time){
				BEGIN_MS + ms, BEGIN_NS + ms * CLOCK_NS_PER_MS
			};
			events[i] = any_event(&r);
		}
		judge_together(&together, events, times, rulings);
		for (size_t i = 0; i < TOGETHER; i++) {
			struct ruling alone =
				judge_event(&single, &events[i], times[i]);

			assert_same(&rulings[i], &alone);
			carry_out(&single, &events[i], &alone, times[i].ms);
			kinds[alone.kind]++;
			subnets += alone.kind == RULING_BAN &&
				   alone.decision.hosts > 0;
		}
		assert_int_equal(bans_count(together.bans),
				 bans_count(single.bans));
		assert_int_equal(tracker_count(together.tracker),
				 tracker_count(single.tracker));
	}
	assert_memory_equal(&together.tally, &single.tally,
			    sizeof(single.tally));
	/* All of it happened. */
	assert_true(kinds[RULING_BAN] > 100);
	assert_true(kinds[RULING_SAY] > 10);
	assert_true(subnets > 10);
	assert_true(single.tally.already > 1000);
	judge_fini(&together);
	judge_fini(&single);
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hearing_together_is_as_hearing_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
