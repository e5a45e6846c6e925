/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "ctl/core/clock.h"
#include "ctl/core/rule.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/judge.h"
#include "ctl/daemon/tracker.h"
#include "tests/support/random.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

#define BEGIN_MS 1000000ull
#define BEGIN_NS (1767254400ull * CLOCK_NS_PER_S)

struct world {
	struct config *config;
	struct judge judge;
	uint64_t now_ms;
	uint16_t port;
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->config = sample_config();
	w->config->capacity = 10000;
	w->config->feed_count = 2;
	assert_int_equal(judge_init(&w->judge, w->config, 20000, 5), 0);
	w->now_ms = BEGIN_MS;
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

static uint64_t now_ns(const struct world *w)
{
	return BEGIN_NS + (w->now_ms - BEGIN_MS) * CLOCK_NS_PER_MS;
}

static struct judge_time now(const struct world *w)
{
	return (struct judge_time){ w->now_ms, now_ns(w) };
}

/* The configuration has other rules now. */
static void use_rules(struct world *w, uint16_t count)
{
	w->config->policy.rule_count = count;
	rules_init(&w->judge.rules, w->config);
}

static struct ruling hear(struct world *w, const struct prefix *source)
{
	struct event event = {
		.time_ns = now_ns(w),
		.seen_ns = now_ns(w),
		.sign = SIGN_AUTH_FAILURE,
		.proof = PROOF_DIALOGUE,
		.culprit = CULPRIT_SOURCE,
		.source = *source,
		.target = prefix_of("192.0.2.25"),
		.target_port = w->port,
	};

	return judge_event(&w->judge, &event, now(w));
}

/* Until something is to be done, at most a thousand times. */
static struct ruling insist(struct world *w, const char *source)
{
	struct prefix p = prefix_of(source);
	struct ruling ruling = { 0 };

	for (int i = 0; i < 1000 && ruling.kind == RULING_NOTHING; i++)
		ruling = hear(w, &p);
	return ruling;
}

static void ban(struct world *w, const struct prefix *p, uint32_t term_s)
{
	const struct ban_wish wish = {
		.prefix = *p,
		.level = judge_next_level(&w->judge, SCOPE_ALL, p),
		.term_s = term_s,
		.since_s = (uint32_t)(now_ns(w) / CLOCK_NS_PER_S),
		.until_ms = w->now_ms + term_s * 1000ull,
		.reason = "test",
	};

	assert_int_equal(bans_put(w->judge.bans, &wish), 0);
}

static void judge_bans_for_longer_each_time(void **state)
{
	static const uint32_t terms_s[] = { 600,    3600,    86400,
					    604800, 2592000, 2592000 };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(terms_s) / sizeof(terms_s[0]); i++) {
		struct ruling ruling = insist(w, "203.0.113.7");

		assert_int_equal(ruling.kind, RULING_BAN);
		assert_int_equal(ruling.level, i + 1);
		assert_int_equal(ruling.term_s, terms_s[i]);
		ban(w, &ruling.decision.prefix, ruling.term_s);
		w->now_ms += ruling.term_s * 1000ull + 1;
		bans_expire(w->judge.bans, w->now_ms);
	}
}

static void judge_never_exceeds_the_guards_longest_term(void **state)
{
	struct world *w = *state;

	w->config->guard.longest_s = 60;
	assert_int_equal(insist(w, "203.0.113.7").term_s, 60);
}

static void judge_counts_who_is_banned_and_extends_nothing(void **state)
{
	struct world *w = *state;
	struct prefix net = prefix_of("203.0.113.0/24");
	struct prefix source = prefix_of("203.0.113.7");
	struct track track;

	ban(w, &net, 600);
	for (int i = 0; i < 500; i++)
		assert_int_equal(hear(w, &source).kind, RULING_NOTHING);
	assert_int_equal(w->judge.tally.already, 500);
	assert_false(tracker_read(w->judge.tracker, &source, MODE_ENFORCE, 1,
				  600, &track));
}

static void put_mail_ban(struct world *w, const char *text)
{
	const struct ban_wish wish = {
		.prefix = prefix_of(text),
		.level = 1,
		.term_s = 600,
		.until_ms = w->now_ms + 600000,
		.reason = "test",
	};

	assert_int_equal(bans_put(w->judge.mail, &wish), 0);
}

static void judge_bans_within_the_scope_of_the_rule(void **state)
{
	struct world *w = *state;
	struct rule *rule = &w->config->policy.rules[0];
	struct ruling ruling;
	struct act act;

	*rule = rule_any();
	rule->scope = SCOPE_MAIL;
	use_rules(w, 1);
	ruling = insist(w, "203.0.113.7");
	assert_int_equal(ruling.kind, RULING_BAN);
	assert_int_equal(ruling.level, 1);
	act = judge_act(&w->judge, &(struct event){ 0 }, &ruling);
	assert_int_equal(act.scope, SCOPE_MAIL);
	put_mail_ban(w, "203.0.113.7");
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_NOTHING);
	assert_int_equal(judge_next_level(&w->judge, SCOPE_MAIL,
					  &ruling.decision.prefix),
			 2);
	assert_int_equal(
		judge_next_level(&w->judge, SCOPE_ALL, &ruling.decision.prefix),
		1);
}

static void judge_goes_on_about_who_is_out_of_the_mail_services(void **state)
{
	struct world *w = *state;

	put_mail_ban(w, "203.0.113.7");
	w->port = 25;
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_NOTHING);
	assert_int_equal(w->judge.tally.already, 1000);
	/* No ban keeps it from there. */
	w->port = 80;
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_BAN);
}

static void judge_bans_anew_what_gets_through_a_ban(void **state)
{
	struct world *w = *state;
	struct prefix source = prefix_of("203.0.113.7");

	w->config->feeds[0].behind = true;
	ban(w, &source, 600);
	/* What was on its way while the ban came into force says nothing. */
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_NOTHING);
	w->now_ms += 10000;
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_BAN);
}

/* A person banned it for a month, or for good. */
static void judge_shortens_no_ban_that_is_got_through(void **state)
{
	struct ban_wish wish = { .level = 1, .reason = "by a court's order" };
	struct world *w = *state;
	uint32_t month_s = 30 * 86400;

	w->config->feeds[0].behind = true;
	wish.prefix = prefix_of("203.0.113.7");
	wish.until_ms = w->now_ms + month_s * 1000ull;
	assert_int_equal(bans_put(w->judge.bans, &wish), 0);
	wish.prefix = prefix_of("203.0.113.8");
	wish.until_ms = 0;
	assert_int_equal(bans_put(w->judge.bans, &wish), 0);
	w->now_ms += 10000;
	assert_int_equal(insist(w, "203.0.113.7").term_s, month_s - 10);
	assert_int_equal(insist(w, "203.0.113.8").term_s, 0);
}

static void judge_spares_the_protected_and_says_by_what(void **state)
{
	struct world *w = *state;
	struct ruling ruling = insist(w, "198.51.100.9");
	struct prefix list = prefix_of("198.51.100.0/24");
	struct track track;

	assert_int_equal(ruling.kind, RULING_SPARED);
	assert_int_equal(ruling.why, PROTECTION_NEVER_BAN);
	assert_true(prefix_equal(&ruling.by, &list));
	/* What he did condemns nobody around him. */
	assert_false(tracker_read(w->judge.tracker, &list, MODE_ENFORCE, 1, 600,
				  &track));
	assert_int_equal(insist(w, "10.0.9.7").why, PROTECTION_ADMIN);
	assert_int_equal(insist(w, "10.77.1.1").why, PROTECTION_ZONE);
	assert_int_equal(insist(w, "192.0.2.25").why, PROTECTION_SERVER);
	assert_int_equal(insist(w, "127.0.0.1").why, PROTECTION_SPECIAL);
}

static void judge_spares_a_subnet_with_a_protected_address(void **state)
{
	struct world *w = *state;
	unsigned int spared = 0, banned = 0;

	/* 192.0.2.25 is a server: its /24 attacks, and is not banned. */
	for (unsigned int t = 0; t < 20; t++) {
		for (unsigned int i = 100; i < 140; i++) {
			char text[32];
			struct prefix p;
			struct ruling ruling;

			snprintf(text, sizeof(text), "192.0.2.%u", i);
			p = prefix_of(text);
			ruling = hear(w, &p);
			spared += ruling.kind == RULING_SPARED;
			if (ruling.kind != RULING_BAN)
				continue;
			assert_true(prefix_equal(&ruling.decision.prefix, &p));
			ban(w, &p, 600);
			banned++;
		}
	}
	assert_true(spared > 0);
	assert_int_equal(banned, 40);
}

static void judge_does_not_charge_the_pardoned(void **state)
{
	struct world *w = *state;
	const struct ban_wish wish = {
		.prefix = prefix_of("203.0.113.7"),
		.until_ms = BEGIN_MS + 60000,
		.term_s = 60,
		.reason = "forgiven",
	};

	assert_int_equal(bans_put(w->judge.pardons, &wish), 0);
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_NOTHING);
	assert_int_equal(w->judge.tally.pardoned, 1000);
	w->now_ms += 60001;
	bans_expire(w->judge.pardons, w->now_ms);
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_BAN);
}

static void judge_only_says_what_the_mode_forbids(void **state)
{
	struct world *w = *state;
	struct prefix p = prefix_of("203.0.113.7");
	unsigned int said = 0;

	w->config->policy.mode = MODE_OBSERVE;
	for (int i = 0; i < 100; i++)
		said += hear(w, &p).kind == RULING_SAY;
	/* Once for each time that the rule was reached, and not each event. */
	assert_int_equal(said, 10);
}

static void judge_what_is_observed_does_not_help_to_ban(void **state)
{
	struct world *w = *state;
	struct rule *rule = &w->config->policy.rules[0];
	struct prefix p = prefix_of("203.0.113.7");

	*rule = (struct rule){ .feed = RULE_ANY,
			       .server = RULE_ANY,
			       .zone = RULE_ANY,
			       .has_points = true,
			       .points = 90,
			       .mode = MODE_OBSERVE };
	use_rules(w, 1);
	assert_int_equal(hear(w, &p).kind, RULING_NOTHING);
	use_rules(w, 0);
	for (int i = 0; i < 9; i++)
		assert_int_equal(hear(w, &p).kind, RULING_NOTHING);
	assert_int_equal(hear(w, &p).kind, RULING_BAN);
}

static void judge_takes_only_the_worst_above_the_cap(void **state)
{
	struct world *w = *state;
	unsigned int banned = 0, held = 0, first = 0;

	w->config->policy.cap.bans = 5;
	for (unsigned int i = 0; i < 50; i++) {
		for (unsigned int t = 0; t < 12; t++) {
			char text[32];
			struct ruling ruling;
			struct prefix p;

			snprintf(text, sizeof(text), "198.18.%u.1", i * 5);
			p = prefix_of(text);
			ruling = hear(w, &p);
			held += ruling.kind == RULING_HELD;
			first += ruling.kind == RULING_HELD &&
				 ruling.held_first;
			if (ruling.kind != RULING_BAN)
				continue;
			ban(w, &ruling.decision.prefix, 600);
			banned++;
		}
	}
	assert_int_equal(banned, 5);
	assert_true(held > 50);
	assert_int_equal(first, 1);
	/* Who does twice as much goes all the same. */
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_HELD);
	for (int i = 0; i < 9; i++)
		insist(w, "203.0.113.7");
	assert_int_equal(insist(w, "203.0.113.7").kind, RULING_BAN);
	/* And in the next minute all is as before. */
	w->now_ms += 60000;
	assert_int_equal(insist(w, "203.0.113.9").kind, RULING_BAN);
}

static void judge_measures_the_space_that_it_takes(void **state)
{
	const struct cap cap = { .space = 300 };
	struct prefix net = prefix_of("203.0.113.0/24");
	struct prefix six = prefix_of("2001:db8:bad::/48");
	struct capping c = { 0 };

	(void)state;
	assert_true(capping_take(&c, &cap, &net, 100, 100, 60));
	assert_false(capping_is_full(&c, &cap, 60));
	assert_true(capping_take(&c, &cap, &net, 100, 100, 60));
	/* 512 addresses by now: the next is to be twice as bad. */
	assert_true(capping_is_full(&c, &cap, 60));
	assert_false(capping_take(&c, &cap, &net, 199, 100, 60));
	assert_true(capping_take(&c, &cap, &net, 200, 100, 60));
	/* A new minute; 65536 of IPv6's networks. */
	assert_true(capping_take(&c, &cap, &six, 100, 100, 120));
	assert_false(capping_take(&c, &cap, &net, 100000, 100, 120));
}

static void judge_bears_a_clock_that_jumps(void **state)
{
	struct world *w = *state;
	uint64_t year_ms = 365ull * 86400 * 1000;
	struct prefix p = prefix_of("203.0.113.7");
	struct event event = {
		.sign = SIGN_AUTH_FAILURE,
		.proof = PROOF_DIALOGUE,
		.culprit = CULPRIT_SOURCE,
		.source = p,
		.target = prefix_of("192.0.2.25"),
		/* From the future, by a reporter's clock. */
		.time_ns = BEGIN_NS + year_ms * CLOCK_NS_PER_MS,
		.seen_ns = BEGIN_NS,
	};
	struct judge_time back = { .ms = w->now_ms };

	for (int i = 0; i < 9; i++)
		assert_int_equal(
			judge_event(&w->judge, &event,
				    (struct judge_time){ w->now_ms, BEGIN_NS })
				.kind,
			RULING_NOTHING);
	/* The calendar goes back a year; terms and points do not mind. */
	back.ns = BEGIN_NS - year_ms * CLOCK_NS_PER_MS;
	assert_int_equal(judge_event(&w->judge, &event, back).kind, RULING_BAN);
	w->now_ms += year_ms;
	assert_int_equal(hear(w, &p).kind, RULING_NOTHING);
}

static void judge_comes_to_the_same_with_the_same_seed(void **state)
{
	struct world *w = *state;
	struct random r = { { 1, 2, 3 } };
	struct judge other;

	w->now_ms = BEGIN_MS;
	assert_int_equal(judge_init(&other, w->config, 20000, 5), 0);
	for (int i = 0; i < 200000; i++) {
		uint32_t bits = random_below(&r, 3000) * 2654435761u;
		struct event event = {
			.sign = SIGN_AUTH_FAILURE,
			.proof = PROOF_DIALOGUE,
			.culprit = CULPRIT_SOURCE,
		};
		struct ruling a, b;

		assert_int_equal(prefix_make(&event.source, PREFIX_IP4,
					     (const uint8_t *)&bits, 32),
				 0);
		w->now_ms += random_below(&r, 20);
		a = judge_event(&w->judge, &event, now(w));
		b = judge_event(&other, &event, now(w));
		assert_int_equal(a.kind, b.kind);
		assert_int_equal(a.decision.points, b.decision.points);
		assert_true(
			prefix_equal(&a.decision.prefix, &b.decision.prefix));
	}
	judge_fini(&other);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(judge_bans_for_longer_each_time),
		CASE(judge_never_exceeds_the_guards_longest_term),
		CASE(judge_counts_who_is_banned_and_extends_nothing),
		CASE(judge_bans_within_the_scope_of_the_rule),
		CASE(judge_goes_on_about_who_is_out_of_the_mail_services),
		CASE(judge_bans_anew_what_gets_through_a_ban),
		CASE(judge_shortens_no_ban_that_is_got_through),
		CASE(judge_spares_the_protected_and_says_by_what),
		CASE(judge_spares_a_subnet_with_a_protected_address),
		CASE(judge_does_not_charge_the_pardoned),
		CASE(judge_only_says_what_the_mode_forbids),
		CASE(judge_what_is_observed_does_not_help_to_ban),
		CASE(judge_takes_only_the_worst_above_the_cap),
		CASE(judge_measures_the_space_that_it_takes),
		CASE(judge_bears_a_clock_that_jumps),
		CASE(judge_comes_to_the_same_with_the_same_seed),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
