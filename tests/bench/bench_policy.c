/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many events does the judge weigh in a second, on one core, and in how
 * much memory?
 *
 *     bench_policy [EVENTS [SOURCES]]
 *
 * EVENTS of SOURCES that come in random order: each charges its address and
 * three subnets around it, first with fifty rules of which none matches, then
 * without, from an empty memory each time.  Then more of the same, until many
 * are banned.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "ctl/core/clock.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/judge.h"
#include "ctl/daemon/tracker.h"

#define BATCH 64u /* as many as a message holds */

struct bench {
	struct config *config;
	struct judge judge;
	struct event events[BATCH];
	struct hearing hearings[BATCH];
	uint32_t sources;
	uint64_t state;
};

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint32_t next(struct bench *b)
{
	b->state = b->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(b->state >> 33);
}

/* Sources spread over the whole space, as a botnet's are. */
static void make_events(struct bench *b)
{
	for (size_t i = 0; i < BATCH; i++) {
		uint32_t a = next(b) % b->sources * 2654435761u;
		const uint8_t bytes[4] = { (uint8_t)(a >> 24 | 1),
					   (uint8_t)(a >> 16),
					   (uint8_t)(a >> 8), (uint8_t)a };

		b->events[i] = (struct event){
			.sign = SIGN_AUTH_FAILURE,
			.proof = PROOF_DIALOGUE,
			.culprit = CULPRIT_SOURCE,
			.text = "MAIL AUTH failed",
		};
		if (prefix_make(&b->events[i].source, PREFIX_IP4, bytes, 32))
			abort();
	}
}

static void ban(struct bench *b, const struct event *event,
		const struct ruling *ruling, uint64_t now_ms)
{
	struct act act = judge_act(&b->judge, event, ruling);
	struct ban_wish wish = judge_wish(&act, now_ms + act.term_s * 1000ull);

	if (bans_put(b->judge.bans, &wish))
		abort();
}

/* As postern-ctl judges the events of one message. */
static void judge_all(struct bench *b, uint64_t now_ms)
{
	const struct judge_time now = { now_ms, now_ms * CLOCK_NS_PER_MS };

	for (size_t i = 0; i < BATCH; i++)
		judge_expect(&b->judge, &b->hearings[i], &b->events[i], now);
	for (size_t i = 0; i < BATCH; i++)
		judge_fetch(&b->judge, &b->hearings[i]);
	for (size_t i = 0; i < BATCH; i++) {
		struct ruling ruling = judge_heard(&b->judge, &b->hearings[i]);

		if (ruling.kind == RULING_BAN)
			ban(b, &b->events[i], &ruling, now_ms);
	}
}

static void measure(struct bench *b, const char *what, uint64_t count)
{
	double spent = 0;

	for (uint64_t done = 0; done < count; done += BATCH) {
		double begin;

		make_events(b);
		begin = cpu_s();
		judge_all(b, 1000000 + done / 1000);
		spent += cpu_s() - begin;
	}
	printf("%-16s %6.2f M events/s, %u banned\n", what,
	       (double)count / spent / 1e6, bans_count(b->judge.bans));
}

static void add_rules(struct config *config)
{
	for (uint16_t i = 0; i < 50; i++) {
		struct rule *rule = &config->policy.rules[i];

		*rule = (struct rule){ .feed = RULE_ANY,
				       .server = RULE_ANY,
				       .zone = RULE_ANY,
				       .sids = { 9000000u + i },
				       .sid_count = 1 };
	}
	config->policy.rule_count = 50;
}

/* An empty memory, and the same sources anew. */
static int begin(struct bench *b)
{
	b->state = 1;
	return judge_init(&b->judge, b->config, 1000000, 7);
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000000;
	static struct bench b = { .state = 1 };
	struct rusage usage;

	b.sources = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1000000;
	b.config = config_new();
	if (!b.config || b.sources == 0)
		return 1;
	b.config->policy.cap = (struct cap){ 0 };
	add_rules(b.config);
	if (begin(&b))
		return 1;
	measure(&b, "new, 50 rules", count);
	judge_fini(&b.judge);
	b.config->policy.rule_count = 0;
	if (begin(&b))
		return 1;
	measure(&b, "new sources", count);
	measure(&b, "known sources", count);
	measure(&b, "many banned", 4 * count);
	printf("tracker: %zu accounts of %llu that were evicted, %.1f MB\n",
	       tracker_count(b.judge.tracker),
	       (unsigned long long)tracker_evicted(b.judge.tracker),
	       (double)tracker_bytes(b.judge.tracker) / 1e6);
	getrusage(RUSAGE_SELF, &usage);
	printf("resident, with the table of bans: %.0f MB\n",
	       (double)usage.ru_maxrss / 1e3);
	judge_fini(&b.judge);
	config_free(b.config);
	return 0;
}
