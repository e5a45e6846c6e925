/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holds: a short list.
 */
#include "ctl/records/holds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/records/record.h"
#include "ctl/records/stream.h"

static void add(struct holds *h, const struct act *act)
{
	if (!h->list)
		h->list = calloc(HOLDS_MAX, sizeof(*h->list));
	if (!h->list || h->count == HOLDS_MAX) {
		h->is_overfull = true;
		return;
	}
	h->list[h->count++] = (struct hold){
		.id = act->id,
		.since_ns = act->since_ns,
		.before_ns = act->before_ns,
		.prefix = act->prefix,
		.classes = act->classes,
	};
}

static void lift(struct holds *h, uint64_t id)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->list[i].id != id)
			continue;
		h->list[i] = h->list[--h->count];
		return;
	}
}

/* What was still to come then, nobody had evaluated. */
static void take_review(struct holds *h, const struct act *act)
{
	uint64_t end_ns = act->before_ns < act->time_ns ? act->before_ns
							: act->time_ns;

	if (end_ns > h->reviewed_ns)
		h->reviewed_ns = end_ns;
}

void holds_hear(struct holds *h, const struct act *act)
{
	if (act->kind == ACT_HOLD)
		add(h, act);
	else if (act->kind == ACT_LIFT)
		lift(h, act->count);
	else if (act->kind == ACT_REVIEW)
		take_review(h, act);
	else if (act->kind == ACT_WITNESS && act->count >= h->witnessed_seal) {
		h->witnessed_seal = act->count;
		h->witnessed_ns = act->time_ns;
	}
}

int holds_read(struct holds *out, const char *path)
{
	const struct query all = { .classes = 0 };
	struct stream *stream;
	struct record record;
	struct act act;
	struct hit hit;
	int got;

	memset(out, 0, sizeof(*out));
	got = stream_open(&stream, path, CLASS_CUSTODY, &all);
	if (got)
		return got == -ENOENT ? 0 : got;
	while ((got = stream_next(stream, &hit)) > 0) {
		if (record_open(&record, hit.text, hit.len) ||
		    record.kind == ACT_NONE)
			continue;
		if (record_read_later_act(&act, &record) >= 0)
			holds_hear(out, &act);
		else if (record.kind == ACT_HOLD)
			out->is_overfull = true; /* of nobody knows what */
	}
	stream_close(stream);
	return got;
}

void holds_fini(struct holds *h)
{
	free(h->list);
	memset(h, 0, sizeof(*h));
}
