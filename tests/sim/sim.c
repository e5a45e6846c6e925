/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How well does the policy decide?  Days at the mail gate (crowd.h) are played
 * through the judge that postern-ctl asks, in virtual time, with the defaults
 * of the configuration.
 *
 *     sim_policy [SEEDS [FIRST]]
 *
 * Prints a table, and exits with 1 where an aim is not met in any of the days:
 * of what one host and one subnet try after they reached the rule, 99 % are
 * stopped; nobody is banned who neither attacks nor lives in the narrowest
 * prefix that does; what is forged bans nobody.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/core/clock.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/judge.h"
#include "ctl/daemon/tracker.h"
#include "tests/sim/crowd.h"

#define SOURCES	 1000000u
#define START_NS (1767254400ull * CLOCK_NS_PER_S)
#define START_S	 1000u

/* What became of one kind of people in one day, or in all. */
struct fate {
	uint64_t deeds;
	uint64_t stopped;
	uint64_t late; /* came through after the rule was reached */
	uint64_t after; /* all after it was reached */
	uint64_t
		banned; /* sources that met a ban that was no fault of theirs */
	uint64_t first_s; /* sum of the times from first try to first ban */
	uint64_t first_count;
};

struct totals {
	struct fate fates[ACTOR_COUNT];
	uint64_t bans;
	uint64_t forged; /* bans that a forged source came to */
	uint64_t wide; /* bans that explain nothing: a defect */
	uint64_t space; /* of all bans: addresses, a /64 of IPv6 as one */
	uint64_t events;
	double seconds;
	unsigned int bad_days;
};

/* An attacking group as a whole, told apart by its own exact count. */
struct group {
	struct prefix source; /* of one who is no group */
	uint64_t begin_s;
	bool begun;
	bool reached;
};

/* More than misbehave on their own account. */
#define SINGLES_MAX 64u

struct day {
	struct config *config;
	struct judge judge;
	struct crowd crowd;
	struct fate fates[ACTOR_COUNT];
	struct group groups[ACTOR_COUNT];
	struct group singles[SINGLES_MAX];
	size_t single_count;
	uint64_t forged;
	uint64_t wide;
	uint64_t space;
	uint64_t bans;
};

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Who is meant by a ban must be what attacks, and no wider. */
static bool explains(const struct day *d, const struct deed *deed,
		     const struct prefix *banned)
{
	switch ((enum actor)deed->actor) {
	case ACTOR_SUBNET:
		return prefix_contains(&d->crowd.subnet, banned);
	case ACTOR_ROTATING:
		return prefix_contains(&d->crowd.rotating, banned);
	case ACTOR_BOTNET:
		return banned->length >= 24;
	default:
		return prefix_is_address(banned);
	}
}

/* Those who misbehave have nothing to do with each other. */
static struct group *group_of(struct day *d, const struct deed *deed)
{
	size_t i = 0;

	if (deed->actor != ACTOR_MISBEHAVING)
		return &d->groups[deed->actor];
	while (i < d->single_count &&
	       !prefix_equal(&d->singles[i].source, &deed->source))
		i++;
	if (i == SINGLES_MAX)
		abort();
	if (i == d->single_count)
		d->singles[d->single_count++].source = deed->source;
	return &d->singles[i];
}

static void carry_out(struct day *d, const struct deed *deed,
		      const struct event *event, const struct ruling *ruling,
		      uint64_t now_ms)
{
	struct act act = judge_act(&d->judge, event, ruling);
	struct group *group = group_of(d, deed);
	struct fate *fate = &d->fates[deed->actor];
	struct ban_wish wish;

	act.time_ns = event->seen_ns;
	wish = judge_wish(&act, now_ms + act.term_s * 1000ull);
	if (bans_put(d->judge.bans, &wish))
		abort();
	d->bans++;
	d->space += capping_space(&act.prefix);
	if (deed->actor == ACTOR_SPOOFED)
		d->forged++;
	if (deed->actor < ACTOR_LEGIT_COUNT)
		fate->banned++;
	else if (!explains(d, deed, &act.prefix))
		d->wide++;
	if (!group->reached) {
		group->reached = true;
		fate->first_s += deed->at_s - group->begin_s;
		fate->first_count++;
	}
}

/* Whoever meets a ban was stopped; an innocent one should not. */
static void meet_ban(struct day *d, const struct deed *deed)
{
	struct fate *fate = &d->fates[deed->actor];
	bool guilty_net = prefix_contains(&d->crowd.subnet, &deed->source) ||
			  deed->actor >= ACTOR_LEGIT_COUNT;

	fate->stopped++;
	if (!guilty_net)
		fate->banned++;
}

static void play(struct day *d, const struct deed *deed)
{
	uint64_t now_ms = (START_S + deed->at_s) * 1000ull;
	uint64_t now_ns = START_NS + deed->at_s * (uint64_t)CLOCK_NS_PER_S;
	struct group *group = group_of(d, deed);
	struct fate *fate = &d->fates[deed->actor];
	struct event event = {
		.time_ns = now_ns,
		.seen_ns = now_ns,
		.sign = deed->sign,
		.proof = deed->proof,
		.culprit = CULPRIT_SOURCE,
		.source = deed->source,
	};
	struct ruling ruling;
	bool is_out;

	bans_expire(d->judge.bans, now_ms);
	fate->deeds++;
	if (!group->begun)
		group->begin_s = deed->at_s;
	group->begun = true;
	fate->after += group->reached;
	is_out = deed->proof != PROOF_NONE &&
		 bans_covering(d->judge.bans, &deed->source);
	if (is_out)
		meet_ban(d, deed);
	else
		fate->late += group->reached;
	/* The sensor stands in front of the drop, and sees it all the same. */
	ruling = judge_event(&d->judge, &event,
			     (struct judge_time){ now_ms, now_ns });
	if (ruling.kind == RULING_BAN)
		carry_out(d, deed, &event, &ruling, now_ms);
}

static bool is_bad(const struct day *d)
{
	static const enum actor strict[] = { ACTOR_HOST, ACTOR_SUBNET,
					     ACTOR_ROTATING };
	bool bad = d->forged || d->wide;

	for (int i = 0; i < ACTOR_LEGIT_COUNT; i++)
		bad |= d->fates[i].banned > 0;
	for (size_t i = 0; i < sizeof(strict) / sizeof(strict[0]); i++) {
		const struct fate *fate = &d->fates[strict[i]];

		bad |= fate->after == 0 || fate->late * 100 > fate->after;
	}
	return bad;
}

static void add_up(struct totals *totals, const struct day *d, double seconds)
{
	for (int i = 0; i < ACTOR_COUNT; i++) {
		const uint64_t *from = (const uint64_t *)&d->fates[i];
		uint64_t *to = (uint64_t *)&totals->fates[i];

		for (size_t n = 0; n < sizeof(struct fate) / sizeof(*to); n++)
			to[n] += from[n];
	}
	totals->bans += d->bans;
	totals->forged += d->forged;
	totals->wide += d->wide;
	totals->space += d->space;
	totals->events += d->crowd.count;
	totals->seconds += seconds;
	totals->bad_days += is_bad(d);
}

static void play_day(struct totals *totals, uint64_t seed)
{
	static struct day d;
	struct prefix admin;
	double begin;

	d = (struct day){ .config = config_new() };
	if (!d.config || prefix_parse(&admin, "10.0.9.0/24", 11) ||
	    prefixset_add(&d.config->admin, &admin))
		abort();
	prefixset_seal(&d.config->admin);
	d.config->capacity = 500000;
	crowd_make(&d.crowd, seed);
	if (judge_init(&d.judge, d.config, SOURCES, seed))
		abort();
	begin = cpu_s();
	for (size_t i = 0; i < d.crowd.count; i++)
		play(&d, &d.crowd.deeds[i]);
	add_up(totals, &d, cpu_s() - begin);
	if (is_bad(&d))
		printf("seed %llu misses an aim\n", (unsigned long long)seed);
	judge_fini(&d.judge);
	crowd_free(&d.crowd);
	config_free(d.config);
}

static void print_fate(enum actor actor, const struct fate *fate,
		       unsigned int days)
{
	char stopped[16] = "-", after[16] = "-", wait[16] = "-";

	if (actor >= ACTOR_LEGIT_COUNT)
		snprintf(stopped, sizeof(stopped), "%.2f %%",
			 100. * (double)fate->stopped / (double)fate->deeds);
	if (actor >= ACTOR_LEGIT_COUNT && fate->after && actor != ACTOR_BOTNET)
		snprintf(after, sizeof(after), "%.2f %%",
			 100. * (double)(fate->after - fate->late) /
				 (double)fate->after);
	if (fate->first_count)
		snprintf(wait, sizeof(wait), "%.0f s",
			 (double)fate->first_s / (double)fate->first_count);
	printf("%-38s %9.0f %9s %9s %8s %7.2f\n", crowd_actor_name(actor),
	       (double)fate->deeds / days, stopped, after, wait,
	       (double)fate->banned / days);
}

static void print_table(const struct totals *totals, unsigned int days)
{
	printf("%-38s %9s %9s %9s %8s %7s\n", "a day of", "events", "stopped",
	       "after", "to ban", "banned");
	printf("%-38s %9s %9s %9s %8s %7s\n", "", "", "of all", "the rule", "",
	       "wrongly");
	for (int i = 0; i < ACTOR_COUNT; i++)
		print_fate((enum actor)i, &totals->fates[i], days);
	printf("bans a day: %.1f; addresses: %.0f; wider than the attack: %llu;"
	       " by forged sources: %llu\n",
	       (double)totals->bans / days, (double)totals->space / days,
	       (unsigned long long)totals->wide,
	       (unsigned long long)totals->forged);
	printf("%u days, %llu events, %.2f M events/s; %u days miss an aim\n",
	       days, (unsigned long long)totals->events,
	       (double)totals->events / totals->seconds / 1e6,
	       totals->bad_days);
}

int main(int argc, char **argv)
{
	unsigned int days = argc > 1 ? (unsigned int)atoi(argv[1]) : 10;
	unsigned int first = argc > 2 ? (unsigned int)atoi(argv[2]) : 1;
	struct totals totals = { 0 };

	if (days == 0)
		days = 1;
	for (unsigned int i = 0; i < days; i++)
		play_day(&totals, first + i);
	print_table(&totals, days);
	return totals.bad_days ? 1 : 0;
}
