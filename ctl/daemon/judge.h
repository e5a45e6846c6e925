/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_DAEMON_JUDGE_H
#define POSTERN_DAEMON_JUDGE_H

/*
 * judge: what is to be done about an event, all in one place.
 *
 * Rules, memory, guard, pardons, bans in force and the measure of a minute,
 * in this order.  postern-ctl asks it live; `postern replay` and the simulator
 * ask the same functions in virtual time.  It decides and keeps count; it bans
 * nobody.  Reads no clock.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ctl/core/act.h"
#include "ctl/core/config.h"
#include "ctl/core/event.h"
#include "ctl/core/msg.h"
#include "ctl/core/protect.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/capping.h"
#include "ctl/daemon/echoes.h"
#include "ctl/daemon/policy.h"
#include "ctl/daemon/recent.h"

struct tracker;

/* Sources that a life, and a replay of it, has room for. */
#define JUDGE_SOURCES 1000000u

/* The most pardons at the same time. */
#define JUDGE_PARDONS_MAX 4096u

enum ruling_kind {
	RULING_NOTHING, /* it is counted, and that is all */
	RULING_BAN, /* PREFIX is to be banned */
	RULING_SAY, /* it would be, had the mode been enforce */
	RULING_SPARED, /* it would be, were it not protected: see BY */
	RULING_SHARED, /* the same for many people: cut the session, say it */
	RULING_HELD, /* too much in this minute, and there are worse */
	RULING_COUNT
};

struct ruling {
	uint8_t kind; /* enum ruling_kind */
	struct decision decision;
	uint8_t level; /* of RULING_BAN, RULING_SAY */
	uint32_t term_s;
	enum protection why; /* of RULING_SPARED, RULING_SHARED */
	struct prefix by;
	bool held_first; /* of RULING_HELD: the first one in its minute */
};

/* Since this life began. */
struct tally {
	uint64_t events;
	uint64_t unproven; /* could be forged: can ban nobody */
	uint64_t already; /* of sources that are banned */
	uint64_t pardoned; /* of sources that are pardoned */
	uint64_t guarded; /* of sources that may never be banned */
	uint64_t spared; /* decisions that a protected address stopped */
	uint64_t repeated; /* dropped: applied before, or another sensor's */
	uint64_t bans_made;
};

struct judge {
	const struct config *config;
	struct rules rules;
	struct policy_plan plan;
	struct protect protect;
	struct bans *bans;
	struct bans *mail; /* those of SCOPE_MAIL */
	struct bans *pardons; /* the same kind of table */
	struct tracker *tracker;
	struct capping capping;
	uint64_t expired_ms; /* up to when judge_event() ended what is over */
	struct tally tally;
	uint32_t held_minute;
	uint64_t rule_hits[CONFIG_RULES_MAX];
	uint64_t rule_last_ns[CONFIG_RULES_MAX];
	struct recent recent;
	struct echoes echoes;
	uint64_t echo_seed;
};

/* Room for CAPACITY bans and SOURCES.  CONFIG must outlive it.  SEED: what an
 * attacker cannot know; the same seed and the same events come to the same
 * decisions.  -ENOMEM: J is to be given to judge_fini() all the same. */
__attribute__((warn_unused_result)) int judge_init(struct judge *j,
						   const struct config *config,
						   size_t sources,
						   uint64_t seed);
void judge_fini(struct judge *j);

/* Forget all charges, and begin anew with SEED: a new life.  -ENOMEM: nothing is
 * changed. */
__attribute__((warn_unused_result)) int
judge_forget(struct judge *j, size_t sources, uint64_t seed);

/* End what is over, in all tables, by NOW_MS. */
void judge_expire(struct judge *j, uint64_t now_ms);

/* When an event was received: by a clock that does not run backwards, and UTC,
 * for the rules that expire. */
struct judge_time {
	uint64_t ms;
	uint64_t ns;
};

/* What EVENT calls for. */
struct ruling judge_event(struct judge *j, const struct event *event,
			  struct judge_time now);

/*
 * The same in three steps, for events that come together: each step for all of
 * them before the next, so that the memory of one comes while others are worked
 * on.  That is all that it changes.
 */
struct hearing {
	const struct event *event; /* stays where it is until it is judged */
	struct judge_time now;
	struct weight weight;
	struct policy_view view;
	struct bans_trail bans;
	struct bans_trail mail;
};

void judge_expect(const struct judge *j, struct hearing *hearing,
		  const struct event *event, struct judge_time now);
void judge_fetch(const struct judge *j, struct hearing *hearing);
struct ruling judge_heard(struct judge *j, const struct hearing *hearing);

/* The act that RULING means: all but number, times, and the feed's names.
 * ACT_NONE where there is nothing to say. */
struct act judge_act(const struct judge *j, const struct event *event,
		     const struct ruling *ruling);

/* Which alarm RULING raises, by ACT, that it means, and about whom (NULL:
 * nobody).  False: none. */
bool judge_alarm(const struct ruling *ruling, const struct act *act,
		 enum alarm_kind *kind, const struct prefix **about);

/* The table of the bans of SCOPE, an enum ban_scope. */
struct bans *judge_bans(const struct judge *j, uint8_t scope);

/* The level and the term of the next ban of P in SCOPE by the rules; FIRST_S as
 * in policy_term_s(). */
uint8_t judge_next_level(const struct judge *j, uint8_t scope,
			 const struct prefix *p);
uint32_t judge_term_s(const struct judge *j, uint8_t level, uint32_t first_s);

/* What a ban is to be, by the act that makes it; UNTIL_MS as in bans.h. */
struct ban_wish judge_wish(const struct act *act, uint64_t until_ms);

#endif
