/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-alarm: runs one configured command, and can do nothing else.
 *
 * The command gets the alarm as its one argument and as JSON on its standard
 * input, an empty environment but for PATH, and no right that this program has
 * not: none, and none to be gained (no_new_privs, so nothing setuid works).
 */
#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/alarm/errand.h"
#include "ctl/core/clock.h"
#include "ctl/core/confine.h"
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/core/wire.h"

/* How long a run may take. */
#define PATIENCE_S 30.

struct life {
	struct ev_loop *loop;
	const struct program *program;
	struct wire *ctl;
	struct errands errands;
	pid_t pid; /* of the command, or 0 */
	ev_signal term, child;
	ev_timer patience;
	ev_timer minute;
	ev_prepare turn_end;
};

/* A file in memory that holds TEXT, read from its begin.  -errno. */
static int open_text(const char *text)
{
	size_t len = strlen(text);
	int fd = memfd_create("postern-alarm", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len ||
	    lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -EIO;
	}
	return fd;
}

__attribute__((noreturn)) static void become(const char *command,
					     const char *text, int input)
{
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
	char *const environment[] = { path, NULL };
	char *const arguments[] = { (char *)(uintptr_t)command,
				    (char *)(uintptr_t)text, NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	dup2(input, STDIN_FILENO);
	close_range(3, ~0u, 0);
	execve(command, arguments, environment);
	_exit(127);
}

static void begin_run(struct life *l, const struct errand *errand)
{
	const char *command = l->program->config->alarms.command;
	int input = open_text(errand->json);

	l->pid = input < 0 ? -1 : fork();
	if (l->pid == 0)
		become(command, errand->text, input);
	if (input >= 0)
		close(input);
	if (l->pid > 0) {
		ev_timer_set(&l->patience, PATIENCE_S, 0.);
		ev_timer_start(l->loop, &l->patience);
		return;
	}
	log_error("cannot run %s: %s", command, strerror(errno));
	l->pid = 0;
	errands_ended(&l->errands);
}

static void run_next(struct life *l)
{
	uint64_t now_s = clock_monotonic_ns() / CLOCK_NS_PER_S;
	struct errand errand;

	if (errands_next(&l->errands, now_s, &errand))
		begin_run(l, &errand);
	else if (errands_wait(&l->errands) && !ev_is_active(&l->minute))
		ev_timer_start(l->loop, &l->minute);
}

static void on_minute(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct life *l = timer->data;

	(void)events;
	ev_timer_stop(loop, timer);
	ev_timer_set(timer, 1., 0.);
	run_next(l);
}

static void on_patience(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct life *l = timer->data;

	(void)loop;
	(void)events;
	log_warning("the command did not end within %.0f s; it is killed",
		    PATIENCE_S);
	kill(-l->pid, SIGKILL);
}

static void on_child(struct ev_loop *loop, ev_signal *signal, int events)
{
	struct life *l = signal->data;
	int status;

	(void)events;
	if (l->pid <= 0 || waitpid(l->pid, &status, WNOHANG) != l->pid)
		return;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		log_warning("%s failed (status %d)%s",
			    l->program->config->alarms.command, status,
			    WIFEXITED(status) && WEXITSTATUS(status) == 127
				    ? ": it could not be started"
				    : "");
	l->pid = 0;
	ev_timer_stop(loop, &l->patience);
	errands_ended(&l->errands);
	run_next(l);
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct life *l = ctx;

	if (kind == MSG_ALARM) {
		errands_add(&l->errands, &row->alarm);
		run_next(l);
		return 0;
	}
	return kind == MSG_HELLO ? 0 : -EBADMSG;
}

static void on_broken(void *ctx, int err)
{
	(void)ctx;
	log_error("the wire to postern-ctl broke: %s", strerror(-err));
	exit(1);
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct life *l = prepare->data;

	(void)loop;
	(void)events;
	wire_flush(l->ctl);
}

static void on_term(struct ev_loop *loop, ev_signal *signal, int events)
{
	(void)signal;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static void start_watchers(struct life *l)
{
	ev_signal_init(&l->term, on_term, SIGTERM);
	ev_signal_init(&l->child, on_child, SIGCHLD);
	ev_timer_init(&l->patience, on_patience, PATIENCE_S, 0.);
	ev_timer_init(&l->minute, on_minute, 1., 0.);
	ev_prepare_init(&l->turn_end, on_turn_end);
	l->child.data = l;
	l->patience.data = l;
	l->minute.data = l;
	l->turn_end.data = l;
	ev_signal_start(l->loop, &l->term);
	ev_signal_start(l->loop, &l->child);
	ev_prepare_start(l->loop, &l->turn_end);
}

static int run(const struct program *program)
{
	static const struct wire_ops ops = { .hear = hear,
					     .broken = on_broken };
	struct hello hello = program_hello(program);
	static struct life l;

	l.program = program;
	/* The default loop would reap the command by itself. */
	l.loop = ev_loop_new(EVFLAG_AUTO);
	errands_init(&l.errands, program->config->alarms.per_minute);
	if (!l.loop || wire_new(&l.ctl, l.loop, ROLE_FD_CTL, ROLE_ALARM,
				ROLE_CTL, &ops, &l)) {
		log_error("no memory");
		return 1;
	}
	start_watchers(&l);
	wire_put(l.ctl, MSG_HELLO, &hello);
	ev_run(l.loop, 0);
	wire_free(l.ctl);
	return 0;
}

int main(int argc, char **argv)
{
	struct program program;
	int status;

	program_start(&program, ROLE_ALARM, argc, argv);
	confine(&(struct confine){ .role = ROLE_ALARM, .gid = -1 });
	status = run(&program);
	config_free(program.config);
	return status;
}
