/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answers: puts the tag on what other modules find.
 */
#include "nft/answers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/log.h"
#include "ctl/core/wire.h"
#include "nft/counters.h"
#include "nft/probe.h"
#include "nft/table.h"

struct reply {
	struct wire *ctl;
	uint64_t tag;
};

void answers_find(const struct answers *a, const struct lookup *lookup)
{
	struct found found = { .tag = lookup->tag };

	if (lookup->address.family == 0 || !prefix_is_address(&lookup->address))
		found.error = EINVAL;
	else
		found.error = -table_lookup(a->table, &lookup->address, &found);
	wire_put(a->ctl, MSG_FOUND, &found);
}

static void say_counter(void *ctx, const struct counter *counter)
{
	const struct reply *reply = ctx;
	struct counter row = *counter;

	row.tag = reply->tag;
	wire_put(reply->ctl, MSG_COUNTER, &row);
}

void answers_count(const struct answers *a, const struct lookup *lookup)
{
	struct reply reply = { a->ctl, lookup->tag };
	int err = counters_read(table_netlink(a->table), say_counter, &reply);

	if (err)
		log_error("cannot read the counters: %s", strerror(-err));
	say_counter(&reply, &(struct counter){ 0 });
}

static void say_probe(void *ctx, const struct probe *probe)
{
	const struct reply *reply = ctx;
	struct probe row = *probe;

	row.tag = reply->tag;
	wire_put(reply->ctl, MSG_PROBE, &row);
}

static void say_unkept(struct reply *reply, int error)
{
	struct probe probe = { .verdict = PROBE_BAD, .name = "boot" };

	snprintf(probe.detail, sizeof(probe.detail),
		 "the ruleset could not be kept for the next boot: %s",
		 strerror(-error));
	say_probe(reply, &probe);
}

void answers_examine(const struct answers *a, const struct lookup *lookup)
{
	struct reply reply = { a->ctl, lookup->tag };
	const struct probe_listener listener = { say_probe, &reply };

	probe_all(a->config, table_netlink(a->table), table_state(a->table),
		  &listener);
	if (table_keep_error(a->table))
		table_keep(a->table);
	if (table_keep_error(a->table))
		say_unkept(&reply, table_keep_error(a->table));
	say_probe(&reply, &(struct probe){ 0 });
}
