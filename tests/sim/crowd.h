/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POSTERN_TESTS_CROWD_H
#define POSTERN_TESTS_CROWD_H

/*
 * crowd: a day at the mail gate, by number: who comes, when, and what is seen
 * of him.  The same seed makes the same day.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/core/event.h"

enum actor {
	ACTOR_USERS, /* people at home, each with an address of his own */
	ACTOR_OFFICE, /* 200 people behind one address */
	ACTOR_PROVIDER, /* 10,000 senders of a /16 */
	ACTOR_MONITOR, /* a probe that some rule dislikes */
	ACTOR_LEGIT_COUNT,
	ACTOR_MISBEHAVING = ACTOR_LEGIT_COUNT, /* 20 of the provider's */
	ACTOR_HOST, /* one that guesses passwords */
	ACTOR_SUBNET, /* 40 hosts of a /24, three tries each */
	ACTOR_ROTATING, /* a new IPv6 address of a /48 for each try */
	ACTOR_BOTNET, /* 100,000 hosts in 20,000 networks, two tries each */
	ACTOR_SLOW, /* a try an hour */
	ACTOR_SPOOFED, /* forged: names the provider and the administrator */
	ACTOR_COUNT
};

/* One thing that happens. */
struct deed {
	uint32_t at_s; /* of the day */
	uint8_t actor; /* enum actor */
	uint8_t sign; /* enum sign */
	uint8_t proof; /* enum proof */
	struct prefix source;
};

struct crowd {
	struct deed *deeds; /* owned; by time */
	size_t count;
	size_t room;
	struct prefix subnet; /* of ACTOR_SUBNET */
	struct prefix rotating; /* of ACTOR_ROTATING */
};

#define CROWD_DAY_S (12u * 3600)

/* The day of SEED.  Ends the program where there is no memory. */
void crowd_make(struct crowd *crowd, uint64_t seed);
void crowd_free(struct crowd *crowd);

const char *crowd_actor_name(enum actor actor);

#endif
