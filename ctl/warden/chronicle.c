/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chronicle: compares, says, remembers.
 */
#include "ctl/warden/chronicle.h"

#include <errno.h>
#include <string.h>

#include "ctl/core/log.h"
#include "ctl/warden/alteration.h"
#include "ctl/warden/inner.h"
#include "ctl/warden/keepsake.h"

/* By then the acts are on disk, unless the disk refuses. */
#define KEEP_AFTER_S 10.

static void keep(struct warden *w)
{
	int err = keepsake_save(w->config->state, KEEPSAKE_RECORDED,
				&w->recorded, w->config->id);

	if (err)
		log_warning("what the records were told of the configuration "
			    "cannot be kept in %s: %s; the next start tells "
			    "it again",
			    w->config->state, strerror(-err));
}

static void on_keep(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	keep(timer->data);
}

void chronicle_init(struct warden *w)
{
	uint64_t id;
	int err = keepsake_load(w->config->state, KEEPSAKE_RECORDED,
				&w->recorded, &id);

	if (err && err != -ENOENT)
		log_warning("what the records were told of the configuration "
			    "cannot be read: %s; they are told all of it",
			    strerror(-err));
	ev_timer_init(&w->chronicle, on_keep, KEEP_AFTER_S, 0.);
	w->chronicle.data = w;
}

void chronicle_fini(struct warden *w)
{
	if (ev_is_active(&w->chronicle))
		keep(w);
	ev_timer_stop(w->loop, &w->chronicle);
	bundle_fini(&w->recorded);
}

static int copy(struct bundle *out, const struct bundle *from)
{
	int err = 0;

	for (size_t i = 0; i < from->count && !err; i++) {
		const struct bundle_file *file = &from->files[i];

		err = bundle_add(out, file->path, file->text, file->len);
	}
	if (err)
		bundle_fini(out);
	return err;
}

static void say(void *ctx, const struct act *told)
{
	const struct warden *w = ctx;
	struct act act = *told;

	if (w->has_sender) {
		act.origin = ORIGIN_PERSON;
		act.uid = w->sender.uid;
		act.login_uid = w->sender.login_uid;
		act.pid = w->sender.pid;
	}
	warden_say(ctx, MSG_ACT, &act);
}

void chronicle_tell(struct warden *w)
{
	struct bundle now = { 0 };

	alteration_tell(&w->recorded, &w->texts, w->config->id, say, w);
	if (copy(&now, &w->texts)) {
		log_warning("no memory: the next change of the configuration "
			    "is told with this one");
		return;
	}
	bundle_fini(&w->recorded);
	w->recorded = now;
	ev_timer_stop(w->loop, &w->chronicle);
	ev_timer_set(&w->chronicle, KEEP_AFTER_S, 0.);
	ev_timer_start(w->loop, &w->chronicle);
}
