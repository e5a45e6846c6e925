/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * farewell: reads no files; knows who writes to them, as far as can be known.
 */
#include "feeds/farewell.h"

#include "ctl/core/clock.h"

/* The writer went on to another file.  From an empty one nothing is known yet
 * in the next life, if this one ends now. */
static bool is_followed(const struct logs *logs, const struct file *f)
{
	const struct file *successor = chain_successor(&logs->chain, f);

	return successor && successor->reading.position.head_len > 0;
}

/*
 * The oldest of a log goes first: so what is newer than all that is known in
 * the next life was never read.
 */
static bool may_be_over(const struct logs *logs, const struct file *f)
{
	return !f->named && !f->ready && !chain_predecessor(&logs->chain, f) &&
	       is_followed(logs, f);
}

/* For how long nothing must have happened to F. */
static uint64_t patience_ns(const struct file *f)
{
	uint64_t patience_s = f->closed ? FILE_CLOSED_S : FILE_QUIET_S;

	return f->whole ? 0 : patience_s * CLOCK_NS_PER_S;
}

bool farewell_is_due(const struct logs *logs, const struct file *f,
		     uint64_t now_ns)
{
	/* Nobody could find it again, and the disk wants its space back. */
	if (!f->ready && f->closed && f->unlinked)
		return true;
	return may_be_over(logs, f) && now_ns - f->quiet_ns >= patience_ns(f);
}

uint64_t farewell_deadline(const struct logs *logs)
{
	uint64_t soonest = 0;

	for (size_t i = 0; i < logs->chain.count; i++) {
		const struct file *f = logs->chain.files[i];
		uint64_t at = f->quiet_ns + patience_ns(f);

		if (may_be_over(logs, f) && (soonest == 0 || at < soonest))
			soonest = at;
	}
	return soonest;
}

/* F, cut to nothing, stands for what was read last of its log. */
static void stand_for(struct logs *logs, struct file *f,
		      const struct position *last)
{
	struct position *p = &f->reading.position;

	p->head_len = last->head_len;
	p->head_hash = last->head_hash;
	p->offset = last->offset;
	logs_tell(logs, f);
}

void farewell_say(struct logs *logs, struct file *f)
{
	struct file *successor = chain_successor(&logs->chain, f);

	if (successor && successor->emptied && successor->cuts == f->cuts &&
	    f->reading.position.head_len >= HEAD_ENOUGH)
		stand_for(logs, successor, &f->reading.position);
	f->reading.finished = 1;
	logs_tell(logs, f);
	watch_forget(&logs->watch, f->watch);
	chain_remove(&logs->chain, f);
}

void farewell_make_room(struct logs *logs, const struct file *keep)
{
	for (size_t i = 0; i < logs->chain.count; i++) {
		struct file *f = logs->chain.files[i];

		if (f == keep || !may_be_over(logs, f))
			continue;
		farewell_say(logs, f);
		return;
	}
}
