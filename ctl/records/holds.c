/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holds: a short list.
 */
#include "ctl/records/holds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/records/folder.h"
#include "ctl/records/record.h"
#include "ctl/records/sealer.h"
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

static bool is_apart(const struct review *a, const struct review *b)
{
	return a->since_ns > b->end_ns || b->since_ns > a->end_ns;
}

/* NEW, and what it touches of the others, as one. */
static void keep_review(struct holds *h, struct review new)
{
	for (size_t i = 0; i < h->review_count;) {
		const struct review *r = &h->reviews[i];

		if (is_apart(r, &new)) {
			i++;
			continue;
		}
		if (r->since_ns < new.since_ns)
			new.since_ns = r->since_ns;
		if (r->end_ns > new.end_ns)
			new.end_ns = r->end_ns;
		h->reviews[i] = h->reviews[--h->review_count];
		i = 0;
	}
	if (new.since_ns <= h->reviewed_ns || new.since_ns <= h->begun_ns) {
		if (new.end_ns > h->reviewed_ns)
			h->reviewed_ns = new.end_ns;
	} else if (h->review_count < HOLDS_REVIEWS_MAX) {
		h->reviews[h->review_count++] = new;
	}
}

/* What was still to come then, nobody had evaluated; and what lies between two
 * periods waits until somebody does. */
static void take_review(struct holds *h, const struct act *act)
{
	struct review new = { act->since_ns, act->before_ns };

	if (act->time_ns < new.end_ns)
		new.end_ns = act->time_ns;
	keep_review(h, new);
	/* It may have reached some of those that wait. */
	for (size_t i = 0; i < h->review_count;) {
		struct review next = h->reviews[i];

		if (next.since_ns > h->reviewed_ns) {
			i++;
			continue;
		}
		h->reviews[i] = h->reviews[--h->review_count];
		keep_review(h, next);
		i = 0;
	}
}

void holds_hear(struct holds *h, const struct act *act)
{
	if (act->kind == ACT_HOLD)
		add(h, act);
	else if (act->kind == ACT_LIFT)
		lift(h, act->count);
	else if (act->kind == ACT_REVIEW)
		take_review(h, act);
	else if (act->kind == ACT_WITNESS && act->count >= h->witnessed_seal &&
		 act->count <= h->newest_seal)
		h->witnessed_seal = act->count;
}

/* The number and the time of seal SEQ, 0: of the newest; 0 where it is not
 * there. */
static uint64_t find_seal(const struct folder *seals, uint64_t seq,
			  uint64_t *time_ns)
{
	uint64_t found = 0;

	*time_ns = 0;
	return sealer_read(seals, seq, &found, time_ns, NULL) > 0 ? found : 0;
}

void holds_date(struct holds *h, const struct folder *seals)
{
	if (h->witnessed_seal)
		(void)find_seal(seals, h->witnessed_seal, &h->witnessed_ns);
}

static int read_custody(struct holds *out, const char *path)
{
	const struct query all = { .classes = 0 };
	struct stream *stream;
	struct record record;
	struct act act;
	struct hit hit;
	int got;

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

int holds_read(struct holds *out, const char *path)
{
	struct folder *seals = NULL;
	uint64_t ignored;
	int err;

	memset(out, 0, sizeof(*out));
	err = folder_open_reading(&seals, path, CLASS_SEALS);
	if (err && err != -ENOENT)
		return err;
	if (seals) {
		(void)find_seal(seals, 1, &out->begun_ns);
		out->newest_seal = find_seal(seals, 0, &ignored);
	}
	err = read_custody(out, path);
	if (seals)
		holds_date(out, seals);
	folder_close(seals);
	return err;
}

void holds_fini(struct holds *h)
{
	free(h->list);
	memset(h, 0, sizeof(*h));
}
