/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packer: a child that packs, and tells by its exit status.  Compressing
 * 256 kB takes milliseconds: in the loop an act would wait for them, and two
 * thirds of the time that a burst of alerts costs here would be spent on it.
 */
#include "ctl/records/packer.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/records/pack.h"

struct packer {
	struct ev_loop *loop;
	packer_done_fn *done;
	void *ctx;
	ev_io over; /* on the child's pidfd, which is readable at its end */
	pid_t pid; /* 0: none runs */
};

/*
 * Give way to everybody.  Where the kernel groups processes by session, each
 * group has the same share, whatever its processes ask for: so a session of
 * its own, which asks for little.  Its file in /proc belongs to root as long
 * as we may not be looked into.
 */
static void give_way(void)
{
	const struct sched_param none = { .sched_priority = 0 };
	ssize_t ignored;
	int fd;

	if (sched_setscheduler(0, SCHED_IDLE, &none) < 0 || setsid() < 0 ||
	    prctl(PR_SET_DUMPABLE, 1) < 0)
		return;
	fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
	prctl(PR_SET_DUMPABLE, 0);
	/* A kernel without groups has no such file, and needs none. */
	if (fd < 0)
		return;
	ignored = write(fd, "19", 2);
	(void)ignored;
	close(fd);
}

__attribute__((noreturn)) static void run(const struct folder *folder,
					  uint64_t number, pid_t parent)
{
	struct pack *pack;
	int got;

	/* It has the parent's locks, and must not outlive it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EINTR);
	signal(SIGTERM, SIG_DFL);
	give_way();
	got = pack_new(&pack, folder, number);
	if (got == 0) {
		do
			got = pack_step(pack);
		while (got > 0);
		pack_free(pack);
	}
	_exit(-got & 0xff);
}

static void on_over(struct ev_loop *loop, ev_io *io, int events)
{
	struct packer *p = io->data;
	int status = 0;

	(void)events;
	ev_io_stop(loop, io);
	close(io->fd);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
	p->done(p->ctx, WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR);
}

struct packer *packer_new(struct ev_loop *loop, packer_done_fn *done, void *ctx)
{
	struct packer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->loop = loop;
	p->done = done;
	p->ctx = ctx;
	ev_init(&p->over, on_over);
	p->over.data = p;
	return p;
}

static void end_child(struct packer *p)
{
	if (p->pid == 0)
		return;
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
}

void packer_free(struct packer *p)
{
	if (!p)
		return;
	if (ev_is_active(&p->over)) {
		ev_io_stop(p->loop, &p->over);
		close(p->over.fd);
	}
	end_child(p);
	free(p);
}

int packer_start(struct packer *p, const struct folder *folder, uint64_t number)
{
	pid_t parent = getpid();
	int fd;

	p->pid = fork();
	if (p->pid == 0)
		run(folder, number, parent);
	if (p->pid < 0) {
		p->pid = 0;
		return -errno;
	}
	fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (fd < 0) {
		int err = -errno;

		end_child(p);
		return err;
	}
	ev_io_set(&p->over, fd, EV_READ);
	ev_io_start(p->loop, &p->over);
	return 0;
}
