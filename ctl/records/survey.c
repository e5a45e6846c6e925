/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey: segments against each other.
 */
#include "ctl/records/survey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/records/scroll.h"

static int check_one(struct finding *out, const struct folder *folder,
		     struct chain *chain, uint64_t number)
{
	const struct check check = {
		.chain = chain,
		.rclass = folder_class(folder),
		.named = number,
	};
	int fd = folder_read(folder, number);
	int err;

	if (fd < 0) {
		*out = (struct finding){ .rclass = check.rclass,
					 .named = number,
					 .error = fd };
		check_note_bad(out, FLAW_UNREADABLE, 1);
		return 0;
	}
	err = check_segment(out, &check, fd);
	close(fd);
	return err;
}

/* Acts are told from a whole checkpoint on; of the other classes nothing is
 * told, and all there is to know is where the chain goes on. */
static bool is_enough(const struct finding *f)
{
	if (f->rclass == CLASS_ACTS)
		return f->checkpoint.phase == CHECKPOINT_WHOLE;
	return f->first_seq != 0;
}

/* Check the newest of COUNT segments, and older ones as far as needed. */
static int check_back(struct survey *s, const struct folder *folder,
		      struct chain *chain, const uint64_t *numbers,
		      size_t count)
{
	struct finding *all = calloc(count, sizeof(*all));
	size_t from = count;
	int err = 0;

	if (!all)
		return -ENOMEM;
	while (from > 0) {
		from--;
		err = check_one(&all[from], folder, chain, numbers[from]);
		if (err || is_enough(&all[from]))
			break;
	}
	memmove(all, all + from, (count - from) * sizeof(*all));
	s->findings = all;
	s->count = count - from;
	return err;
}

/* Each segment goes on where the one before it ends. */
static void join(struct survey *s)
{
	const struct finding *before = NULL;

	for (size_t i = 0; i < s->count; i++) {
		struct finding *f = &s->findings[i];

		/* What follows shows that these are not just the last bytes. */
		if (i + 1 < s->count || f->bad_lines)
			check_condemn_tail(f);
		if (f->first_seq == 0)
			continue;
		if (before &&
		    (f->first_seq != before->last_seq + 1 ||
		     memcmp(f->prev, before->hash, sizeof(f->prev)) != 0)) {
			f->flaw = FLAW_START;
			f->flaw_line = 1;
			f->bad_lines++;
		}
		before = f;
	}
}

/*
 * Without any whole checkpoint the acts are all there is, from the first on.
 * Where older segments are gone, the first may begin with a checkpoint that
 * is not whole: a part of the state is better than none.
 */
static void find_base(struct survey *s)
{
	const struct finding *first = &s->findings[0];

	s->base = first->named;
	s->base_counts = first->checkpoint.phase == CHECKPOINT_WHOLE ||
			 (first->checkpoint.phase != CHECKPOINT_NONE &&
			  first->first_seq > 1);
}

static void find_newest(struct survey *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct finding *f = &s->findings[i];

		if (f->first_seq == 0)
			continue;
		s->seq = f->last_seq;
		memcpy(s->hash, f->hash, sizeof(s->hash));
		if (f->last_id > s->last_id)
			s->last_id = f->last_id;
	}
}

/* The newest segment has no good record. */
static bool is_empty_in_place(struct survey *s, struct finding *f)
{
	/* Its own records cannot be read: their numbers are taken, as far as
	 * anybody knows. */
	if (f->error && f->named > s->seq) {
		s->seq = f->named;
		return false;
	}
	/* Named for records that are not here: they are gone, and their
	 * numbers are not given again. */
	if (f->named > s->seq + 1) {
		check_note_bad(f, FLAW_MISSING, 1);
		s->seq = f->named - 1;
	}
	return f->named == s->seq + 1;
}

static void find_end(struct survey *s)
{
	struct finding *f = &s->findings[s->count - 1];

	if (f->first_seq == 0)
		s->exists = is_empty_in_place(s, f);
	else
		s->exists = f->bad_lines == 0;
	if (!s->exists) {
		s->segment = s->seq + 1;
		return;
	}
	s->segment = f->named;
	s->end = f->good_end;
	s->torn = f->size - f->good_end;
}

static void read_torn_head(struct survey *s, const struct folder *folder)
{
	int fd = folder_read(folder, s->segment);
	ssize_t n;

	if (fd < 0)
		return;
	n = pread(fd, s->torn_head, sizeof(s->torn_head) - 1, (off_t)s->end);
	if (n < 0)
		n = 0;
	s->torn_head[n] = '\0';
	close(fd);
}

/* All that is left is packed: go on behind it. */
static int follow_packed(struct survey *s, const struct folder *folder,
			 struct chain *chain)
{
	struct check check = { .chain = chain, .rclass = s->rclass };
	struct segment *list;
	struct finding found;
	struct scroll scroll;
	size_t count;
	int fd, err;

	err = folder_list_all(folder, &list, &count);
	if (err)
		return err;
	check.named = count ? list[count - 1].number : 0;
	free(list);
	if (count == 0)
		return 0;
	fd = folder_read_packed(folder, check.named);
	if (fd < 0)
		return fd;
	err = scroll_open_packed(&scroll, fd, INT64_MAX);
	if (!err) {
		check_scroll(&found, &check, &scroll);
		scroll_close(&scroll);
	}
	close(fd);
	/* Without its last record the chain cannot go on. */
	if (err || found.first_seq == 0)
		return err ? err : -EBADMSG;
	s->seq = found.last_seq;
	s->last_id = found.last_id;
	memcpy(s->hash, found.hash, sizeof(s->hash));
	s->base = s->segment = s->seq + 1;
	return 0;
}

int survey_make(struct survey *out, const struct folder *folder,
		struct chain *chain)
{
	struct survey s = {
		.rclass = folder_class(folder),
		.base = 1,
		.segment = 1,
	};
	uint64_t *numbers;
	size_t count;
	int err;

	err = folder_list(folder, &numbers, &count);
	if (err)
		return err;
	if (count > 0) {
		err = check_back(&s, folder, chain, numbers, count);
		if (err)
			goto out;
		join(&s);
		find_base(&s);
		find_newest(&s);
		find_end(&s);
		if (s.torn > 0)
			read_torn_head(&s, folder);
	} else {
		err = follow_packed(&s, folder, chain);
		if (err)
			goto out;
	}
	*out = s;
	s.findings = NULL;
out:
	free(s.findings);
	free(numbers);
	return err;
}

void survey_fini(struct survey *survey)
{
	free(survey->findings);
	survey->findings = NULL;
}

bool survey_is_news(const struct survey *survey, const struct finding *f)
{
	if (f->flaw == FLAW_NONE)
		return false;
	for (size_t i = 0; i < survey->count; i++) {
		const struct finding *g = &survey->findings[i];
		size_t count = g->declared_count < CHECK_DECLARED_MAX
				       ? g->declared_count
				       : CHECK_DECLARED_MAX;

		for (size_t k = 0; k < count; k++) {
			if (g->declared[k].segment == f->named &&
			    g->declared[k].line == f->flaw_line)
				return false;
		}
	}
	return true;
}
