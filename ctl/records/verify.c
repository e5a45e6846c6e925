/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verify: class by class, segment by segment, each against the one before it
 * and against the seals.
 */
#include "ctl/records/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/records/scroll.h"

/* Up to where the schedule deleted, as custody tells. */
struct deleted {
	uint64_t before[CLASS_COUNT]; /* number of the first record kept */
};

struct job {
	const struct verify_wish *wish;
	struct verdict *verdict;
	struct chain *chain;
	struct deleted deleted;
	const struct folder *folder; /* of the class being read */
	enum rclass rclass;
	struct finding before; /* of the segment before */
	struct finding first; /* of custody, judged when all of it is heard */
};

__attribute__((format(printf, 4, 5))) static void
blame(struct job *job, const char *file, uint64_t line, const char *format, ...)
{
	struct verify_class *c = &job->verdict->classes[job->rclass];
	va_list args;

	job->verdict->is_whole = false;
	if (c->bad++ > 0)
		return;
	snprintf(c->file, sizeof(c->file), "%s", file);
	c->line = line;
	va_start(args, format);
	vsnprintf(c->what, sizeof(c->what), format, args);
	va_end(args);
}

/* Custody tells what was deleted.  Behind the last seal anybody may have put
 * that there. */
static void hear_custody(void *ctx, const struct record *record,
			 const char *line)
{
	struct job *job = ctx;
	const struct points *p = &job->verdict->seals.points[CLASS_CUSTODY];
	struct act act;

	(void)line;
	if (job->wish->ticket)
		ticket_hear(job->wish->ticket, record, p);
	if (record->kind != ACT_DISPOSED || p->count == 0 ||
	    record->seq > p->list[p->count - 1].seq ||
	    record_read_later_act(&act, record) < 0)
		return;
	for (int i = 0; i < CLASS_SEALS; i++) {
		uint64_t first = folder_number((enum rclass)i, act.file);

		if (first && first + act.count > job->deleted.before[i])
			job->deleted.before[i] = first + act.count;
	}
}

static const struct point *find_point(const struct points *points, uint64_t seq)
{
	for (size_t i = 0; i < points->count; i++) {
		if (points->list[i].seq == seq)
			return &points->list[i];
	}
	return NULL;
}

/* May records be missing before the segment?  Of an export from a time on that
 * segment is wanted in which that time lies; custody always is whole. */
static bool may_begin_later(const struct job *job, const struct finding *f)
{
	const struct ticket *t = job->wish->ticket;

	if (!job->wish->is_part || !t || t->seq == 0)
		return job->wish->is_part;
	return !ticket_wants(t, job->rclass) ||
	       (job->rclass != CLASS_CUSTODY && f->first_ns <= t->act.since_ns);
}

/* The first segment that is here: what came before it? */
static void judge_first(struct job *job, const struct finding *f,
			const char *file)
{
	static const uint8_t zeros[RECORD_HASH_SIZE];
	const struct point *point;

	if (f->first_seq == 1) {
		if (memcmp(f->prev, zeros, sizeof(zeros)) != 0)
			blame(job, file, 1,
			      "continues from records that never "
			      "were");
		return;
	}
	if (job->rclass == CLASS_SEALS) {
		/* Without the first one the anchor proves nothing. */
		blame(job, file, 1,
		      "is not the first seal: %" PRIu64 " are missing",
		      f->first_seq - 1);
		return;
	}
	point = find_point(&job->verdict->seals.points[job->rclass],
			   f->first_seq - 1);
	if (point && memcmp(point->hash, f->prev, sizeof(point->hash)) != 0)
		blame(job, file, 1,
		      "does not continue the record %" PRIu64
		      " that seal %" PRIu64 " proves",
		      point->seq, point->seal);
	else if (!may_begin_later(job, f) &&
		 job->deleted.before[job->rclass] < f->first_seq)
		blame(job, file, 1,
		      "follows %" PRIu64 " records that are missing, and no "
		      "disposition tells of them",
		      f->first_seq - 1);
}

static void judge_join(struct job *job, const struct finding *f,
		       const char *file)
{
	const struct finding *before = &job->before;

	if (f->first_seq == 0)
		return;
	if (before->first_seq == 0 && job->rclass == CLASS_CUSTODY)
		job->first = *f;
	else if (before->first_seq == 0)
		judge_first(job, f, file);
	else if (f->first_seq > before->last_seq + 1)
		blame(job, file, 1,
		      "follows records that are missing: %" PRIu64
		      " to %" PRIu64,
		      before->last_seq + 1, f->first_seq - 1);
	else if (f->first_seq != before->last_seq + 1 ||
		 memcmp(f->prev, before->hash, sizeof(f->prev)) != 0)
		blame(job, file, 1, "%s", check_flaw_words(FLAW_START));
	job->before = *f;
}

/* A tail that is not finished may be what is being written now. */
static void judge_lines(struct job *job, const struct finding *f,
			const char *file, bool is_last)
{
	if (f->flaw != FLAW_NONE)
		blame(job, file, f->flaw_line, "%s", check_flaw_words(f->flaw));
	else if (f->tail_lines &&
		 (!is_last || !f->is_open || f->tail_lines > 1))
		blame(job, file, f->tail_line, "%s",
		      check_flaw_words(f->tail_flaw));
}

static int open_scroll(const struct folder *folder,
		       const struct segment *segment, struct scroll *scroll,
		       int *fd, const char **suffix)
{
	int err;

	*suffix = segment->is_packed ? FOLDER_PACKED : "";
	*fd = segment->is_packed ? folder_read_packed(folder, segment->number)
				 : folder_read(folder, segment->number);
	if (*fd == -ENOENT && !segment->is_packed) {
		/* It was packed meanwhile. */
		*suffix = FOLDER_PACKED;
		*fd = folder_read_packed(folder, segment->number);
	}
	if (*fd < 0)
		return *fd;
	err = (*suffix)[0] ? scroll_open_packed(scroll, *fd, INT64_MAX)
			   : scroll_open(scroll, *fd, INT64_MAX);
	if (err)
		close(*fd);
	return err;
}

static int read_segment(struct job *job, const struct segment *segment,
			bool is_last)
{
	struct verify_class *c = &job->verdict->classes[job->rclass];
	struct check check = {
		.chain = job->chain,
		.rclass = job->rclass,
		.named = segment->number,
	};
	char file[FOLDER_FILE_SIZE];
	struct finding found;
	struct scroll scroll;
	const char *suffix;
	int fd, err;

	if (job->rclass == CLASS_SEALS) {
		check.hear = seals_hear;
		check.ctx = &job->verdict->seals;
	} else {
		check.points = &job->verdict->seals.points[job->rclass];
	}
	if (job->rclass == CLASS_CUSTODY) {
		check.hear = hear_custody;
		check.ctx = job;
	}
	err = open_scroll(job->folder, segment, &scroll, &fd, &suffix);
	folder_file(job->rclass, segment->number, suffix, file);
	if (err) {
		blame(job, file, 1, "cannot be read: %s", strerror(-err));
		return err == -ENOMEM ? err : 0;
	}
	check_scroll(&found, &check, &scroll);
	scroll_close(&scroll);
	close(fd);
	c->segments++;
	c->records += found.lines;
	c->bytes += found.size;
	if (c->first_seq == 0)
		c->first_seq = found.first_seq;
	if (found.last_seq)
		c->last_seq = found.last_seq;
	judge_join(job, &found, file);
	judge_lines(job, &found, file, is_last);
	return 0;
}

/* An export must hold what it was to hold. */
static void judge_part(struct job *job, const struct points *points)
{
	struct verify_class *c = &job->verdict->classes[job->rclass];
	const struct ticket *t = job->wish->ticket;
	char file[FOLDER_FILE_SIZE];
	uint64_t end;

	folder_file(job->rclass, job->before.named ? job->before.named : 1, "",
		    file);
	if (t && t->seq == 0 && job->rclass == CLASS_CUSTODY)
		blame(job, file, job->before.lines + 1,
		      "does not hold the record of this export, act %" PRIu64
		      ", proven by a seal: what was taken out of the export "
		      "cannot be told",
		      t->id);
	end = t && t->seq ? ticket_end(t, job->rclass, points) : 0;
	if (c->last_seq < end && job->deleted.before[job->rclass] <= end)
		blame(job, file, job->before.lines + 1,
		      "is cut off: the export is of records up to %" PRIu64
		      ", they end at %" PRIu64,
		      end, c->last_seq);
	else if (points->count && !find_point(points, c->last_seq) &&
		 c->last_seq &&
		 c->last_seq < points->list[points->count - 1].seq)
		c->unproven = 1;
}

/* What the seals tell of must be here, up to the end. */
static void judge_end(struct job *job)
{
	struct verify_class *c = &job->verdict->classes[job->rclass];
	const struct points *points;
	const struct point *last;
	char file[FOLDER_FILE_SIZE];

	if (job->rclass == CLASS_SEALS)
		return;
	/* What went of custody itself is told further on in it. */
	if (job->rclass == CLASS_CUSTODY && job->first.first_seq) {
		folder_file(job->rclass, job->first.named, "", file);
		judge_first(job, &job->first, file);
	}
	points = &job->verdict->seals.points[job->rclass];
	if (job->wish->is_part)
		judge_part(job, points);
	if (points->count == 0) {
		c->unproven = c->records;
		return;
	}
	last = &points->list[points->count - 1];
	if (c->last_seq > last->seq)
		c->unproven = c->last_seq - last->seq;
	if (c->last_seq >= last->seq ||
	    c->last_seq + 1 == job->deleted.before[job->rclass] ||
	    job->wish->is_part)
		return;
	folder_file(job->rclass, job->before.named ? job->before.named : 1, "",
		    file);
	blame(job, file, job->before.lines + 1,
	      "is cut off: seal %" PRIu64 " proves records up to %" PRIu64
	      ", they end at %" PRIu64,
	      last->seal, last->seq, c->last_seq);
}

static int read_class(struct job *job, enum rclass rclass)
{
	struct folder *folder;
	struct segment *list;
	size_t count = 0;
	int err;

	job->rclass = rclass;
	memset(&job->before, 0, sizeof(job->before));
	err = folder_open_reading(&folder, job->wish->path, rclass);
	if (err == -ENOENT) {
		/* No record of this class was ever written, or all are gone:
		 * the seals know. */
		judge_end(job);
		return 0;
	}
	if (err)
		return err;
	job->folder = folder;
	err = folder_list_all(folder, &list, &count);
	for (size_t i = 0; i < count && !err; i++)
		err = read_segment(job, &list[i], i + 1 == count);
	if (!err) {
		judge_end(job);
		free(list);
	}
	folder_close(folder);
	return err ? err : job->verdict->seals.error;
}

static void judge_seals(struct job *job)
{
	struct seals *seals = &job->verdict->seals;
	char file[FOLDER_FILE_SIZE];

	job->rclass = CLASS_SEALS;
	seals_end(seals);
	if (seals->count == 0)
		blame(job, "seals", 0, "there is no seal: nothing is proven");
	if (seals->flaw == SEALS_FLAW_NONE)
		return;
	folder_file(CLASS_SEALS, seals->first_seq ? seals->first_seq : 1, "",
		    file);
	if (seals->flaw == SEALS_FLAW_WITNESS &&
	    seals->flaw_seq > seals->last_seq)
		blame(job, file, seals->count + 1,
		      "is cut off: seal %" PRIu64 ", which was witnessed, is "
		      "not here",
		      seals->flaw_seq);
	else
		blame(job, file,
		      seals->flaw_seq -
			      (seals->first_seq ? seals->first_seq : 1) + 1,
		      "seal %" PRIu64 " %s", seals->flaw_seq,
		      seals_flaw_words(seals->flaw));
}

int verify_run(struct verdict *out, const struct verify_wish *wish)
{
	/* Custody before what it tells of. */
	static const enum rclass order[] = { CLASS_CUSTODY, CLASS_ACTS,
					     CLASS_EVENTS, CLASS_SYSTEM,
					     CLASS_ALARMS };
	struct job job = { .wish = wish, .verdict = out };
	int err;

	out->is_whole = true;
	memset(out->classes, 0, sizeof(out->classes));
	err = chain_new(&job.chain);
	if (!err)
		err = read_class(&job, CLASS_SEALS);
	if (!err)
		judge_seals(&job);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && !err; i++)
		err = read_class(&job, order[i]);
	chain_free(job.chain);
	return err;
}

void verify_fini(struct verdict *verdict)
{
	seals_fini(&verdict->seals);
}
