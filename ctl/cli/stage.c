/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stage: forks, pairs, and the descriptors that the programs expect.
 */
#include "ctl/cli/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/cli/cli.h"
#include "ctl/cli/input.h"
#include "ctl/core/chan.h"
#include "ctl/core/config.h"
#include "ctl/core/part.h"

/* Behind everything that a program is given. */
#define HIGH_FD	  (ROLE_FD_CONFIG + STAGE_FILES_MAX + 16)

#define PATH_SIZE 600

struct play {
	const struct stage *stage;
	int parts[2]; /* of postern-ctl, of the reader */
	int feed[2]; /* the reader's end, postern-ctl's end */
	int talk[2]; /* postern-ctl's end, ours */
	int files[STAGE_FILES_MAX];
	pid_t pids[2];
	bool ended;
};

/* A program of ours: beside us, or where it was installed. */
static const char *program_path(char buf[PATH_SIZE], const char *name,
				const char *folder)
{
	ssize_t len = readlink("/proc/self/exe", buf, PATH_SIZE - 64);
	char *slash;

	if (len > 0) {
		buf[len] = '\0';
		slash = strrchr(buf, '/');
		if (slash)
			snprintf(slash + 1, 63, "%s", name);
		if (access(buf, X_OK) == 0)
			return buf;
	}
	snprintf(buf, PATH_SIZE, "%s/%s", folder, name);
	return buf;
}

/* What posternd says of ROLE's part, as a file in memory; or -errno.  QUIET: what
 * it has to complain about was said already. */
static int make_part(const struct stage *stage, const char *role, bool quiet)
{
	int fd = memfd_create("postern-part", MFD_CLOEXEC);
	char path[PATH_SIZE];
	int status;
	pid_t pid;

	if (fd < 0)
		return -errno;
	program_path(path, "posternd", POSTERN_SBIN);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fd, STDOUT_FILENO);
		if (quiet && !freopen("/dev/null", "w", stderr))
			_exit(127);
		if (stage->config)
			execl(path, "posternd", "-c", stage->config, "--part",
			      role, (char *)NULL);
		else
			execl(path, "posternd", "--part", role, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}

static int make_pair(int pair[2])
{
	int size = 1 << 20;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	for (int i = 0; i < 2; i++)
		setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

static int open_file(const char *path)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? dup(STDIN_FILENO)
			  : open(path, O_RDONLY | O_CLOEXEC);

	if (is_input)
		input_rewind();
	if (fd < 0)
		fprintf(stderr, "postern: cannot read %s: %s\n", path,
			strerror(errno));
	return fd;
}

/* FDS at their places, from ROLE_FD_CONFIG on, and nothing else. */
static void place_fds(const int *fds, unsigned int count)
{
	int high[STAGE_FILES_MAX + 3];

	for (unsigned int i = 0; i < count; i++)
		high[i] = fcntl(fds[i], F_DUPFD, HIGH_FD);
	for (unsigned int i = 0; i < count; i++)
		dup2(high[i], ROLE_FD_CONFIG + (int)i);
	close_range(ROLE_FD_CONFIG + count, ~0u, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static pid_t start(char *const argv[], const int *fds, unsigned int count)
{
	char path[PATH_SIZE];
	pid_t pid;

	program_path(path, argv[0], POSTERN_LIBEXEC);
	pid = fork();
	if (pid != 0)
		return pid;
	place_fds(fds, count);
	execv(path, argv);
	fprintf(stderr, "postern: cannot start %s: %s\n", path,
		strerror(errno));
	_exit(127);
}

static void start_reader(struct play *p)
{
	bool captures = p->stage->captures;
	char count[16], offline[] = "--offline";
	char feed[] = "postern-feed", sensor[] = "postern-sensor";
	char *const argv[] = { captures ? sensor : feed, offline, count, NULL };
	int fds[STAGE_FILES_MAX + 2] = { p->parts[1], p->feed[0] };

	snprintf(count, sizeof(count), "%u", p->stage->file_count);
	memcpy(fds + 2, p->files, p->stage->file_count * sizeof(fds[0]));
	p->pids[1] = start(argv, fds, 2 + p->stage->file_count);
}

/* It reads by itself, with our rights, and needs no configuration. */
static void start_records_reader(struct play *p)
{
	char name[] = "postern-read", path[] = "--path", relive[] = "relive";
	char *const argv[] = { name, path,
			       (char *)(uintptr_t)p->stage->files[0], relive,
			       NULL };
	const int fds[] = { p->parts[0], p->feed[0] };

	p->pids[1] = start(argv, fds, 2);
}

static void start_judge(struct play *p)
{
	char since[24], name[] = "postern-ctl", rehearse[] = "--rehearse";
	char enforce[] = "enforce", records[] = "records", none[] = "-";
	char *const argv[] = { name,
			       rehearse,
			       since,
			       p->stage->enforce ? enforce : none,
			       p->stage->records ? records : none,
			       NULL };
	const int fds[] = { p->parts[0], p->feed[1], p->talk[0] };

	snprintf(since, sizeof(since), "%llu",
		 (unsigned long long)p->stage->since_ns);
	p->pids[0] = start(argv, fds, 3);
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct play *p = ctx;

	p->ended |= kind == MSG_ANSWER;
	return p->stage->hear(p->stage->ctx, kind, row);
}

static int hear_all(struct play *p)
{
	const struct chan_listener listener = { .hear = hear, .ctx = p };
	struct pollfd wanted = { .fd = p->talk[1], .events = POLLIN };
	struct chan talk;
	int got = chan_init(&talk, p->talk[1], ROLE_CLI, ROLE_CTL);

	while (got >= 0 && !p->ended) {
		got = chan_receive(&talk, &listener);
		if (got == 0)
			poll(&wanted, 1, -1);
	}
	chan_fini(&talk);
	return p->ended ? ANSWER_DONE : ANSWER_FAILED;
}

static void close_all(struct play *p)
{
	int *const fds[] = { &p->parts[0], &p->parts[1], &p->feed[0],
			     &p->feed[1],  &p->talk[0],	 &p->talk[1] };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	for (unsigned int i = 0; i < p->stage->file_count; i++) {
		if (p->files[i] >= 0)
			close(p->files[i]);
		p->files[i] = -1;
	}
}

static int open_all(struct play *p)
{
	int err = 0;

	for (unsigned int i = 0; !p->stage->records && i < p->stage->file_count;
	     i++) {
		p->files[i] = open_file(p->stage->files[i]);
		if (p->files[i] < 0)
			err = -ENOENT;
	}
	if (!err)
		err = p->parts[0] = make_part(p->stage, "ctl", false);
	if (err >= 0 && !p->stage->records)
		err = p->parts[1] = make_part(
			p->stage, p->stage->captures ? "sensor" : "feed", true);
	if (err >= 0)
		err = make_pair(p->feed);
	return err < 0 ? err : make_pair(p->talk);
}

bool stage_has_config(const struct stage *stage)
{
	return stage->config || access(CONFIG_DEFAULT_FILE, F_OK) == 0;
}

static int show_file(const char *path, int part, const struct stage_view *view)
{
	char name[] = "postern-sensor", replay[] = "--replay";
	char as_json[] = "--json", only_sum[] = "--quiet";
	char by_session[] = "--sessions";
	char *argv[7] = { name, replay, (char *)(uintptr_t)path };
	int argc = 3, status;
	pid_t pid;

	if (view->json)
		argv[argc++] = as_json;
	if (view->quiet)
		argv[argc++] = only_sum;
	if (view->sessions)
		argv[argc++] = by_session;
	fflush(stdout);
	if (strcmp(path, "-") == 0)
		input_rewind();
	pid = start(argv, &part, part >= 0);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0)
		return ANSWER_FAILED;
	return ANSWER_DONE;
}

int stage_show(const struct stage *stage, const struct stage_view *view)
{
	int part = -1, code = ANSWER_DONE;

	if (stage_has_config(stage))
		part = make_part(stage, "sensor", false);
	if (part < 0 && stage_has_config(stage))
		return ANSWER_FAILED;
	for (unsigned int i = 0; i < stage->file_count && code == ANSWER_DONE;
	     i++)
		code = show_file(stage->files[i], part, view);
	if (part >= 0)
		close(part);
	return code;
}

int stage_run(const struct stage *stage)
{
	struct play p = {
		.stage = stage,
		.parts = { -1, -1 },
		.feed = { -1, -1 },
		.talk = { -1, -1 },
	};
	int code = ANSWER_FAILED, status;

	memset(p.files, 0xff, sizeof(p.files));
	if (open_all(&p) == 0) {
		int ours = p.talk[1];

		if (stage->records)
			start_records_reader(&p);
		else
			start_reader(&p);
		start_judge(&p);
		/* Each end belongs to one program alone, so that its end is
		 * heard. */
		p.talk[1] = -1;
		close_all(&p);
		p.talk[1] = ours;
		code = hear_all(&p);
	}
	close_all(&p);
	for (size_t i = 0; i < 2; i++) {
		if (p.pids[i] <= 0 || waitpid(p.pids[i], &status, 0) < 0)
			continue;
		/* It said what it could not read. */
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			code = ANSWER_FAILED;
	}
	return code;
}
