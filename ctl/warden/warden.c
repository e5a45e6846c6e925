/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * warden: starts, reaps, starts again; reloads; ends.
 */
#include "ctl/warden/warden.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/core/chan.h"
#include "ctl/core/log.h"
#include "ctl/core/part.h"
#include "ctl/warden/check.h"
#include "ctl/warden/family.h"
#include "ctl/warden/host.h"
#include "ctl/warden/jobs.h"
#include "ctl/warden/socket.h"
#include "ctl/warden/undo.h"

/* How long a program may take to end before it is made to. */
#define PATIENCE_S   5.0

#define CHILDREN_MAX FAMILY_MAX

struct warden;

/* The watchers of one child. */
struct minder {
	struct warden *warden;
	struct child *child;
	ev_timer start; /* when its delay is over */
	ev_timer kill; /* when it did not end in time */
	ev_io bell;
};

enum ending {
	ENDING_NOT,
	ENDING_FEEDS, /* first, so that nothing more is said */
	ENDING_CTL, /* then it has its last words */
	ENDING_REST,
};

struct warden {
	struct ev_loop *loop;
	char *path; /* of the configuration file, absolute; owned */
	char folder[512]; /* of the programs */
	struct config *config;
	struct bundle texts; /* that it was read from */
	struct config *before; /* what an unconfirmed reload goes back to */
	struct bundle texts_before;
	struct family family;
	struct minder minders[CHILDREN_MAX];
	struct chan ctl; /* we only speak on it */
	ev_io ctl_writable;
	ev_io reload_bell;
	ev_stat resolvers; /* that may never be banned: they may change */
	ev_timer confirm; /* when an unconfirmed reload undoes itself */
	ev_signal term, interrupt, hangup, child;
	ev_prepare turn_end;
	enum ending ending;
	bool is_taken_back; /* it began with a reload that was not confirmed */
	int lock;
};

static void say(struct warden *w, enum msg_kind kind, const void *row)
{
	/* postern-ctl gets the whole state at the begin of each life; what
	 * finds no room meanwhile is not missed. */
	if (chan_put(&w->ctl, kind, row))
		log_warning("postern-ctl has not listened for long");
}

static void say_program(struct warden *w, const struct child *c)
{
	const struct program_state state = {
		.role = (uint8_t)c->role,
		.index = c->index,
		.life = c->pid && !c->wanted ? LIFE_RUNNING : LIFE_WAITING,
		.pid = (uint32_t)c->pid,
		.epoch = c->epoch,
		.restarts = c->restarts,
		.exit_status = c->exit_status,
		.since_ns = c->since_ns,
	};

	say(w, MSG_PROGRAM, &state);
}

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

static void say_all(struct warden *w)
{
	struct reloaded now = {
		.config_id = w->config->id,
		.taken = true,
		.unconfirmed_s = confirm_left(w),
	};
	struct child *c;

	name_path(w, &now);
	for (unsigned int i = 0; (c = family_child(&w->family, i)); i++) {
		if (family_is_wanted(&w->family, c))
			say_program(w, c);
	}
	say(w, MSG_RELOADED, &now);
}

static void start(struct warden *w, struct minder *m)
{
	int err;

	if (m->child->pid || w->ending ||
	    !family_is_wanted(&w->family, m->child))
		return;
	err = family_start(&w->family, m->child, w->folder);
	if (err) {
		log_error("cannot start %s: %s", role_name(m->child->role),
			  strerror(-err));
		ev_timer_set(&m->start, 1., 0.);
		ev_timer_start(w->loop, &m->start);
		return;
	}
	if (m->child->role == ROLE_CTL)
		say_all(w);
	else
		say_program(w, m->child);
}

static void on_start(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct minder *m = timer->data;

	(void)loop;
	(void)events;
	start(m->warden, m);
}

static void tell_to_end(struct warden *w, struct minder *m)
{
	ev_timer_stop(w->loop, &m->start);
	if (!m->child->pid)
		return;
	m->child->wanted = true;
	kill(m->child->pid, SIGTERM);
	ev_timer_set(&m->kill, PATIENCE_S, 0.);
	ev_timer_start(w->loop, &m->kill);
}

static void on_kill(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct minder *m = timer->data;

	(void)loop;
	(void)events;
	log_warning("%s does not end; it is killed", role_name(m->child->role));
	kill(m->child->pid, SIGKILL);
}

/* New life for a program whose part changed, or that a bell asks for. */
static void start_anew(struct warden *w, struct minder *m)
{
	if (m->child->pid)
		tell_to_end(w, m);
	else
		start(w, m);
}

static void on_bell(struct ev_loop *loop, ev_io *io, int events)
{
	struct minder *m = io->data;
	uint64_t count;

	(void)loop;
	(void)events;
	if (read(m->child->bell, &count, sizeof(count)) < 0)
		return;
	log_warning("%s is started anew: postern-ctl asks for it",
		    role_name(m->child->role));
	if (m->child->pid)
		kill(m->child->pid, SIGKILL);
}

static bool is_running(struct warden *w, enum role role)
{
	struct child *c;

	for (unsigned int i = 0; (c = family_child(&w->family, i)); i++) {
		if (c->pid && (c->role == role || role == ROLE_COUNT))
			return true;
	}
	return false;
}

static void end_all(struct warden *w, enum role role)
{
	for (unsigned int i = 0; i < CHILDREN_MAX; i++) {
		if (w->minders[i].child->role == role || role == ROLE_COUNT)
			tell_to_end(w, &w->minders[i]);
	}
}

/* Feeds, then the decider, then those who carry out: nothing that was decided
 * is left undone.  The table in the kernel stays: no window opens. */
static void go_on_ending(struct warden *w)
{
	if (w->ending == ENDING_FEEDS && !is_running(w, ROLE_FEED) &&
	    !is_running(w, ROLE_SENSOR)) {
		w->ending = ENDING_CTL;
		end_all(w, ROLE_CTL);
	}
	if (w->ending == ENDING_CTL && !is_running(w, ROLE_CTL)) {
		w->ending = ENDING_REST;
		end_all(w, ROLE_COUNT);
	}
	if (w->ending == ENDING_REST && !is_running(w, ROLE_COUNT))
		ev_break(w->loop, EVBREAK_ALL);
}

static void on_term(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct warden *w = signal->data;

	(void)loop;
	(void)events;
	if (w->ending)
		return;
	w->ending = ENDING_FEEDS;
	end_all(w, ROLE_FEED);
	end_all(w, ROLE_SENSOR);
	go_on_ending(w);
}

static void say_end(const struct child *c, int status, double delay_s)
{
	if (WIFSIGNALED(status))
		log_error("%s (pid %d) ended by signal %d; started again in "
			  "%.1f s",
			  role_name(c->role), (int)c->pid, WTERMSIG(status),
			  delay_s);
	else
		log_error("%s (pid %d) ended with status %d; started again in "
			  "%.1f s",
			  role_name(c->role), (int)c->pid, WEXITSTATUS(status),
			  delay_s);
}

static void reap(struct warden *w, struct minder *m, int status)
{
	struct child *c = m->child;
	struct child before = *c;
	double delay_s = child_ended(c, status);

	ev_timer_stop(w->loop, &m->kill);
	if (!before.wanted)
		say_end(&before, status, delay_s);
	if (w->ending) {
		go_on_ending(w);
		return;
	}
	if (!family_is_wanted(&w->family, c))
		return;
	say_program(w, c);
	if (delay_s <= 0.) {
		start(w, m);
		return;
	}
	ev_timer_set(&m->start, delay_s, 0.);
	ev_timer_start(w->loop, &m->start);
}

static void on_child(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct warden *w = signal->data;
	int status;
	pid_t pid;

	(void)loop;
	(void)events;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (unsigned int i = 0; i < CHILDREN_MAX; i++) {
			if (w->minders[i].child->pid == pid)
				reap(w, &w->minders[i], status);
		}
	}
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
		say_program(w, c);
	}
}

/* What changed is started anew, the rest goes on. */
static void apply_changes(struct warden *w, uint64_t changed)
{
	for (unsigned int i = 0; i < CHILDREN_MAX; i++) {
		struct minder *m = &w->minders[i];

		if (!family_is_wanted(&w->family, m->child))
			tell_to_end(w, m);
		else if (changed >> i & 1)
			start_anew(w, m);
	}
}

static void flush(struct warden *w)
{
	int err = chan_flush(&w->ctl);

	if (err)
		log_warning("cannot speak to postern-ctl: %s", strerror(-err));
	if (chan_is_clear(&w->ctl))
		ev_io_stop(w->loop, &w->ctl_writable);
	else
		ev_io_start(w->loop, &w->ctl_writable);
}

static void say_reloaded(struct warden *w, bool taken, const char *text)
{
	struct reloaded row = {
		.config_id = w->config->id,
		.taken = taken,
		.unconfirmed_s = confirm_left(w),
	};

	name_path(w, &row);
	snprintf(row.text, sizeof(row.text), "%.190s", text);
	if (taken)
		log_notice("%s", row.text);
	else
		log_error("not reloaded, all stays as it was: %s", row.text);
	say(w, MSG_RELOADED, &row);
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
	undo_forget(w->config->state);
}

/* Nobody said that it was right: perhaps nobody can any more. */
static void on_unconfirmed(struct ev_loop *loop, ev_timer *timer, int events)
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
	say_reloaded(w, true,
		     "not confirmed in time: the configuration before is in "
		     "force again; the file still has the new one");
	flush(w);
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
	say_reloaded(w, true, "confirmed: the new configuration stays");
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
		err = undo_save(config->state, back, config->id);
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
		say_reloaded(w, false, wrong);
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
	say_reloaded(w, true, text);
	/* postern-ctl shall hear of it before it ends, so as to answer. */
	flush(w);
	apply_changes(w, changed);
}

/* The system asks other name servers by now. */
static void on_resolvers(struct ev_loop *loop, ev_stat *stat, int events)
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
	say_reloaded(w, true,
		     "the system's name servers changed: they are never "
		     "banned");
	flush(w);
	apply_changes(w, changed);
}

static void on_hangup(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct warden *w = signal->data;

	(void)loop;
	(void)events;
	if (!w->ending)
		reload(w, 0);
}

static void on_reload_bell(struct ev_loop *loop, ev_io *io, int events)
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

static void on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	flush(io->data);
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	(void)loop;
	(void)events;
	flush(prepare->data);
}

static void start_signal(struct warden *w, ev_signal *signal, int number,
			 void (*heard)(struct ev_loop *, ev_signal *, int))
{
	ev_signal_init(signal, heard, number);
	signal->data = w;
	ev_signal_start(w->loop, signal);
}

static void start_minders(struct warden *w)
{
	for (unsigned int i = 0; i < CHILDREN_MAX; i++) {
		struct minder *m = &w->minders[i];

		m->warden = w;
		m->child = family_child(&w->family, i);
		ev_timer_init(&m->start, on_start, 0., 0.);
		ev_timer_init(&m->kill, on_kill, 0., 0.);
		ev_io_init(&m->bell, on_bell, m->child->bell, EV_READ);
		m->start.data = m;
		m->kill.data = m;
		m->bell.data = m;
		ev_io_start(w->loop, &m->bell);
	}
}

static void start_watchers(struct warden *w)
{
	start_signal(w, &w->term, SIGTERM, on_term);
	start_signal(w, &w->interrupt, SIGINT, on_term);
	start_signal(w, &w->hangup, SIGHUP, on_hangup);
	start_signal(w, &w->child, SIGCHLD, on_child);
	ev_io_init(&w->reload_bell, on_reload_bell, w->family.reload_bell,
		   EV_READ);
	ev_io_init(&w->ctl_writable, on_writable, w->family.ctl.ctl_end,
		   EV_WRITE);
	ev_prepare_init(&w->turn_end, on_turn_end);
	ev_timer_init(&w->confirm, on_unconfirmed, 0., 0.);
	ev_stat_init(&w->resolvers, on_resolvers, HOST_RESOLVERS, 0.);
	w->resolvers.data = w;
	ev_stat_start(w->loop, &w->resolvers);
	w->reload_bell.data = w;
	w->confirm.data = w;
	w->ctl_writable.data = w;
	w->turn_end.data = w;
	ev_io_start(w->loop, &w->reload_bell);
	ev_prepare_start(w->loop, &w->turn_end);
}

/* One posternd for one state folder. */
static int take_lock(struct warden *w)
{
	char path[CONFIG_PATH_SIZE + 16];
	int err;

	err = socket_make_folders(w->config->state, 1);
	if (err) {
		log_error("cannot make %s: %s", w->config->state,
			  strerror(-err));
		return err;
	}
	snprintf(path, sizeof(path), "%s/lock", w->config->state);
	w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->lock < 0 || flock(w->lock, LOCK_EX | LOCK_NB) < 0) {
		err = -errno;
		log_error(err == -EWOULDBLOCK ? "another posternd works in %s"
					      : "cannot lock %s",
			  w->config->state);
		return err;
	}
	return 0;
}

/* The configuration that was put on trial in a former life, and that nobody
 * confirmed, does not come into force by a restart. */
static void take_back(struct warden *w)
{
	struct bundle before = { 0 };
	struct findings findings;
	struct config *config;
	uint64_t tried_id;
	int err = undo_load(w->config->state, &before, &tried_id);

	if (err == -ENOENT)
		return;
	if (!err && tried_id != w->config->id) {
		undo_forget(w->config->state); /* it was written anew since */
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

static int open_all(struct warden *w)
{
	uint64_t changed;
	char error[200];
	int err;

	/* libev's default loop reaps all children by itself. */
	w->loop = ev_loop_new(EVFLAG_AUTO);
	if (!w->loop)
		return -ENOMEM;
	err = take_lock(w);
	if (err)
		return err;
	take_back(w);
	err = family_init(&w->family);
	if (!err)
		err = chan_init(&w->ctl, w->family.ctl.ctl_end, ROLE_WARDEN,
				ROLE_CTL);
	if (err) {
		log_error("cannot make the wires: %s", strerror(-err));
		return err;
	}
	err = family_take(&w->family, w->config, &changed, error);
	if (err)
		log_error("%s", error);
	return err;
}

/* Links stay what they are: where they lead may change. */
static char *absolute(const char *path)
{
	char *folder = path[0] == '/' ? NULL : getcwd(NULL, 0);
	char *whole = NULL;

	if (path[0] == '/')
		return strdup(path);
	if (folder && asprintf(&whole, "%s/%s", folder, path) < 0)
		whole = NULL;
	free(folder);
	return whole;
}

int warden_run(const char *path)
{
	struct warden *w = calloc(1, sizeof(*w));
	struct findings findings;
	int err = -ENOMEM;

	if (!w)
		return 1;
	w->path = absolute(path);
	if (!w->path) {
		log_error("%s: %s", path, strerror(errno));
		free(w);
		return 1;
	}
	w->lock = -1;
	jobs_folder(w->folder);
	w->config = jobs_load(w->path, &findings, &w->texts);
	findings_write(&findings, stderr);
	if (!w->config) {
		bundle_fini(&w->texts);
		free(w->path);
		free(w);
		return 1;
	}
	err = open_all(w);
	if (!err) {
		start_minders(w);
		start_watchers(w);
		for (unsigned int i = 0; i < CHILDREN_MAX; i++)
			start(w, &w->minders[i]);
		if (w->is_taken_back)
			say_reloaded(w, true,
				     "not confirmed before posternd ended: the "
				     "configuration before is in force; the "
				     "file still has the new one");
		ev_run(w->loop, 0);
	}
	chan_fini(&w->ctl);
	family_fini(&w->family);
	if (w->lock >= 0)
		close(w->lock);
	config_free(w->before);
	config_free(w->config);
	bundle_fini(&w->texts);
	bundle_fini(&w->texts_before);
	free(w->path);
	free(w);
	return err ? 1 : 0;
}
