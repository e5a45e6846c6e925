/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reload: takes, tries, confirms, undoes.
 */
#include "ctl/warden/reload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/log.h"
#include "ctl/warden/check.h"
#include "ctl/warden/chronicle.h"
#include "ctl/warden/host.h"
#include "ctl/warden/jobs.h"
#include "ctl/warden/keepsake.h"

/* Whole seconds until a reload undoes itself; 0: it does not. */
static uint32_t confirm_left(struct warden *w)
{
	double left = w->before ? ev_timer_remaining(w->loop, &w->confirm) : 0;

	return left > 0. ? (uint32_t)left + 1 : 0;
}

/* So that a person's program checks the same file; a longer path it has to be
 * told. */
static void name_path(const struct warden *w, struct reloaded *row)
{
	if (strlen(w->path) < sizeof(row->path))
		snprintf(row->path, sizeof(row->path), "%s", w->path);
}

struct reloaded reload_row(struct warden *w, bool taken)
{
	struct reloaded row = {
		.config_id = w->config->id,
		.taken = taken,
		.unconfirmed_s = confirm_left(w),
	};

	name_path(w, &row);
	return row;
}

/* "reloaded; started anew: postern-nft, postern-ctl" */
static void describe_changes(struct warden *w, uint64_t changed, char *text,
			     size_t size)
{
	size_t used = (size_t)snprintf(text, size, "reloaded");
	const char *separator = "; started anew: ";

	for (unsigned int i = 0; i < CHILDREN_MAX && used < size; i++) {
		const struct child *c = w->minders[i].child;

		if (!(changed >> i & 1) || !family_is_wanted(&w->family, c))
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 separator, role_name(c->role));
		separator = ", ";
	}
	if (!changed && used < size)
		snprintf(text + used, size - used,
			 "; nothing that a program knows has changed");
}

/* Those that are about to be started anew do not run, as far as others are
 * concerned: nobody is to take what the old life did for the new order. */
static void announce_changes(struct warden *w, uint64_t changed)
{
	for (unsigned int i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = w->minders[i].child;

		if (!(changed >> i & 1) || !c->pid)
			continue;
		c->wanted = true;
		warden_say_program(w, c);
	}
}

/* What changed is started anew, the rest goes on. */
static void apply_changes(struct warden *w, uint64_t changed)
{
	for (unsigned int i = 0; i < CHILDREN_MAX; i++) {
		struct minder *m = &w->minders[i];

		if (!family_is_wanted(&w->family, m->child))
			warden_tell_to_end(w, m);
		else if (changed >> i & 1)
			warden_start_anew(w, m);
	}
}

void reload_say(struct warden *w, bool taken, const char *text)
{
	struct reloaded row = reload_row(w, taken);

	snprintf(row.text, sizeof(row.text), "%.190s", text);
	if (taken)
		log_notice("%s", row.text);
	else
		log_error("not reloaded, all stays as it was: %s", row.text);
	warden_say(w, MSG_RELOADED, &row);
}

/* Put CONFIG in the place of the one in force, whose owner the caller becomes.
 * False: it stays, and TEXT says why. */
static bool exchange(struct warden *w, struct config *config, uint64_t *changed,
		     char text[256])
{
	if (family_take(&w->family, config, changed, text)) {
		/* The old parts again, where new ones were taken already. */
		if (family_take(&w->family, w->config, changed, text))
			log_error("the old configuration cannot be kept "
				  "whole; restart posternd");
		return false;
	}
	w->config = config;
	return true;
}

/* What is in force stays, whoever dies. */
static void forget_before(struct warden *w)
{
	ev_timer_stop(w->loop, &w->confirm);
	config_free(w->before);
	w->before = NULL;
	bundle_fini(&w->texts_before);
	keepsake_forget(w->config->state, KEEPSAKE_UNCONFIRMED);
}

/* Nobody said that it was right: perhaps nobody can any more. */
void reload_on_unconfirmed(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct warden *w = timer->data;
	struct config *back = w->before, *tried = w->config;
	char text[256] = "";
	uint64_t changed;

	(void)loop;
	(void)events;
	w->before = NULL;
	if (w->ending || !exchange(w, back, &changed, text)) {
		config_free(back);
		return;
	}
	config_free(tried);
	bundle_fini(&w->texts);
	w->texts = w->texts_before;
	w->texts_before = (struct bundle){ 0 };
	announce_changes(w, changed);
	chronicle_tell(w);
	reload_say(w, true,
		   "not confirmed in time: the configuration before is in "
		   "force again; the file still has the new one");
	warden_flush(w);
	apply_changes(w, changed);
}

/* An hour at most: what waits longer was forgotten. */
static void begin_to_wait(struct warden *w, struct config *before,
			  struct bundle *texts, uint64_t seconds)
{
	/* Two in a row go back to the one before both. */
	if (w->before) {
		config_free(before);
		bundle_fini(texts);
	} else {
		w->before = before;
		w->texts_before = *texts;
	}
	ev_timer_stop(w->loop, &w->confirm);
	if (seconds > ROLE_RELOAD_MAX_S)
		seconds = ROLE_RELOAD_MAX_S;
	ev_timer_set(&w->confirm, (double)seconds, 0.);
	ev_timer_start(w->loop, &w->confirm);
}

static void confirm(struct warden *w)
{
	if (!w->before)
		return;
	forget_before(w);
	reload_say(w, true, "confirmed: the new configuration stays");
}

/* What is wrong with putting CONFIG in the place of the one in force, on trial
 * where SECONDS is not 0; NULL: nothing, and it is there. */
static const char *replace(struct warden *w, struct config *config,
			   uint64_t seconds, uint64_t *changed, char text[256])
{
	const struct bundle *back = w->before ? &w->texts_before : &w->texts;
	int err = 0;

	if (strcmp(config->state, w->config->state) != 0)
		return "state cannot move while posternd runs: stop it, move "
		       "the folder, start it";
	/* Before it is in force, so that no death finds it without the way
	 * back. */
	if (seconds)
		err = keepsake_save(config->state, KEEPSAKE_UNCONFIRMED, back,
				    config->id);
	if (err) {
		snprintf(text, 256, "it could not be undone: %.150s: %s",
			 config->state, strerror(-err));
		return text;
	}
	return exchange(w, config, changed, text) ? NULL : text;
}

/* SECONDS: it undoes itself unless it is confirmed; 0: it stays. */
static void reload(struct warden *w, uint64_t seconds)
{
	struct bundle texts = { 0 }, old_texts = w->texts;
	struct config *config, *old = w->config;
	struct findings findings;
	char text[256] = "";
	const char *wrong;
	uint64_t changed;

	config = jobs_load(w->path, &findings, &texts);
	findings_write(&findings, stderr);
	if (!config)
		wrong = findings.count ? findings.list[0].text
				       : "it cannot be read";
	else
		wrong = replace(w, config, seconds, &changed, text);
	if (wrong) {
		config_free(config);
		bundle_fini(&texts);
		reload_say(w, false, wrong);
		return;
	}
	w->texts = texts;
	if (seconds) {
		begin_to_wait(w, old, &old_texts, seconds);
	} else {
		forget_before(w);
		config_free(old);
		bundle_fini(&old_texts);
	}
	describe_changes(w, changed, text, sizeof(text));
	announce_changes(w, changed);
	chronicle_tell(w);
	reload_say(w, true, text);
	/* postern-ctl shall hear of it before it ends, so as to answer. */
	warden_flush(w);
	apply_changes(w, changed);
}

/* The system asks other name servers by now. */
void reload_on_resolvers(struct ev_loop *loop, ev_stat *stat, int events)
{
	struct warden *w = stat->data;
	char text[256] = "";
	uint64_t changed;

	(void)loop;
	(void)events;
	if (w->ending)
		return;
	if (w->before)
		check_resolvers(w->before, &host_here);
	check_resolvers(w->config, &host_here);
	if (family_take(&w->family, w->config, &changed, text)) {
		log_error("the name servers that are never banned stay as they "
			  "were: %s",
			  text);
		return;
	}
	if (!changed)
		return;
	announce_changes(w, changed);
	reload_say(w, true,
		   "the system's name servers changed: they are never "
		   "banned");
	warden_flush(w);
	apply_changes(w, changed);
}

void reload_on_hangup(struct ev_loop *loop, ev_io *io, int events)
{
	struct warden *w = io->data;

	(void)loop;
	(void)events;
	w->has_sender = hangup_take(w->hangup_fd, &w->sender);
	if (!w->ending)
		reload(w, 0);
	w->has_sender = false;
}

void reload_on_bell(struct ev_loop *loop, ev_io *io, int events)
{
	struct warden *w = io->data;
	uint64_t rung, seconds;

	(void)loop;
	(void)events;
	if (read(w->family.reload_bell, &rung, sizeof(rung)) < 0 || w->ending)
		return;
	seconds = rung % ROLE_RELOAD_CONFIRM / ROLE_RELOAD_SECONDS;
	if (rung >= ROLE_RELOAD_CONFIRM)
		confirm(w);
	if (rung % ROLE_RELOAD_CONFIRM)
		reload(w, seconds);
}

/* The configuration that was put on trial in a former life, and that nobody
 * confirmed, does not come into force by a restart. */
void reload_take_back(struct warden *w)
{
	struct bundle before = { 0 };
	struct findings findings;
	struct config *config;
	uint64_t tried_id;
	int err = keepsake_load(w->config->state, KEEPSAKE_UNCONFIRMED, &before,
				&tried_id);

	if (err == -ENOENT)
		return;
	if (!err && tried_id != w->config->id) {
		keepsake_forget(
			w->config->state,
			KEEPSAKE_UNCONFIRMED); /* it was written anew since */
		bundle_fini(&before);
		return;
	}
	before.is_source = true;
	config = err ? NULL : jobs_load(w->path, &findings, &before);
	if (!config || strcmp(config->state, w->config->state) != 0) {
		log_error("the configuration before the one that was never "
			  "confirmed cannot be read: the new one is in force");
		config_free(config);
		bundle_fini(&before);
		return;
	}
	config_free(w->config);
	bundle_fini(&w->texts);
	before.is_source = false;
	w->config = config;
	w->texts = before;
	w->is_taken_back = true;
}
