/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * basis: two sorted lists side by side, and acts for where they differ.
 */
#include "ctl/daemon/basis.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/part.h"

static const char *const names[BASIS_LISTS] = {
	[BASIS_RESOLVERS] = "resolvers",
	[BASIS_OBSERVED] = "observed",
	[BASIS_SHARED] = "shared",
};

void basis_fini(struct basis *b)
{
	for (int i = 0; i < BASIS_LISTS; i++)
		prefixset_fini(&b->told[i]);
}

static const struct prefixset *list_of(const struct config *config,
				       const struct protect *protect,
				       enum basis_list list)
{
	switch (list) {
	case BASIS_RESOLVERS:
		return &config->resolvers;
	case BASIS_OBSERVED:
		return &protect->observed;
	case BASIS_SHARED:
	case BASIS_LISTS:
		break;
	}
	return &protect->shared;
}

/* One list, on its way to the records. */
struct telling {
	basis_tell_fn *tell;
	void *ctx;
	const char *name;
	uint64_t count;
	unsigned int acts;
};

/* False: that was too much. */
static bool say(struct telling *t, enum act_kind kind, const struct prefix *p)
{
	struct act act = {
		.kind = (uint8_t)kind,
		.origin = ORIGIN_SYSTEM,
		.prefix = *p,
		.count = t->count,
	};

	if (t->acts++ == BASIS_ACTS_MAX)
		return false;
	snprintf(act.name, sizeof(act.name), "%s", t->name);
	t->tell(t->ctx, &act);
	return true;
}

/* Where NEXT is before OTHER, or the only one, OTHER's list lacks it. */
static int order(const struct prefixset *a, size_t i, const struct prefixset *b,
		 size_t k)
{
	if (i == a->count)
		return k == b->count ? 0 : 1;
	return k == b->count ? -1 : prefix_compare(&a->items[i], &b->items[k]);
}

static void tell_changes(struct telling *t, const struct prefixset *old,
			 const struct prefixset *now)
{
	size_t i = 0, k = 0;
	bool goes_on = true;

	while (goes_on && (i < old->count || k < now->count)) {
		int found = order(old, i, now, k);

		if (found < 0)
			goes_on = say(t, ACT_UNPROTECT, &old->items[i]);
		else if (found > 0)
			goes_on = say(t, ACT_PROTECT, &now->items[k]);
		i += found <= 0;
		k += found >= 0;
	}
}

static void tell_begin(struct basis *b, const struct config *config,
		       basis_tell_fn *tell, void *ctx)
{
	struct act act = {
		.kind = ACT_BASIS,
		.origin = ORIGIN_SYSTEM,
		.config_id = part_policy(config),
	};

	tell(ctx, &act);
	b->begun = true;
}

void basis_tell(struct basis *b, const struct config *config,
		const struct protect *protect, basis_tell_fn *tell, void *ctx)
{
	if (!b->begun)
		tell_begin(b, config, tell, ctx);
	for (int i = 0; i < BASIS_LISTS; i++) {
		const struct prefixset *now =
			list_of(config, protect, (enum basis_list)i);
		struct telling t = { .tell = tell,
				     .ctx = ctx,
				     .name = names[i],
				     .count = now->count };
		struct prefixset copy;

		/* Without memory for it, the next change tells of both. */
		if (prefixset_copy(&copy, now))
			continue;
		tell_changes(&t, &b->told[i], now);
		prefixset_fini(&b->told[i]);
		b->told[i] = copy;
	}
}

static void take_off(struct prefixset *set, const struct prefix *p)
{
	for (size_t i = 0; i < set->count; i++) {
		if (prefix_equal(&set->items[i], p)) {
			set->items[i] = set->items[--set->count];
			return;
		}
	}
}

static void begin(struct basis *b)
{
	basis_fini(b);
	*b = (struct basis){ .begun = true, .is_new = true };
}

int basis_hear(struct basis *b, const struct act *act)
{
	int err = 0;

	if (act->kind == ACT_BASIS)
		begin(b);
	if (act->kind != ACT_PROTECT && act->kind != ACT_UNPROTECT)
		return 0;
	for (int i = 0; i < BASIS_LISTS; i++) {
		if (strcmp(act->name, names[i]) != 0)
			continue;
		b->is_new = true;
		b->wanted[i] = act->count;
		if (act->kind == ACT_UNPROTECT)
			take_off(&b->told[i], &act->prefix);
		else
			err = prefixset_add(&b->told[i], &act->prefix);
	}
	return err;
}

int basis_apply(struct basis *b, struct config *config, struct protect *protect)
{
	struct prefixset copies[BASIS_LISTS];
	int err = 0;

	if (!b->is_new)
		return 0;
	for (int i = 0; i < BASIS_LISTS; i++) {
		prefixset_init(&copies[i]);
		if (!err)
			err = prefixset_copy(&copies[i], &b->told[i]);
		prefixset_seal(&copies[i]);
	}
	for (int i = 0; i < BASIS_LISTS && err; i++)
		prefixset_fini(&copies[i]);
	if (err)
		return err;
	/* The name servers first: the two others join all lists anew. */
	prefixset_fini(&config->resolvers);
	config->resolvers = copies[BASIS_RESOLVERS];
	protect_observe(protect, &copies[BASIS_OBSERVED]);
	protect_share(protect, &copies[BASIS_SHARED]);
	b->is_new = false;
	return 0;
}

uint64_t basis_missing(const struct basis *b)
{
	uint64_t missing = 0;

	for (int i = 0; i < BASIS_LISTS; i++) {
		if (b->wanted[i] > b->told[i].count)
			missing += b->wanted[i] - b->told[i].count;
	}
	return missing;
}
