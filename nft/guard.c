/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard: trusts the configuration that it was given, and nobody else.
 */
#include "nft/guard.h"

#include <errno.h>
#include <stdlib.h>

#include "ctl/core/ladder.h"
#include "ctl/core/protect.h"

struct guard {
	struct protect protect;
	const struct config *config;
};

int guard_new(struct guard **out, const struct config *config)
{
	struct guard *guard = calloc(1, sizeof(*guard));
	int err;

	if (!guard)
		return -ENOMEM;
	guard->config = config;
	err = protect_init(&guard->protect, config);
	if (err) {
		free(guard);
		return err;
	}
	*out = guard;
	return 0;
}

void guard_free(struct guard *guard)
{
	if (!guard)
		return;
	protect_fini(&guard->protect);
	free(guard);
}

int guard_check_cut(const struct guard *guard, const struct cut *cut)
{
	struct prefix because;
	enum protection why;

	if (cut->source.family == 0 || !prefix_is_address(&cut->source) ||
	    cut->target.family != cut->source.family ||
	    !prefix_is_address(&cut->target))
		return -EINVAL;
	if (cut->left_ms == 0 || cut->left_ms > CUT_MAX_MS)
		return -ERANGE;
	if (config_server_of(guard->config, &cut->target) < 0)
		return -EACCES;
	why = protect_ask(&guard->protect, &cut->source, &because);
	return why == PROTECTION_NONE || why == PROTECTION_SHARED ? 0 : -EACCES;
}

void guard_observe(struct guard *guard, struct prefixset *list)
{
	protect_observe(&guard->protect, list);
}

void guard_share(struct guard *guard, struct prefixset *list)
{
	protect_share(&guard->protect, list);
}

int guard_check(const struct guard *guard, const struct order *order,
		struct prefix *because)
{
	const struct guard_limits *limits = &guard->config->guard;
	uint64_t longest_ms = (uint64_t)limits->longest_s * 1000;
	unsigned int widest;

	if (ladder_rung(&order->prefix) < 0)
		return -EINVAL;
	if (order->kind == ORDER_REMOVE || order->list == LIST_PARDON)
		return 0;
	widest = order->prefix.family == PREFIX_IP4 ? limits->widest4
						    : limits->widest6;
	if (order->prefix.length < widest || order->left_ms > longest_ms)
		return -ERANGE;
	if (protect_ask(&guard->protect, &order->prefix, because) !=
	    PROTECTION_NONE)
		return -EACCES;
	return 0;
}
