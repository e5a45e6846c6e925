/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "ctl/core/clock.h"
#include "ctl/daemon/judge.h"
#include "tests/support/random.h"
#include "tests/support/sample.h"
#include "tests/support/test.h"

/*
 * Random networks of attackers against the slow, obvious model: every event is
 * kept, and counted anew each time.  Where the model is sure, the judge has to
 * be; hosts are an estimate, and their spans overlap, so that there is a margin
 * in which either is right.
 */
#define SEEDS	  100u
#define EVENTS	  200u
#define BEGIN_MS  1000000ull
#define WINDOW_S  600
#define POINTS	  10 /* of one event */
#define THRESHOLD 100
#define LEVELS	  4u
/* Points above which a subnet may be a crowd, in which each host counts. */
#define CROWD_POINTS 500

struct model {
	struct prefix sources[EVENTS];
	double at_s[EVENTS];
	bool attacks[EVENTS];
	size_t count;
};

/* What a prefix of the ladder takes, by the manual. */
struct level {
	unsigned int length;
	unsigned int host_length;
	unsigned int hosts; /* 0: none are asked for */
	double points;
};

static const struct level levels4[LEVELS] = {
	{ 32, 32, 0, THRESHOLD },
	{ 24, 32, 5, THRESHOLD },
	{ 20, 32, 20, 4 * THRESHOLD },
	{ 16, 32, 80, 16 * THRESHOLD },
};
static const struct level levels6[LEVELS] = {
	{ 128, 128, 0, THRESHOLD },
	{ 64, 128, 2, THRESHOLD },
	{ 56, 64, 5, THRESHOLD },
	{ 48, 64, 5, THRESHOLD },
};

static double points_of(const struct model *m, const struct prefix *p,
			double now_s)
{
	double points = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (prefix_contains(p, &m->sources[i]))
			points +=
				POINTS * exp2(-(now_s - m->at_s[i]) / WINDOW_S);
	}
	return points;
}

/* Distinct hosts within SPAN_S; ALL: also those that tried once. */
static unsigned int hosts_of(const struct model *m, const struct prefix *p,
			     unsigned int host_length, double since_s, bool all)
{
	struct prefix found[EVENTS];
	unsigned int count = 0;

	for (size_t i = 0; i < m->count; i++) {
		struct prefix host =
			prefix_truncate(&m->sources[i], host_length);
		unsigned int n = 0;

		if (!(all || m->attacks[i]) || m->at_s[i] < since_s ||
		    !prefix_contains(p, &m->sources[i]))
			continue;
		while (n < count && !prefix_equal(&found[n], &host))
			n++;
		if (n == count)
			found[count++] = host;
	}
	return count;
}

static void add(struct model *m, const struct prefix *source, double now_s)
{
	m->sources[m->count] = *source;
	m->at_s[m->count] = now_s;
	m->count++;
	m->attacks[m->count - 1] = source->family == PREFIX_IP6 ||
				   points_of(m, source, now_s) >= 1.5 * POINTS;
}

/* So that no estimate and no rounding can say otherwise. */
static bool has_surely(const struct model *m, const struct prefix *p,
		       const struct level *level, double now_s)
{
	return points_of(m, p, now_s) >= level->points + 0.1 &&
	       (level->hosts == 0 ||
		hosts_of(m, p, level->host_length, now_s - 2 * WINDOW_S,
			 false) >= 2 * level->hosts);
}

static bool has_perhaps(const struct model *m, const struct prefix *p,
			const struct level *level, double now_s)
{
	double points = points_of(m, p, now_s);

	return points >= level->points - 0.1 &&
	       (level->hosts == 0 ||
		hosts_of(m, p, level->host_length, now_s - 4 * WINDOW_S,
			 points >= CROWD_POINTS) *
				1.25 >=
			level->hosts);
}

struct played {
	unsigned int decisions;
	unsigned int lengths[129];
};

/* The narrowest prefix that has reached the rule, and none that has not. */
static void compare(const struct model *m, const struct level *levels,
		    const struct decision *d, double now_s,
		    struct played *played)
{
	const struct prefix *source = &m->sources[m->count - 1];

	for (unsigned int i = 0; i < LEVELS; i++) {
		struct prefix p = prefix_truncate(source, levels[i].length);

		if (has_surely(m, &p, &levels[i], now_s)) {
			assert_true(d->ban);
			assert_true(d->prefix.length >= levels[i].length);
		}
		if (!d->ban || d->prefix.length != levels[i].length)
			continue;
		assert_true(prefix_equal(&d->prefix, &p));
		assert_true(has_perhaps(m, &p, &levels[i], now_s));
	}
	played->decisions += d->ban;
	played->lengths[d->ban ? d->prefix.length : 0]++;
}

/* How dense each seed's attackers stand, and how often they come. */
struct style {
	uint32_t nets, subnets, hosts, pace_s;
};

static struct style style_of(struct random *r)
{
	return (struct style){
		.nets = random_below(r, 3) + 1,
		.subnets = random_below(r, 4) + 1,
		.hosts = 1u << random_below(r, 7),
		.pace_s = random_below(r, 40) + 1,
	};
}

static struct prefix source_of(struct random *r, const struct style *s,
			       uint8_t family)
{
	uint8_t bytes[16] = { 45, 77 };
	struct prefix p;

	if (family == PREFIX_IP4) {
		bytes[2] = (uint8_t)(random_below(r, s->nets) * 16 +
				     random_below(r, s->subnets));
		bytes[3] = (uint8_t)random_below(r, s->hosts);
	} else {
		bytes[0] = 0x2a;
		bytes[5] = (uint8_t)random_below(r, s->nets);
		bytes[6] = (uint8_t)random_below(r, s->subnets);
		bytes[7] = (uint8_t)random_below(r, s->subnets * 3);
		bytes[15] = (uint8_t)random_below(r, s->hosts);
	}
	assert_int_equal(prefix_make(&p, family, bytes, prefix_bits(family)),
			 0);
	return p;
}

static void play(uint8_t family, uint64_t seed, struct played *played)
{
	static struct model m;
	struct random r = { { (uint16_t)(seed * 7 + 1), (uint16_t)seed,
			      family } };
	const struct style style = style_of(&r);
	const struct level *levels = family == PREFIX_IP4 ? levels4 : levels6;
	struct config *config = sample_config();
	uint64_t now_ms = BEGIN_MS;
	struct judge judge;

	config->capacity = 100;
	m.count = 0;
	assert_int_equal(judge_init(&judge, config, 20000, seed), 0);
	for (size_t i = 0; i < EVENTS; i++) {
		struct event event = {
			.sign = SIGN_AUTH_FAILURE,
			.proof = PROOF_DIALOGUE,
			.culprit = CULPRIT_SOURCE,
			.source = source_of(&r, &style, family),
		};
		struct ruling ruling;

		now_ms += 1000ull * random_below(&r, style.pace_s);
		ruling = judge_event(&judge, &event,
				     (struct judge_time){ now_ms, 1 });
		add(&m, &event.source, (double)now_ms / 1000);
		compare(&m, levels, &ruling.decision, (double)now_ms / 1000,
			played);
	}
	judge_fini(&judge);
	config_free(config);
}

static void judge_agrees_with_the_obvious_model_in_ipv4(void **state)
{
	struct played played = { 0 };

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		play(PREFIX_IP4, seed, &played);
	assert_true(played.lengths[32] > 1000);
	assert_true(played.lengths[24] > 500);
	assert_true(played.lengths[20] > 10);
}

static void judge_agrees_with_the_obvious_model_in_ipv6(void **state)
{
	struct played played = { 0 };

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		play(PREFIX_IP6, seed, &played);
	assert_true(played.lengths[128] > 200);
	assert_true(played.lengths[64] > 1000);
	assert_true(played.lengths[56] > 500);
	assert_true(played.lengths[48] > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge_agrees_with_the_obvious_model_in_ipv4),
		cmocka_unit_test(judge_agrees_with_the_obvious_model_in_ipv6),
	};

	return cmocka_run_group_tests_name("judgemodel", tests, NULL, NULL);
}
