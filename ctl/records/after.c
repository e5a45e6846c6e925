/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * after: a table without chains, asked once for each length of the ladder.
 */
#include "ctl/records/after.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	struct prefix prefix; /* family 0: none */
	uint64_t from_ns;
	uint64_t until_ns; /* 0: no end */
};

struct after {
	struct entry bans[AFTER_BANS];
};

struct after *after_new(void)
{
	return calloc(1, sizeof(struct after));
}

void after_free(struct after *a)
{
	free(a);
}

/* FNV-1a: who chooses addresses so that they displace each other hides only
 * that he was seen again. */
static size_t place_of(const struct prefix *p)
{
	uint32_t hash = 2166136261u ^ p->length;

	for (size_t i = 0; i < sizeof(p->addr); i++)
		hash = (hash ^ p->addr[i]) * 16777619u;
	return (hash ^ hash >> 16) % AFTER_BANS;
}

void after_ban(struct after *a, const struct prefix *prefix, uint64_t time_ns,
	       uint64_t until_ns)
{
	a->bans[place_of(prefix)] =
		(struct entry){ *prefix, time_ns, until_ns };
}

void after_unban(struct after *a, const struct prefix *prefix)
{
	struct entry *entry = &a->bans[place_of(prefix)];

	/* Family 0: all bans were lifted. */
	if (prefix->family == 0)
		memset(a->bans, 0, sizeof(a->bans));
	else if (prefix_equal(&entry->prefix, prefix))
		*entry = (struct entry){ 0 };
}

static bool is_in_force(const struct entry *entry, const struct prefix *prefix,
			uint64_t time_ns)
{
	return prefix_equal(&entry->prefix, prefix) &&
	       time_ns > entry->from_ns + AFTER_GRACE_NS &&
	       (entry->until_ns == 0 || time_ns < entry->until_ns);
}

bool after_is_banned(const struct after *a, const struct prefix *source,
		     uint64_t time_ns)
{
	/* A ban need not have the length of a rung: from the longest to the
	 * widest that can be banned. */
	for (unsigned int length = source->length; length >= 8; length--) {
		struct prefix p = prefix_truncate(source, length);

		if (is_in_force(&a->bans[place_of(&p)], &p, time_ns))
			return true;
	}
	return false;
}
