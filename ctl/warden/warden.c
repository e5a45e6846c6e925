/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * warden: starts, reaps, starts again; ends.
 */
#include "ctl/warden/warden.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/core/log.h"
#include "ctl/core/part.h"
#include "ctl/warden/chronicle.h"
#include "ctl/warden/host.h"
#include "ctl/warden/inner.h"
#include "ctl/warden/jobs.h"
#include "ctl/warden/reload.h"
#include "ctl/warden/socket.h"

/* How long a program may take to end before it is made to. */
#define PATIENCE_S 5.0

void warden_say(struct warden *w, enum msg_kind kind, const void *row)
{
	/* postern-ctl gets the whole state at the begin of each life; what
	 * finds no room meanwhile is not missed. */
	if (chan_put(&w->ctl, kind, row))
		log_warning("postern-ctl has not listened for long");
}

void warden_say_program(struct warden *w, const struct child *c)
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

	warden_say(w, MSG_PROGRAM, &state);
}

static void say_all(struct warden *w)
{
	struct reloaded now = reload_row(w, true);
	struct child *c;

	for (unsigned int i = 0; (c = family_child(&w->family, i)); i++) {
		if (family_is_wanted(&w->family, c))
			warden_say_program(w, c);
	}
	warden_say(w, MSG_RELOADED, &now);
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
		warden_say_program(w, m->child);
}

static void on_start(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct minder *m = timer->data;

	(void)loop;
	(void)events;
	start(m->warden, m);
}

void warden_tell_to_end(struct warden *w, struct minder *m)
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
void warden_start_anew(struct warden *w, struct minder *m)
{
	if (m->child->pid)
		warden_tell_to_end(w, m);
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
			warden_tell_to_end(w, &w->minders[i]);
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
	warden_say_program(w, c);
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

void warden_flush(struct warden *w)
{
	int err = chan_flush(&w->ctl);

	if (err)
		log_warning("cannot speak to postern-ctl: %s", strerror(-err));
	if (chan_is_clear(&w->ctl))
		ev_io_stop(w->loop, &w->ctl_writable);
	else
		ev_io_start(w->loop, &w->ctl_writable);
}

static void on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	warden_flush(io->data);
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	(void)loop;
	(void)events;
	warden_flush(prepare->data);
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
	ev_io_init(&w->hangup, reload_on_hangup, w->hangup_fd, EV_READ);
	w->hangup.data = w;
	ev_io_start(w->loop, &w->hangup);
	start_signal(w, &w->child, SIGCHLD, on_child);
	ev_io_init(&w->reload_bell, reload_on_bell, w->family.reload_bell,
		   EV_READ);
	ev_io_init(&w->ctl_writable, on_writable, w->family.ctl.ctl_end,
		   EV_WRITE);
	ev_prepare_init(&w->turn_end, on_turn_end);
	ev_timer_init(&w->confirm, reload_on_unconfirmed, 0., 0.);
	ev_stat_init(&w->resolvers, reload_on_resolvers, HOST_RESOLVERS, 0.);
	w->resolvers.data = w;
	ev_stat_start(w->loop, &w->resolvers);
	w->reload_bell.data = w;
	w->confirm.data = w;
	w->ctl_writable.data = w;
	w->turn_end.data = w;
	ev_io_start(w->loop, &w->reload_bell);
	ev_prepare_start(w->loop, &w->turn_end);
}

static int take_lock(int *lock, const char *path, const char *what)
{
	*lock = lock_take(path);
	if (*lock >= 0)
		return 0;
	if (*lock == -EWOULDBLOCK)
		log_error("another posternd works in %s", what);
	else
		log_error("cannot lock %s: %s", path, strerror(-*lock));
	return *lock;
}

/* One posternd for one state folder, and one for one network namespace. */
static int take_locks(struct warden *w)
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
	err = take_lock(&w->lock, path, w->config->state);
	if (err)
		return err;
	err = lock_namespace(w->net_path);
	if (err) {
		log_error("cannot see our network namespace: %s",
			  strerror(-err));
		return err;
	}
	return take_lock(&w->net_lock, w->net_path, "this network namespace");
}

static void release_locks(struct warden *w)
{
	if (w->net_lock >= 0) {
		unlink(w->net_path);
		close(w->net_lock);
	}
	if (w->lock >= 0)
		close(w->lock);
	if (w->hangup_fd >= 0)
		close(w->hangup_fd);
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
	err = take_locks(w);
	if (err)
		return err;
	w->hangup_fd = hangup_open();
	if (w->hangup_fd < 0) {
		log_error("cannot hear SIGHUP: %s", strerror(-w->hangup_fd));
		return w->hangup_fd;
	}
	reload_take_back(w);
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
	w->net_lock = -1;
	w->hangup_fd = -1;
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
		chronicle_init(w);
		chronicle_tell(w);
		for (unsigned int i = 0; i < CHILDREN_MAX; i++)
			start(w, &w->minders[i]);
		if (w->is_taken_back)
			reload_say(w, true,
				   "not confirmed before posternd ended: the "
				   "configuration before is in force; the "
				   "file still has the new one");
		ev_run(w->loop, 0);
		chronicle_fini(w);
	}
	chan_fini(&w->ctl);
	family_fini(&w->family);
	release_locks(w);
	config_free(w->before);
	config_free(w->config);
	bundle_fini(&w->texts);
	bundle_fini(&w->texts_before);
	free(w->path);
	free(w);
	return err ? 1 : 0;
}
