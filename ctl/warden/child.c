/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child: fork and exec, with nothing inherited but what is meant to be.
 */
#include "ctl/warden/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "ctl/core/log.h"
#include "ctl/core/part.h"

/* The default holds 278 messages of 64 bytes; a restore sends 20 KB each. */
#define PAIR_BUFFER (1 << 20)

/* A life that was so long counts as healthy. */
#define HEALTHY_MS    30000u
#define DELAY_FIRST_S 0.1
#define DELAY_MOST_S  10.0

/* Above every descriptor that a program inherits. */
#define HIGH_FD 128

int child_pair(int pair[2])
{
	int size = PAIR_BUFFER;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, pair) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		if (setsockopt(pair[i], SOL_SOCKET, SO_SNDBUFFORCE, &size,
			       sizeof(size)) < 0)
			return -errno;
	}
	return 0;
}

static int make_pair(struct child *c)
{
	int pair[2] = { -1, -1 };
	int err = child_pair(pair);

	c->ctl_end = pair[0];
	c->own_end = pair[1];
	return err;
}

int child_init(struct child *c, enum role role, uint16_t index)
{
	int err;

	*c = (struct child){
		.role = role,
		.index = index,
		.ctl_end = -1,
		.own_end = -1,
		.bell = -1,
		.source = -1,
		.part = -1,
	};
	/* postern-ctl's pair is the one on which the warden speaks. */
	err = make_pair(c);
	if (err)
		return err;
	c->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return c->bell < 0 ? -errno : 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void child_fini(struct child *c)
{
	close_fd(&c->ctl_end);
	close_fd(&c->own_end);
	close_fd(&c->bell);
	close_fd(&c->source);
	close_fd(&c->part);
	free(c->part_data);
	if (c->source_path[0])
		unlink(c->source_path);
	*c = (struct child){ .part = -1 };
}

int child_take_part(struct child *c, const struct config *config)
{
	uint8_t *data;
	size_t len;
	int fd, err;

	err = part_encode(&data, &len, config, c->role, c->index);
	if (err)
		return err;
	if (c->part_data && len == c->part_len &&
	    memcmp(data, c->part_data, len) == 0) {
		free(data);
		return 0;
	}
	fd = part_seal(data, len);
	if (fd < 0) {
		free(data);
		return fd;
	}
	close_fd(&c->part);
	free(c->part_data);
	c->part = fd;
	c->part_data = data;
	c->part_len = len;
	return 1;
}

/* Put FDS at their places: first out of each other's way, then down. */
static int place_fds(int part, const int *fds, size_t count)
{
	int high[CHILD_FDS_MAX];

	high[0] = fcntl(part, F_DUPFD_CLOEXEC, HIGH_FD);
	for (size_t i = 0; i < count; i++)
		high[i + 1] = fcntl(fds[i], F_DUPFD_CLOEXEC, HIGH_FD);
	for (size_t i = 0; i <= count; i++) {
		if (high[i] < 0 || dup2(high[i], ROLE_FD_CONFIG + (int)i) < 0)
			return -errno;
	}
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

__attribute__((noreturn)) static void become(const struct child *c,
					     const char *folder, const int *fds,
					     size_t count, pid_t warden)
{
	char path[CONFIG_PATH_SIZE + 32], epoch[16], index[16];
	char *argv[] = { (char *)(uintptr_t)role_name(c->role), epoch, index,
			 NULL };

	snprintf(path, sizeof(path), "%s/%s", folder, role_name(c->role));
	snprintf(epoch, sizeof(epoch), "%u", c->epoch);
	snprintf(index, sizeof(index), "%u", c->index);
	reset_signals();
	/* Ctrl-C on a terminal is for the warden alone. */
	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != warden ||
	    place_fds(c->part, fds, count))
		_exit(127);
	execv(path, argv);
	log_error("cannot start %s: %s", path, strerror(errno));
	_exit(127);
}

int child_start(struct child *c, const char *folder, const int *fds,
		size_t count)
{
	pid_t warden = getpid();
	pid_t pid;

	if (count >= CHILD_FDS_MAX)
		return -E2BIG;
	c->epoch++;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(c, folder, fds, count, warden);
	c->pid = pid;
	c->wanted = false;
	c->since_ns = clock_calendar_ns();
	c->started_ms = clock_monotonic_ns() / CLOCK_NS_PER_MS;
	return 0;
}

double child_ended(struct child *c, int status)
{
	uint64_t lived_ms =
		clock_monotonic_ns() / CLOCK_NS_PER_MS - c->started_ms;
	double delay_s;

	c->pid = 0;
	c->exit_status = status;
	if (c->wanted)
		return 0.;
	c->restarts++;
	if (lived_ms >= HEALTHY_MS)
		c->delay_s = 0.;
	delay_s = c->delay_s;
	c->delay_s = delay_s > 0. ? delay_s * 2. : DELAY_FIRST_S;
	if (c->delay_s > DELAY_MOST_S)
		c->delay_s = DELAY_MOST_S;
	return delay_s;
}
