/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crowd: a generator of its own, so that a seed means the same for ever.
 */
#include "tests/sim/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_S 60u
#define HOUR_S	 3600u

/* Mistyped passwords: one in so many working days, then one to three tries. */
#define DAYS_BETWEEN_MISTAKES 10u

static const char *const names[ACTOR_COUNT] = {
	[ACTOR_USERS] = "3,000 users at home",
	[ACTOR_OFFICE] = "office, 200 users behind one address",
	[ACTOR_PROVIDER] = "provider, 10,000 senders of a /16",
	[ACTOR_MONITOR] = "monitoring probe",
	[ACTOR_MISBEHAVING] = "20 misbehaving ones among them",
	[ACTOR_HOST] = "one host",
	[ACTOR_SUBNET] = "a /24: 40 hosts, 3 tries each",
	[ACTOR_ROTATING] = "IPv6, a new address of a /48 each try",
	[ACTOR_BOTNET] = "botnet: 100,000 hosts, 2 tries each",
	[ACTOR_SLOW] = "slow: a try an hour",
	[ACTOR_SPOOFED] = "forged sources",
};

const char *crowd_actor_name(enum actor actor)
{
	return names[actor];
}

/* The sequence of a Weyl counter, mixed. */
struct dice {
	uint64_t state;
};

static uint64_t roll(struct dice *d)
{
	uint64_t x = d->state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static uint32_t below(struct dice *d, uint32_t limit)
{
	return (uint32_t)((roll(d) >> 32) * limit >> 32);
}

struct making {
	struct crowd *crowd;
	struct dice dice;
	uint32_t provider; /* the /16, as a number */
};

static struct prefix address4(uint32_t a)
{
	const uint8_t bytes[4] = { (uint8_t)(a >> 24), (uint8_t)(a >> 16),
				   (uint8_t)(a >> 8), (uint8_t)a };
	struct prefix p;

	if (prefix_make(&p, PREFIX_IP4, bytes, 32))
		abort();
	return p;
}

static void add(struct making *m, enum actor actor, uint32_t at_s,
		enum sign sign, const struct prefix *source)
{
	struct crowd *c = m->crowd;

	if (at_s >= CROWD_DAY_S)
		return;
	if (c->count == c->room) {
		c->room = c->room ? c->room * 2 : 65536;
		c->deeds = reallocarray(c->deeds, c->room, sizeof(*c->deeds));
		if (!c->deeds)
			abort();
	}
	c->deeds[c->count++] = (struct deed){
		.at_s = at_s,
		.actor = (uint8_t)actor,
		.sign = (uint8_t)sign,
		.proof = actor == ACTOR_SPOOFED ? PROOF_NONE : PROOF_DIALOGUE,
		.source = *source,
	};
}

/* An address that could be anybody's: 20.0.0.0 to 180.0.0.0. */
static uint32_t anywhere(struct making *m)
{
	return (20u << 24) + below(&m->dice, 160u << 24);
}

/* One mistake: a try, perhaps a second and a third. */
static void mistake(struct making *m, enum actor actor, uint32_t a)
{
	struct prefix source = address4(a);
	uint32_t at_s = below(&m->dice, CROWD_DAY_S);
	uint32_t luck = below(&m->dice, 10);
	unsigned int tries = luck < 7 ? 1 : luck < 9 ? 2 : 3;

	for (unsigned int i = 0; i < tries; i++) {
		add(m, actor, at_s, SIGN_AUTH_FAILURE, &source);
		at_s += 4 + below(&m->dice, 40);
	}
}

static void make_users(struct making *m)
{
	for (unsigned int i = 0; i < 3000; i++) {
		uint32_t a = anywhere(m);

		/* Some are neighbours of the attackers. */
		if (i < 40)
			a = (uint32_t)m->crowd->subnet.addr[0] << 24 |
			    (uint32_t)m->crowd->subnet.addr[1] << 16 |
			    below(&m->dice, 65536);
		if (below(&m->dice, DAYS_BETWEEN_MISTAKES) == 0)
			mistake(m, ACTOR_USERS, a);
	}
}

static void make_office(struct making *m)
{
	uint32_t a = anywhere(m);

	for (unsigned int i = 0; i < 200; i++) {
		if (below(&m->dice, DAYS_BETWEEN_MISTAKES) == 0)
			mistake(m, ACTOR_OFFICE, a);
	}
}

/* Each has an address of his own, anywhere in the /16. */
static uint32_t customer(const struct making *m, uint32_t number)
{
	return m->provider | (number * 40503u & 0xffffu);
}

static void make_provider(struct making *m)
{
	for (unsigned int i = 0; i < 10000; i++) {
		if (below(&m->dice, DAYS_BETWEEN_MISTAKES) == 0)
			mistake(m, ACTOR_PROVIDER, customer(m, i));
	}
	for (unsigned int i = 0; i < 20; i++) {
		struct prefix source = address4(customer(m, 10000 + i));
		uint32_t at_s = below(&m->dice, 10 * HOUR_S);

		for (unsigned int t = 0; t < 720; t++)
			add(m, ACTOR_MISBEHAVING, at_s + t * 5,
			    SIGN_AUTH_FAILURE, &source);
	}
}

static void make_monitor(struct making *m)
{
	struct prefix source = address4(anywhere(m));

	for (uint32_t at_s = 0; at_s < CROWD_DAY_S; at_s += 5 * MINUTE_S) {
		add(m, ACTOR_MONITOR, at_s, SIGN_IDS_ENGINE, &source);
		add(m, ACTOR_MONITOR, at_s, SIGN_IDS_ALERT, &source);
	}
}

static void make_host(struct making *m)
{
	struct prefix source = address4(anywhere(m));

	for (uint32_t t = 0; t < 5400; t++)
		add(m, ACTOR_HOST, HOUR_S + t * 4, SIGN_AUTH_FAILURE, &source);
	source = address4(anywhere(m));
	for (uint32_t t = 0; t < 12; t++)
		add(m, ACTOR_SLOW, t * HOUR_S, SIGN_AUTH_FAILURE, &source);
}

/* Each host's three tries at times of their own, within some minutes. */
static void make_subnet(struct making *m)
{
	uint32_t net = anywhere(m) & ~0xffu;
	uint32_t begin_s = 2 * HOUR_S + below(&m->dice, 4 * HOUR_S);

	m->crowd->subnet = address4(net);
	m->crowd->subnet = prefix_truncate(&m->crowd->subnet, 24);
	for (uint32_t host = 0; host < 40; host++) {
		struct prefix source = address4(net + 10 + host * 5);

		for (unsigned int t = 0; t < 3; t++)
			add(m, ACTOR_SUBNET, begin_s + below(&m->dice, 480),
			    SIGN_AUTH_FAILURE, &source);
	}
}

static void make_rotating(struct making *m)
{
	uint8_t bytes[16] = { 0x2a, 0x0b };
	struct prefix source;

	bytes[2] = (uint8_t)below(&m->dice, 256);
	bytes[3] = (uint8_t)below(&m->dice, 256);
	bytes[4] = (uint8_t)below(&m->dice, 256);
	bytes[5] = (uint8_t)below(&m->dice, 256);
	for (uint32_t t = 0; t < 7200; t++) {
		for (size_t i = 6; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)below(&m->dice, 256);
		if (prefix_make(&source, PREFIX_IP6, bytes, 128))
			abort();
		add(m, ACTOR_ROTATING, HOUR_S + t * 3, SIGN_AUTH_FAILURE,
		    &source);
	}
	m->crowd->rotating = prefix_truncate(&source, 48);
}

static void make_botnet(struct making *m)
{
	for (unsigned int net = 0; net < 20000; net++) {
		uint32_t base = anywhere(m) & ~0xffu;

		for (unsigned int host = 0; host < 5; host++) {
			struct prefix source = address4(base + host * 50 +
							below(&m->dice, 50));

			for (unsigned int t = 0; t < 2; t++)
				add(m, ACTOR_BOTNET,
				    HOUR_S + below(&m->dice, 6 * HOUR_S),
				    SIGN_AUTH_FAILURE, &source);
		}
	}
}

static void make_spoofed(struct making *m)
{
	struct prefix admin = address4(10u << 24 | 9u << 8 | 5u);

	for (uint32_t i = 0; i < 50000; i++) {
		struct prefix source =
			address4(m->provider + below(&m->dice, 65536));

		add(m, ACTOR_SPOOFED, 3 * HOUR_S + i / 50, SIGN_FLOOD,
		    i % 2 ? &source : &admin);
	}
}

static int compare(const void *a, const void *b)
{
	const struct deed *x = a, *y = b;

	if (x->at_s != y->at_s)
		return x->at_s < y->at_s ? -1 : 1;
	if (x->actor != y->actor)
		return x->actor < y->actor ? -1 : 1;
	return prefix_compare(&x->source, &y->source);
}

void crowd_make(struct crowd *crowd, uint64_t seed)
{
	struct making m = { .crowd = crowd, .dice = { seed } };

	*crowd = (struct crowd){ 0 };
	m.provider = anywhere(&m) & ~0xffffu;
	make_subnet(&m);
	make_users(&m);
	make_office(&m);
	make_provider(&m);
	make_monitor(&m);
	make_host(&m);
	make_rotating(&m);
	make_botnet(&m);
	make_spoofed(&m);
	qsort(crowd->deeds, crowd->count, sizeof(*crowd->deeds), compare);
}

void crowd_free(struct crowd *crowd)
{
	free(crowd->deeds);
	*crowd = (struct crowd){ 0 };
}
