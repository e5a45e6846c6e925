/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * patrons: a table in sets, as a memory that strangers write to has to be.
 */
#include "ctl/core/patrons.h"

#include <stdbool.h>
#include <stdlib.h>

#define WAYS 8u
#define SETS (PATRONS_MAX / WAYS)
/* Who was quiet for so long is nobody's patron any more. */
#define STALE_NS (90ull * 24 * 60 * 60 * 1000000000)

struct patrons {
	uint64_t seed;
	uint32_t untold;
	struct patron places[PATRONS_MAX];
};

struct patrons *patrons_new(uint64_t seed)
{
	struct patrons *p = calloc(1, sizeof(*p));

	if (p)
		p->seed = seed;
	return p;
}

void patrons_free(struct patrons *p)
{
	free(p);
}

struct prefix patrons_key(const struct prefix *host)
{
	return prefix_truncate(host, host->family == PREFIX_IP4 ? 32 : 64);
}

static struct patron *set_of(struct patrons *p, const struct prefix *key)
{
	return &p->places[prefix_hash(key, p->seed) % SETS * WAYS];
}

struct patron *patrons_find(struct patrons *p, const struct prefix *host)
{
	const struct prefix key = patrons_key(host);
	struct patron *set = set_of(p, &key);

	for (unsigned int i = 0; i < WAYS; i++) {
		if (prefix_equal(&set[i].key, &key))
			return &set[i];
	}
	return NULL;
}

static bool is_untold(const struct patron *patron)
{
	return patron->untold_mails || patron->untold_encrypted;
}

/* Does A give way rather than B? */
static bool is_less(const struct patron *a, const struct patron *b,
		    uint64_t now_ns)
{
	bool a_stale = a->last_ns + STALE_NS < now_ns;
	bool b_stale = b->last_ns + STALE_NS < now_ns;
	uint64_t a_sum = (uint64_t)a->mails + a->encrypted;
	uint64_t b_sum = (uint64_t)b->mails + b->encrypted;

	if (a_stale != b_stale)
		return a_stale;
	return a_sum != b_sum ? a_sum < b_sum : a->last_ns < b->last_ns;
}

/* A place for KEY: a free one is as stale as can be. */
static struct patron *make_room(struct patrons *p, const struct prefix *key,
				uint64_t now_ns)
{
	struct patron *set = set_of(p, key), *room = set;

	for (unsigned int i = 1; i < WAYS; i++) {
		if (is_less(&set[i], room, now_ns))
			room = &set[i];
	}
	if (is_untold(room))
		p->untold--;
	*room = (struct patron){ .key = *key };
	return room;
}

static void add(uint32_t *sum, uint32_t more)
{
	*sum = more > UINT32_MAX - *sum ? UINT32_MAX : *sum + more;
}

void patrons_add(struct patrons *p, const struct prefix *host, uint32_t mails,
		 uint32_t encrypted, uint64_t time_ns)
{
	const struct prefix key = patrons_key(host);
	struct patron *patron = patrons_find(p, host);

	if (mails == 0 && encrypted == 0)
		return;
	if (!patron)
		patron = make_room(p, &key, time_ns);
	if (!is_untold(patron))
		p->untold++;
	patron->host = *host;
	add(&patron->mails, mails);
	add(&patron->encrypted, encrypted);
	add(&patron->untold_mails, mails);
	add(&patron->untold_encrypted, encrypted);
	if (time_ns > patron->last_ns)
		patron->last_ns = time_ns;
}

struct patron *patrons_walk(struct patrons *p, uint32_t *at)
{
	while (*at < PATRONS_MAX) {
		struct patron *patron = &p->places[(*at)++];

		if (patron->key.family)
			return patron;
	}
	return NULL;
}

uint32_t patrons_untold(const struct patrons *p)
{
	return p->untold;
}

void patrons_told(struct patrons *p, struct patron *patron)
{
	if (is_untold(patron))
		p->untold--;
	patron->untold_mails = patron->untold_encrypted = 0;
}

void patrons_forget_told(struct patrons *p)
{
	struct patron *patron;
	uint32_t at = 0;

	p->untold = 0;
	while ((patron = patrons_walk(p, &at))) {
		patron->untold_mails = patron->mails;
		patron->untold_encrypted = patron->encrypted;
		p->untold++;
	}
}
