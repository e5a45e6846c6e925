/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cut: what was read of a cut log, and what was not.
 */
#include "feeds/cut.h"

#include "ctl/core/clock.h"

/*
 * Those who cut logs copy them before: what had not been read of F is in the
 * copy.  When F was cut more than once since, the later copies were never
 * read at all.
 */
static void read_copies(struct logs *logs, struct file *f)
{
	struct search search = logs_search(logs, f->reading.file, f->path);
	struct position *p = &f->reading.position;
	struct file *copy = search_copy(&search, f);
	struct search_result later;
	bool taken = copy && copy->size > p->offset;

	if (!copy) {
		if (file_behind(f) > 0)
			logs_tell_gap(logs, GAP_TRUNCATED, &f->reading);
		return;
	}
	search_missed(&search, copy, &later);
	if (taken) {
		copy->whole = true;
		copy->cuts = f->cuts;
		taken = logs_add(logs, copy, f) == 0;
	} else {
		file_free(copy);
	}
	if (taken) {
		/* It is not to be read again when F has content, nor in the
		 * next life, when it was read to its end. */
		p->offset = copy->size;
		logs_tell(logs, f);
	}
	for (size_t i = 0; i < later.count; i++) {
		later.files[i]->whole = true;
		later.files[i]->cuts = f->cuts;
	}
	logs_add_all(logs, &later, f);
}

void cut_catch_up(struct logs *logs, struct file *f)
{
	const struct file *older = chain_predecessor(&logs->chain, f);
	struct search search = logs_search(logs, f->reading.file, f->path);
	struct search_result missed;

	/* The clock of files is a coarse one. */
	search.since_ns = f->opened_ns - CLOCK_NS_PER_S;
	search_missed(&search, older, &missed);
	logs_add_all(logs, &missed, f);
}

/*
 * The log is empty: what it had since it was read last, if anything, has been
 * cut away, and the copies are whole.
 */
void cut_look_behind(struct logs *logs, struct file *f)
{
	if (!f->named || file_has_content(f))
		return;
	if (f->emptied)
		read_copies(logs, f);
	else if (f->reading.position.head_len == 0)
		cut_catch_up(logs, f);
}

/* What F was ends as a stream, and it begins another one. */
static void begin_anew(struct logs *logs, struct file *f)
{
	int err;

	f->reading.finished = 1;
	logs->sink->reading(logs->sink->ctx, &f->reading);
	err = file_renew(f, chain_new_stream(&logs->chain));
	if (err)
		logs_tell_error(logs, f, -err);
	else
		logs_tell(logs, f);
}

void cut_take(struct logs *logs, struct file *f)
{
	if (!file_is_shortened(f)) {
		chain_remember(&logs->chain, f);
		f->cuts += !f->emptied;
		read_copies(logs, f);
		/* What it was is what is known of this log in the next life,
		 * until there is something else. */
		if (file_has_content(f))
			begin_anew(logs, f);
		else
			file_await(f);
		return;
	}
	if (!file_go_back(f))
		logs_tell_gap(logs, GAP_TRUNCATED, &f->reading);
	logs_tell(logs, f);
}
