/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/core/part.h"
#include "ctl/core/rule.h"
#include "ctl/daemon/rules.h"
#include "ctl/warden/conf/conffile.h"
#include "ctl/warden/conf/conflist.h"
#include "ctl/warden/conf/confshared.h"
#include "tests/support/random.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

#define NOW_NS (1767254400ull * CLOCK_NS_PER_S)

static struct event alert(const char *source)
{
	return (struct event){
		.time_ns = NOW_NS,
		.seen_ns = NOW_NS,
		.sign = SIGN_IDS_ALERT,
		.severity = 2,
		.proof = PROOF_HANDSHAKE,
		.culprit = CULPRIT_SOURCE,
		.source = prefix_of(source),
		.target = prefix_of("192.0.2.25"),
		.target_port = 25,
		.feed = 1,
		.sid = 9000001,
		.category = "Attempted Information Leak",
	};
}

static struct weight weigh(const struct config *config,
			   const struct event *event, uint64_t now_ns)
{
	static struct rules rules;

	rules_init(&rules, config);
	return rules_weigh(&rules, event, now_ns);
}

/* Does RULE alone match EVENT? */
static bool takes(const struct rule *rule, const struct event *event)
{
	struct config *config = sample_config();
	struct weight weight;

	config->policy.rules[0] = *rule;
	config->policy.rule_count = 1;
	weight = weigh(config, event, NOW_NS);
	config_free(config);
	return weight.rule == 0;
}

static void rules_match_by_each_of_their_words(void **state)
{
	struct event event = alert("203.0.113.7");
	struct rule rule = rule_any();

	(void)state;
	assert_true(takes(&rule, &event));
#define ONLY(member, right, wrong)                  \
	do {                                        \
		rule = rule_any();                  \
		rule.member = (right);              \
		assert_true(takes(&rule, &event));  \
		rule.member = (wrong);              \
		assert_false(takes(&rule, &event)); \
	} while (0)
	ONLY(sign, SIGN_IDS_ALERT, SIGN_FLOOD);
	ONLY(feed, 1, 0);
	ONLY(server, 0, 1);
	ONLY(zone, 0, 1);
	ONLY(port, 25, 465);
	ONLY(max_severity, 2, 1);
	ONLY(expires_ns, NOW_NS + 1, NOW_NS);
	rule = rule_any();
	rule.sids[0] = 5;
	rule.sids[1] = 9000001;
	rule.sid_count = 2;
	assert_true(takes(&rule, &event));
	rule.sid_count = 1;
	assert_false(takes(&rule, &event));
	rule = rule_any();
	strcpy(rule.category, "attempted information leak");
	assert_true(takes(&rule, &event));
	strcpy(rule.category, "attempted");
	assert_false(takes(&rule, &event));
	rule = rule_any();
	rule.sources[0] = prefix_of("203.0.113.0/24");
	rule.source_count = 1;
	assert_true(takes(&rule, &event));
	rule.sources[0] = prefix_of("203.0.112.0/24");
	assert_false(takes(&rule, &event));
}

static void rules_know_the_zone_of_a_source(void **state)
{
	struct event event = alert("10.1.2.3");
	struct rule rule = rule_any();

	(void)state;
	rule.zone = 2; /* inside: 10.0.0.0/8 */
	assert_true(takes(&rule, &event));
	event = alert("203.0.113.7");
	assert_false(takes(&rule, &event));
}

static void rules_first_match_counts(void **state)
{
	struct config *config = sample_config();
	struct rule *rules = config->policy.rules;
	struct event event = alert("203.0.113.7");
	struct weight weight;

	(void)state;
	rules[0] = rule_any();
	rules[0].sign = SIGN_FLOOD;
	rules[1] = rule_any();
	rules[1].has_points = true;
	rules[1].points = 7;
	rules[1].mode = MODE_ALARM;
	rules[1].term_s = 300;
	rules[2] = rule_any();
	config->policy.rule_count = 3;
	weight = weigh(config, &event, NOW_NS);
	assert_int_equal(weight.rule, 1);
	assert_int_equal(weight.points, 7000);
	assert_int_equal(weight.mode, MODE_ALARM);
	assert_int_equal(weight.term_s, 300);
	/* Without points of its own, a rule takes the sign's. */
	rules[1].has_points = false;
	assert_int_equal(weigh(config, &event, NOW_NS).points, 25000);
	/* It is over: the next one. */
	rules[1].expires_ns = NOW_NS;
	assert_int_equal(weigh(config, &event, NOW_NS).rule, 2);
	/* No rule makes anything of what could be forged. */
	event.proof = PROOF_NONE;
	assert_int_equal(weigh(config, &event, NOW_NS).points, 0);
	config_free(config);
}

/* A rule of which each word is set now and then. */
static struct rule random_rule(struct random *r)
{
	struct rule rule = rule_any();

	if (random_below(r, 2))
		rule.sign = (uint8_t)(1 + random_below(r, 4));
	if (random_below(r, 3) == 0)
		rule.feed = (uint16_t)(random_below(r, 2)
					       ? random_below(r, 3)
					       : CONFIG_SENSOR_FEED(1));
	if (random_below(r, 3) == 0)
		rule.server = (uint16_t)random_below(r, 3);
	if (random_below(r, 4) == 0)
		rule.port = 25;
	if (random_below(r, 8) == 0)
		rule.expires_ns = NOW_NS;
	if (random_below(r, 2))
		rule.sid_count = (uint8_t)random_below(r, 5);
	for (uint8_t i = 0; i < rule.sid_count; i++)
		rule.sids[i] = random_below(r, 6);
	return rule;
}

static struct event random_event(struct random *r)
{
	static const uint16_t feeds[] = { 0, 1, 2, CONFIG_SENSOR_FEED(1),
					  40000 };
	static const uint16_t servers[] = { 0, 1, 2, 3, EVENT_SERVER_NONE };
	struct event event = alert("203.0.113.7");

	event.sign = (uint8_t)(1 + random_below(r, 5));
	event.feed = feeds[random_below(r, 5)];
	event.server = servers[random_below(r, 5)];
	event.target_port = random_below(r, 2) ? 25 : 465;
	event.sid = random_below(r, 7);
	return event;
}

/* The obvious way: each rule by itself, from the top. */
static uint16_t first_by_hand(const struct config *config,
			      const struct event *event)
{
	for (uint16_t i = 0; i < config->policy.rule_count; i++) {
		const struct rule *rule = &config->policy.rules[i];
		bool has_sid = rule->sid_count == 0;

		for (uint8_t s = 0; s < rule->sid_count; s++)
			has_sid |= rule->sids[s] == event->sid;
		if (has_sid && !rule_is_expired(rule, NOW_NS) &&
		    (rule->sign == SIGN_NONE || rule->sign == event->sign) &&
		    (rule->feed == RULE_ANY || rule->feed == event->feed) &&
		    (rule->server == RULE_ANY ||
		     rule->server == event->server) &&
		    (rule->port == 0 || rule->port == event->target_port))
			return i;
	}
	return RULES_NONE;
}

static void rules_many_are_as_each_from_the_top(void **state)
{
	struct config *config = sample_config();
	static struct rules rules;
	struct random r = { { 4, 5, 6 } };
	unsigned int late = 0, none = 0;

	(void)state;
	for (unsigned int round = 0; round < 60; round++) {
		uint16_t count =
			(uint16_t)random_below(&r, CONFIG_RULES_MAX + 1);

		config->policy.rule_count = count;
		for (uint16_t i = 0; i < count; i++)
			config->policy.rules[i] = random_rule(&r);
		rules_init(&rules, config);
		for (unsigned int n = 0; n < 500; n++) {
			struct event event = random_event(&r);
			uint16_t found = first_by_hand(config, &event);

			assert_int_equal(
				rules_weigh(&rules, &event, NOW_NS).rule,
				found);
			none += found == RULES_NONE;
			late += found != RULES_NONE && found > 3;
		}
	}
	/* Both happened, often. */
	assert_true(none > 100);
	assert_true(late > 1000);
	config_free(config);
}

static void write_file(char path[64], const char *text)
{
	int fd;

	strcpy(path, "/tmp/postern-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* The findings of a file that includes INCLUDED; *OUT is what it means. */
static void load(const char *included, struct config **out,
		 struct findings *findings)
{
	char path[64], main_path[64], text[512];

	write_file(path, included);
	snprintf(text, sizeof(text),
		 "policy { include = {\"%s\"}\n rule \"main\" { points = 1"
		 " reason = \"x\" } }\n",
		 path);
	write_file(main_path, text);
	findings_init(findings, "main");
	*out = conffile_load(main_path, findings);
	unlink(path);
	unlink(main_path);
}

static void rules_of_an_included_file_come_behind(void **state)
{
	struct findings findings;
	struct config *config;

	(void)state;
	load("rule \"wave\" { sign = \"malware\" reason = \"y\" }\n", &config,
	     &findings);
	assert_non_null(config);
	assert_int_equal(config->policy.rule_count, 2);
	assert_string_equal(config->policy.rules[0].name, "main");
	assert_string_equal(config->policy.rules[1].name, "wave");
	assert_true(strncmp(config->policy.rules[1].file, "postern-test-",
			    13) == 0);
	config_free(config);
}

static void rules_of_an_included_file_are_refused_with_its_name(void **state)
{
	struct findings findings;
	struct config *config;

	(void)state;
	load("\nrule \"wave\" { sing = \"malware\" }\nadmin = {}\n", &config,
	     &findings);
	assert_null(config);
	assert_int_equal(findings.errors, 2);
	assert_int_equal(findings.list[0].line, 2);
	assert_non_null(strstr(findings.list[0].file, "postern-test-"));
	assert_non_null(strstr(findings.list[0].text, "did you mean \"sign\""));
	/* Nothing but rules may stand there. */
	assert_int_equal(findings.list[1].line, 3);
}

static void rules_survive_the_way_to_their_program(void **state)
{
	struct config *config = sample_config();
	struct rule *rule = &config->policy.rules[0];
	struct config *back;
	uint8_t *data;
	size_t len;

	(void)state;
	*rule = rule_any();
	strcpy(rule->name, "wave");
	strcpy(rule->reason, "why not");
	rule->sids[0] = 4;
	rule->sid_count = 1;
	rule->sources[0] = prefix_of("2001:db8::/32");
	rule->source_count = 1;
	rule->expires_ns = NOW_NS;
	config->policy.rule_count = 1;
	assert_int_equal(part_encode(&data, &len, config, ROLE_CTL, 0), 0);
	assert_int_equal(part_decode(&back, ROLE_CTL, data, len), 0);
	assert_memory_equal(&back->policy.rules[0], rule, sizeof(*rule));
	config_free(back);
	config_free(config);
	free(data);
}

static void rules_of_shared_senders_are_read_line_by_line(void **state)
{
	static const char text[] = "# a provider\n"
				   "198.51.100.0/24 ; mail out\n"
				   "\t2001:db8:600d::/48\r\n"
				   "0.0.0.0/0\n"
				   "198.51.100.1/24\n"
				   "example.org\n"
				   "\n"
				   "203.0.113.7";
	struct config *config = config_new();
	struct findings findings;

	(void)state;
	findings_init(&findings, "f");
	confshared_parse(config, text, sizeof(text) - 1, &findings);
	prefixset_seal(&config->shared.prefixes);
	assert_int_equal(config->shared.prefixes.count, 3);
	assert_int_equal(findings.errors, 0);
	assert_int_equal(findings.warnings, 3);
	assert_int_equal(findings.list[0].line, 4);
	assert_non_null(strstr(findings.list[0].text, "is wider than"));
	config_free(config);
}

static void rules_of_block_lists_are_read_up_to_a_bound(void **state)
{
	static const char text[] = "192.0.2.1 ; SBL1\n192.0.2.2\n192.0.2.3\n";
	struct prefixset set;
	const struct conflist list = {
		.set = &set, .widest4 = 8, .widest6 = 16, .most = 2
	};
	struct findings findings;

	(void)state;
	prefixset_init(&set);
	findings_init(&findings, "f");
	conflist_parse(&list, text, sizeof(text) - 1, &findings);
	assert_int_equal(set.count, 2);
	assert_int_equal(findings.errors, 0);
	assert_int_equal(findings.warnings, 1);
	assert_int_equal(findings.list[0].line, 3);
	prefixset_fini(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_match_by_each_of_their_words),
		cmocka_unit_test(rules_know_the_zone_of_a_source),
		cmocka_unit_test(rules_first_match_counts),
		cmocka_unit_test(rules_many_are_as_each_from_the_top),
		cmocka_unit_test(rules_of_an_included_file_come_behind),
		cmocka_unit_test(
			rules_of_an_included_file_are_refused_with_its_name),
		cmocka_unit_test(rules_survive_the_way_to_their_program),
		cmocka_unit_test(rules_of_shared_senders_are_read_line_by_line),
		cmocka_unit_test(rules_of_block_lists_are_read_up_to_a_bound),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
