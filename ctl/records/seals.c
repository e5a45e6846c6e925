/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seals: one seal after the other.  Knows no file.
 */
#include "ctl/records/seals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"

/* Twice the longest time between two seals that run as they should. */
#define GAP_NS (7200 * (uint64_t)CLOCK_NS_PER_S)

static const char *const flaw_words[SEALS_FLAW_COUNT] = {
	[SEALS_FLAW_NONE] = "good",
	[SEALS_FLAW_ANCHOR] = "is not by the anchor's key",
	[SEALS_FLAW_KEY] = "is by the wrong period's key",
	[SEALS_FLAW_SIG] = "is not signed by its key",
	[SEALS_FLAW_HEAD] = "tells of less than the seal before it",
	[SEALS_FLAW_SPELLING] = "is not spelt as a seal",
	[SEALS_FLAW_WITNESS] = "is not the seal that was witnessed",
};

const char *seals_flaw_words(enum seals_flaw flaw)
{
	return flaw < SEALS_FLAW_COUNT ? flaw_words[flaw] : "";
}

static void blame(struct seals *p, enum seals_flaw flaw, uint64_t seq)
{
	if (p->flaw != SEALS_FLAW_NONE)
		return;
	p->flaw = flaw;
	p->flaw_seq = seq;
}

static int add_point(struct points *points, const struct seal_head *head,
		     const struct record *seal)
{
	struct point *more = points->list;
	size_t count = points->count;

	if (count > 0 && more[count - 1].seq == head->seq &&
	    memcmp(more[count - 1].hash, head->hash, RECORD_HASH_SIZE) == 0)
		return 0;
	/* A full array has a power of two. */
	if ((count & (count - 1)) == 0) {
		more = realloc(more, (count ? 2 * count : 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		points->list = more;
	}
	more[count].seq = head->seq;
	more[count].seal = seal->seq;
	more[count].time_ns = seal->time_ns;
	memcpy(more[count].hash, head->hash, RECORD_HASH_SIZE);
	points->count++;
	return 0;
}

static void take_heads(struct seals *p, const struct seal *seal,
		       const struct record *record)
{
	for (int i = 0; i < SEAL_HEADS; i++) {
		if (p->count && seal->heads[i].seq < p->last.heads[i].seq)
			blame(p, SEALS_FLAW_HEAD, record->seq);
		if (seal->heads[i].seq &&
		    add_point(&p->points[i], &seal->heads[i], record))
			p->error = -ENOMEM;
	}
}

static void take_note(struct seals *p, const struct seal *seal,
		      const struct record *record)
{
	struct seals_note note = {
		.seal = record->seq,
		.from_ns = p->last_ns,
		.to_ns = record->time_ns,
		.is_start = seal->reason == SEAL_START,
	};

	if (p->count == 0 || (record->time_ns >= p->last_ns &&
			      record->time_ns - p->last_ns <= GAP_NS))
		return;
	if (p->note_count < SEALS_NOTES_MAX)
		p->notes[p->note_count] = note;
	p->note_count++;
}

static enum seals_flaw judge_key(const struct seals *p, const struct seal *seal,
				 const struct record *record)
{
	if (p->count > 0)
		return memcmp(seal->key, p->last.next, sizeof(seal->key)) == 0
			       ? SEALS_FLAW_NONE
			       : SEALS_FLAW_KEY;
	/* Of a folder whose first seals are not here, the anchor proves
	 * nothing. */
	if (record->seq == 1 && p->anchor &&
	    memcmp(seal->key, p->anchor, sizeof(seal->key)) != 0)
		return SEALS_FLAW_ANCHOR;
	return SEALS_FLAW_NONE;
}

static void meet_witnesses(struct seals *p, const struct record *record)
{
	for (size_t i = 0; i < p->witness_count; i++) {
		struct witness *w = &p->witnesses[i];

		if (w->seq != record->seq)
			continue;
		if (memcmp(w->hash, record->hash, sizeof(w->hash)) != 0) {
			blame(p, SEALS_FLAW_WITNESS, record->seq);
			continue;
		}
		w->is_found = true;
		p->witnessed_ns = record->time_ns;
	}
}

void seals_hear(void *ctx, const struct record *record, const char *line)
{
	struct seals *p = ctx;
	enum seals_flaw flaw;
	struct seal seal;

	if (record->is_first)
		memcpy(p->hash, record->prev, sizeof(p->hash));
	if (!record->is_seal) {
		/* A torn tail that was declared. */
		memcpy(p->hash, record->hash, sizeof(p->hash));
		return;
	}
	if (seal_read(&seal, record)) {
		blame(p, SEALS_FLAW_SPELLING, record->seq);
		return;
	}
	flaw = judge_key(p, &seal, record);
	if (flaw == SEALS_FLAW_NONE &&
	    !seal_is_signed(&seal, line, record, p->hash))
		flaw = SEALS_FLAW_SIG;
	if (flaw != SEALS_FLAW_NONE)
		blame(p, flaw, record->seq);
	if (p->count == 0) {
		memcpy(p->first_key, seal.key, sizeof(p->first_key));
		p->first_seq = record->seq;
	}
	/* What a bad seal says proves nothing. */
	if (p->flaw == SEALS_FLAW_NONE) {
		take_heads(p, &seal, record);
		take_note(p, &seal, record);
		p->last_seq = record->seq;
		p->last_ns = record->time_ns;
	}
	meet_witnesses(p, record);
	memcpy(p->hash, record->hash, sizeof(p->hash));
	p->last = seal;
	p->count++;
}

void seals_end(struct seals *p)
{
	for (size_t i = 0; i < p->witness_count; i++) {
		if (!p->witnesses[i].is_found)
			blame(p, SEALS_FLAW_WITNESS, p->witnesses[i].seq);
	}
}

void seals_fini(struct seals *p)
{
	for (int i = 0; i < SEAL_HEADS; i++)
		free(p->points[i].list);
}
