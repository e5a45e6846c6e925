/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-feed: the program that reads what an IDS reports.
 */
#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/core/confine.h"
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "feeds/offline.h"
#include "feeds/reader.h"

/* The group of the log's folder, or -1: who may look into it may read. */
static int group_of_folder(const char *path)
{
	char dir[CONFIG_PATH_SIZE];
	struct stat st;
	char *slash;

	memcpy(dir, path, sizeof(dir));
	slash = strrchr(dir, '/');
	if (!slash)
		return -1;
	slash[slash == dir] = '\0';
	return stat(dir, &st) == 0 ? (int)st.st_gid : -1;
}

/* The program, as its callbacks see it. */
struct life {
	struct ev_loop *loop;
	const struct feed *feed;
	int gid; /* of the log's folder, when rights were given up, or -1 */
	int status;
};

static void confine_to(struct life *life)
{
	struct confine wanted = {
		.role = ROLE_FEED,
		.group = life->feed->group,
		.gid = -1,
	};

	/* A socket was bound before, and needs no more rights. */
	if (life->feed->source == FEED_FILE && !life->feed->group[0])
		wanted.gid = group_of_folder(life->feed->path);
	life->gid = wanted.gid;
	confine(&wanted);
}

static void end(struct life *life, int status)
{
	life->status = status;
	ev_break(life->loop, EVBREAK_ALL);
}

static void on_failed(void *ctx, int err)
{
	log_error("cannot go on: %s", strerror(-err));
	end(ctx, 1);
}

/* The folder may have been made, or given to others, after we gave up the
 * right to join its group: only a new life can. */
static void on_denied(void *ctx)
{
	struct life *life = ctx;

	if (life->feed->group[0] ||
	    group_of_folder(life->feed->path) == life->gid)
		return;
	log_warning("the folder of %s belongs to another group now: "
		    "beginning anew",
		    life->feed->path);
	end(life, 1);
}

static void on_term(struct ev_loop *loop, ev_signal *signal, int events)
{
	(void)signal;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static int run(struct life *life, const struct program *program)
{
	const struct reader_start start = {
		.loop = life->loop,
		.config = program->config,
		.hello = program_hello(program),
		.ctl = ROLE_FD_CTL,
		.source = ROLE_FD_SOURCE,
		.originals = ROLE_FD_ORIGINALS,
		.failed = on_failed,
		.denied = on_denied,
		.ctx = life,
	};
	struct reader *reader;
	ev_signal term;
	int err;

	err = life->loop ? reader_new(&reader, &start) : -ENOMEM;
	if (err) {
		log_error("cannot begin to read %s: %s", life->feed->path,
			  strerror(-err));
		return 1;
	}
	ev_signal_init(&term, on_term, SIGTERM);
	ev_signal_start(life->loop, &term);
	ev_run(life->loop, 0);
	reader_free(reader);
	return life->status;
}

/* --offline COUNT: for `postern replay`; the files are open already. */
static int run_offline(const char *count)
{
	if (geteuid() == 0)
		confine(&(struct confine){ .role = ROLE_FEED, .gid = -1 });
	return offline_run((unsigned int)strtoul(count, NULL, 10));
}

int main(int argc, char **argv)
{
	struct life life = { .gid = -1 };
	struct program program;
	int status;

	if (argc == 3 && strcmp(argv[1], "--offline") == 0)
		return run_offline(argv[2]);

	program_start(&program, ROLE_FEED, argc, argv);
	life.feed = &program.config->feeds[0];
	confine_to(&life);
	life.loop = ev_default_loop(EVFLAG_AUTO);
	status = run(&life, &program);
	config_free(program.config);
	return status;
}
