/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-sensor: the program that reads mail connections off the wire.
 *
 * It opens its capture while it may, gives up every right, and can then only
 * read frames and say events.
 */
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/confine.h"
#include "ctl/core/escape.h"
#include "ctl/core/log.h"
#include "ctl/core/part.h"
#include "ctl/core/program.h"
#include "sensors/filter.h"
#include "sensors/live.h"
#include "sensors/replay.h"

struct life {
	struct ev_loop *loop;
	int status;
};

static int open_with(const struct sensor *sensor, const char *filter,
		     struct capture **out, char error[CAPTURE_ERROR_SIZE])
{
	const struct capture_wish wish = {
		.interface = sensor->interface,
		.filter = filter,
		.promiscuous = sensor->promiscuous,
		.ring_mb = sensor->ring_mb,
	};

	return capture_open_live(out, &wish, error);
}

/* No interface is no failure: it may come, as ppp0 does.  A filter that is too
 * long for the kernel is made shorter. */
static int open_capture(const struct sensor *sensor,
			const struct config *config, struct capture **out)
{
	static const size_t mosts[] = { FILTER_PREFIXES, 8, 1 };
	char error[CAPTURE_ERROR_SIZE], shown[CAPTURE_ERROR_SIZE * 4];
	int err = -E2BIG;

	for (size_t i = 0;
	     i < sizeof(mosts) / sizeof(mosts[0]) && err == -E2BIG; i++) {
		char *filter = filter_make(config, sensor->interface, mosts[i]);

		snprintf(error, sizeof(error), "no memory");
		err = filter ? open_with(sensor, filter, out, error) : -ENOMEM;
		free(filter);
	}
	if (err)
		log_error("cannot capture on %s: %s", sensor->interface,
			  escape_text(shown, sizeof(shown), error,
				      strlen(error)));
	return err;
}

static void on_ended(void *ctx, int err, const char *why)
{
	struct life *life = ctx;
	char shown[CAPTURE_ERROR_SIZE * 4];

	if (err)
		log_error("cannot go on: %s",
			  escape_text(shown, sizeof(shown), why, strlen(why)));
	else
		log_notice("beginning anew: %s", why);
	life->status = 1;
	ev_break(life->loop, EVBREAK_ALL);
}

static void on_term(struct ev_loop *loop, ev_signal *signal, int events)
{
	(void)signal;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static int run(const struct program *program, struct capture *capture, int err)
{
	struct life life = { .loop = ev_default_loop(EVFLAG_AUTO) };
	const struct live_start start = {
		.loop = life.loop,
		.config = program->config,
		.hello = program_hello(program),
		.ctl = ROLE_FD_CTL,
		.originals = ROLE_FD_ORIGINALS,
		.capture = capture,
		.error = -err,
		.ended = on_ended,
		.ctx = &life,
	};
	struct live *live = NULL;
	ev_signal term;

	err = life.loop ? live_new(&live, &start) : -ENOMEM;
	if (err) {
		log_error("cannot begin: %s", strerror(-err));
		return 1;
	}
	ev_signal_init(&term, on_term, SIGTERM);
	ev_signal_start(life.loop, &term);
	ev_run(life.loop, 0);
	live_free(live);
	return life.status;
}

static int run_live(int argc, char **argv)
{
	const struct confine wanted = { .role = ROLE_SENSOR, .gid = -1 };
	struct capture *capture = NULL;
	struct program program;
	int status, err;

	program_start(&program, ROLE_SENSOR, argc, argv);
	err = open_capture(&program.config->sensors[0], program.config,
			   &capture);
	if (err && err != -ENODEV)
		return 1;
	confine(&wanted);
	status = run(&program, capture, err);
	capture_close(capture);
	config_free(program.config);
	return status;
}

/* postern-sensor --replay FILE [--json] [--quiet] [--sessions], as anybody.  The
 * part of the configuration is at its usual descriptor, where there is one. */
static int run_replay(int argc, char **argv)
{
	struct replay_options options = { .path = argv[2] };
	struct config *config = NULL;
	int status;

	log_open("postern");
	for (int i = 3; i < argc; i++) {
		options.json |= strcmp(argv[i], "--json") == 0;
		options.quiet |= strcmp(argv[i], "--quiet") == 0;
		options.sessions |= strcmp(argv[i], "--sessions") == 0;
	}
	if (fcntl(ROLE_FD_CONFIG, F_GETFD) >= 0 &&
	    part_read(&config, ROLE_SENSOR, ROLE_FD_CONFIG)) {
		log_error("cannot read my part of the configuration");
		return 1;
	}
	status = replay_run(&options, config);
	config_free(config);
	return status;
}

/* postern-sensor --offline COUNT: for `postern replay`; the files are open
 * already, behind the pair with postern-ctl. */
static int run_offline(const char *count)
{
	struct config *config;
	int status;

	log_open("postern");
	if (part_read(&config, ROLE_SENSOR, ROLE_FD_CONFIG)) {
		log_error("cannot read my part of the configuration");
		return 1;
	}
	status = replay_rehearse(config, ROLE_FD_CTL, ROLE_FD_FILES,
				 (unsigned int)atoi(count));
	config_free(config);
	return status;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--offline") == 0)
		return run_offline(argv[2]);
	if (argc >= 3 && strcmp(argv[1], "--replay") == 0)
		return run_replay(argc, argv);
	return run_live(argc, argv);
}
