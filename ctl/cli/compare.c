/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare: a table by prefix for each side, and a merge of the two.
 */
#include "ctl/cli/compare.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cli/show.h"
#include "ctl/core/clock.h"

#define SLOTS_FIRST 1024u

static size_t slot_of(const struct compare_side *side, const struct prefix *p)
{
	size_t slot = prefix_hash(p, 1) & (side->slots - 1);

	while (side->index[slot] &&
	       !prefix_equal(&side->items[side->index[slot] - 1].prefix, p))
		slot = (slot + 1) & (side->slots - 1);
	return slot;
}

/* At most half full. */
static int grow_index(struct compare_side *side)
{
	size_t slots = side->slots ? side->slots * 2 : SLOTS_FIRST;
	uint32_t *index;

	if (side->count * 2 < side->slots)
		return 0;
	index = calloc(slots, sizeof(*index));
	if (!index)
		return -ENOMEM;
	free(side->index);
	side->index = index;
	side->slots = slots;
	for (size_t i = 0; i < side->count; i++)
		index[slot_of(side, &side->items[i].prefix)] = (uint32_t)i + 1;
	return 0;
}

static int add(struct compare_side *side, const struct act *act, size_t slot)
{
	struct outcome *item;

	if (side->count == side->room) {
		size_t room = side->room ? side->room * 2 : 256;
		struct outcome *grown;

		grown = reallocarray(side->items, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		side->items = grown;
		side->room = room;
	}
	item = &side->items[side->count++];
	*item = (struct outcome){
		.prefix = act->prefix,
		.kind = act->kind,
		.first_ns = act->time_ns,
	};
	memcpy(item->reason, act->reason, sizeof(item->reason));
	side->index[slot] = (uint32_t)side->count;
	return 0;
}

int compare_take(struct compare_side *side, const struct act *act)
{
	struct outcome *item;
	size_t slot;
	int err = grow_index(side);

	if (err)
		return err;
	slot = slot_of(side, &act->prefix);
	if (!side->index[slot]) {
		err = add(side, act, slot);
		if (err)
			return err;
	}
	item = &side->items[side->index[slot] - 1];
	/* A ban says more than that there would have been one. */
	if (act->kind < item->kind) {
		item->kind = act->kind;
		item->first_ns = act->time_ns;
		item->count = 0;
		item->total_s = 0;
		memcpy(item->reason, act->reason, sizeof(item->reason));
	}
	if (act->kind == item->kind) {
		item->count++;
		item->total_s += act->kind == ACT_REFUSED ? 0 : act->term_s;
	}
	return 0;
}

void compare_fini(struct compare_side *side)
{
	free(side->items);
	free(side->index);
	*side = (struct compare_side){ 0 };
}

size_t compare_count(const struct compare_side *side, enum act_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < side->count; i++)
		count += side->items[i].kind == kind;
	return count;
}

uint64_t compare_space(const struct compare_side *side)
{
	uint64_t space = 0;

	for (size_t i = 0; i < side->count; i++) {
		const struct prefix *p = &side->items[i].prefix;
		unsigned int bits = p->family == PREFIX_IP6 ? 64 : 32;

		if (side->items[i].kind == ACT_BAN)
			space += p->length >= bits ? 1
						   : 1ull << (bits - p->length);
	}
	return space;
}

static int by_prefix(const void *a, const void *b)
{
	const struct outcome *x = a, *y = b;

	return prefix_compare(&x->prefix, &y->prefix);
}

static json_t *outcome_json(const struct outcome *o)
{
	if (!o)
		return json_null();
	return json_pack("{s:s, s:o, s:I, s:I, s:o}", "kind",
			 act_name((enum act_kind)o->kind), "first",
			 show_time_json(o->first_ns), "count",
			 (json_int_t)o->count, "seconds",
			 (json_int_t)o->total_s, "reason",
			 show_text_json(o->reason));
}

static void print_outcome(const char *mark, enum show_colour colour,
			  const struct outcome *o)
{
	char text[PREFIX_TEXT_SIZE], term[CLOCK_TERM_SIZE];
	char time[CLOCK_TEXT_SIZE], safe[ACT_REASON_SIZE * 4];

	clock_format(o->first_ns, time);
	time[10] = ' ';
	printf("%s%s %-20s %-9s %.23s", show_begin(colour), mark,
	       prefix_format(&o->prefix, text),
	       act_name((enum act_kind)o->kind), time);
	if (o->total_s)
		printf("  %llux, %s", (unsigned long long)o->count,
		       clock_format_term(o->total_s, term));
	printf("%s\n    %s\n", show_end(), show_safe(safe, o->reason));
}

struct comparing {
	bool json;
	size_t gone, come, changed, same;
};

/* One prefix: what it was BEFORE, and what it is with the other policy. */
static void take(struct comparing *c, const struct outcome *before,
		 const struct outcome *next)
{
	bool differs = !before || !next || before->kind != next->kind ||
		       before->first_ns != next->first_ns ||
		       before->total_s != next->total_s;

	c->gone += !next;
	c->come += !before;
	c->changed += before && next && differs;
	c->same += !differs;
	if (!differs)
		return;
	if (c->json) {
		show_json(json_pack("{s:o, s:o, s:o}", "prefix",
				    show_prefix_json(before ? &before->prefix
							    : &next->prefix),
				    "before", outcome_json(before), "after",
				    outcome_json(next)),
			  false);
		return;
	}
	if (before)
		print_outcome("-", SHOW_GREEN, before);
	if (next)
		print_outcome("+", SHOW_RED, next);
}

void compare_print(struct compare_side *before, struct compare_side *next,
		   bool json)
{
	struct comparing c = { .json = json };
	size_t i = 0, n = 0;

	if (before->count)
		qsort(before->items, before->count, sizeof(*before->items),
		      by_prefix);
	if (next->count)
		qsort(next->items, next->count, sizeof(*next->items),
		      by_prefix);
	while (i < before->count || n < next->count) {
		int order = i == before->count ? 1
			    : n == next->count ? -1
					       : by_prefix(&before->items[i],
							   &next->items[n]);

		take(&c, order <= 0 ? &before->items[i] : NULL,
		     order >= 0 ? &next->items[n] : NULL);
		i += order <= 0;
		n += order >= 0;
	}
	if (json)
		show_json(json_pack("{s:{s:I, s:I, s:I, s:I}}", "summary",
				    "gone", (json_int_t)c.gone, "new",
				    (json_int_t)c.come, "changed",
				    (json_int_t)c.changed, "same",
				    (json_int_t)c.same),
			  false);
	else
		printf("%zu prefixes no more, %zu new, %zu otherwise, %zu the "
		       "same\n",
		       c.gone, c.come, c.changed, c.same);
}
