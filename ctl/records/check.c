/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check: lines against the chain.  Cuts nothing and repairs nothing.
 */
#include "ctl/records/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/records/folder.h"
#include "ctl/records/scroll.h"

static const char *const flaw_words[FLAW_COUNT] = {
	[FLAW_NONE] = "good",
	[FLAW_NO_RECORD] = "is no record",
	[FLAW_CHANGED] = "was changed",
	[FLAW_MISSING] = "follows records that are missing",
	[FLAW_ORDER] = "stands in the wrong place",
	[FLAW_START] = "does not continue the segment before",
	[FLAW_SEAL] = "is not the one that a seal proves",
	[FLAW_UNREADABLE] = "cannot be read",
};

/* Where the chain is, while a segment is read. */
struct walk {
	struct finding *finding;
	const struct check *check;
	uint8_t hash[RECORD_HASH_SIZE]; /* of the line before */
	bool is_linked; /* HASH is known */
	uint64_t seq; /* of the line before; 0: not known for certain */
};

const char *check_flaw_words(enum flaw flaw)
{
	return flaw < FLAW_COUNT ? flaw_words[flaw] : "";
}

static enum flaw judge_order(const struct walk *walk,
			     const struct record *record)
{
	if (walk->seq == 0 || record->seq == walk->seq + 1)
		return FLAW_NONE;
	return record->seq > walk->seq ? FLAW_MISSING : FLAW_ORDER;
}

/* Many seals may speak of the same record, and of some that are gone. */
static bool is_as_sealed(struct points *points, const struct record *record)
{
	bool good = true;

	if (!points)
		return true;
	while (points->at < points->count &&
	       points->list[points->at].seq <= record->seq) {
		const struct point *point = &points->list[points->at++];

		if (point->seq == record->seq &&
		    memcmp(point->hash, record->hash, sizeof(point->hash)) != 0)
			good = false;
	}
	return good;
}

static enum flaw judge(struct walk *walk, const struct record *record,
		       const struct line *line)
{
	uint8_t hash[RECORD_HASH_SIZE];
	enum flaw flaw = judge_order(walk, record);

	if (record->rclass != walk->check->rclass)
		return FLAW_NO_RECORD;
	if (record->is_first != (line->number == 1) ||
	    (record->is_first && record->seq != walk->finding->named))
		return FLAW_START;
	if (record->is_first)
		memcpy(hash, record->prev, sizeof(hash));
	else
		memcpy(hash, walk->hash, sizeof(hash));
	if (!record->is_first && !walk->is_linked)
		return flaw;
	chain_link(walk->check->chain, hash, line->text, record->hashed_len);
	if (memcmp(hash, record->hash, sizeof(hash)) != 0 && flaw == FLAW_NONE)
		flaw = FLAW_CHANGED;
	if (flaw == FLAW_NONE && !is_as_sealed(walk->check->points, record))
		flaw = FLAW_SEAL;
	return flaw;
}

static void note_declared(struct finding *f, const struct act *act)
{
	char name[FOLDER_NAME_SIZE];
	struct declared declared = { .line = act->count };

	if (strcmp(act->name, CHECK_DAMAGED) != 0)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(act->reason, ":"),
		 act->reason);
	declared.segment = folder_number(f->rclass, name);
	f->declared[f->declared_count++ % CHECK_DECLARED_MAX] = declared;
}

void check_note_bad(struct finding *f, enum flaw flaw, uint64_t line)
{
	if (f->tail_ends)
		check_condemn_tail(f);
	if (f->tail_lines++ == 0) {
		f->tail_flaw = flaw;
		f->tail_line = line;
	}
	f->tail_ends = flaw == FLAW_CHANGED;
	/* No unfinished write makes these. */
	if (flaw != FLAW_CHANGED && flaw != FLAW_NO_RECORD)
		check_condemn_tail(f);
}

void check_condemn_tail(struct finding *f)
{
	if (f->tail_lines == 0)
		return;
	if (f->bad_lines == 0) {
		f->flaw = f->tail_flaw;
		f->flaw_line = f->tail_line;
	}
	f->bad_lines += f->tail_lines;
	f->tail_lines = 0;
	f->tail_ends = false;
}

/* What a good record says that whoever goes on from here must know. */
static void note_content(struct finding *f, const struct record *record)
{
	struct act act = { .kind = record->kind };
	bool wanted = act.kind == ACT_TORN || act.kind == ACT_CHECKPOINTED;

	if (record->is_bans) {
		checkpoint_bans(&f->checkpoint, record->count);
		return;
	}
	if (record->is_event || record->is_original || record->is_seal)
		return;
	if (record->kind == ACT_NONE ||
	    (wanted && record_read_later_act(&act, record) < 0))
		f->foreign++;
	checkpoint_act(&f->checkpoint, (enum act_kind)act.kind,
		       record->is_first, act.count);
	if (act.kind == ACT_TORN)
		note_declared(f, &act);
}

static void note_good(struct finding *f, const struct record *record,
		      const struct line *line)
{
	check_condemn_tail(f);
	f->lines++;
	f->good_end = line->end;
	if (f->first_seq == 0) {
		f->first_seq = record->seq;
		f->first_ns = record->time_ns;
		memcpy(f->prev, record->prev, sizeof(f->prev));
	}
	f->last_seq = record->seq;
	memcpy(f->hash, record->hash, sizeof(f->hash));
	if (record->id > f->last_id)
		f->last_id = record->id;
	note_content(f, record);
}

static void take_line(struct walk *walk, const struct line *line)
{
	struct record record;
	enum flaw flaw;

	walk->finding->is_open = !line->is_whole;
	if (!line->is_whole || record_open(&record, line->text, line->len)) {
		check_note_bad(walk->finding, FLAW_NO_RECORD, line->number);
		walk->is_linked = false;
		walk->seq = 0;
		return;
	}
	flaw = judge(walk, &record, line);
	if (flaw == FLAW_NONE)
		note_good(walk->finding, &record, line);
	else
		check_note_bad(walk->finding, flaw, line->number);
	if (flaw == FLAW_NONE && walk->check->hear)
		walk->check->hear(walk->check->ctx, &record, line->text);
	memcpy(walk->hash, record.hash, sizeof(walk->hash));
	walk->is_linked = true;
	walk->seq = flaw == FLAW_NONE ? record.seq : 0;
}

void check_scroll(struct finding *out, const struct check *check,
		  struct scroll *scroll)
{
	struct walk walk = { .finding = out, .check = check };
	struct line line = { 0 };
	int got;

	*out = (struct finding){ .rclass = check->rclass,
				 .named = check->named };
	while ((got = scroll_next(scroll, &line)) > 0)
		take_line(&walk, &line);
	out->size = scroll->offset;
	if (got == 0)
		return;
	out->error = got;
	check_note_bad(out, FLAW_UNREADABLE, line.number + 1);
}

int check_segment(struct finding *out, const struct check *check, int fd)
{
	struct scroll scroll;
	int err = scroll_open(&scroll, fd, INT64_MAX);

	if (err)
		return err;
	check_scroll(out, check, &scroll);
	scroll_close(&scroll);
	return 0;
}
