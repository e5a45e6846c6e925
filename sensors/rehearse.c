/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rehearse: capture files, as events for whoever judges them.  Nothing else
 * goes on meanwhile: it waits where the other side is slow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/chan.h"
#include "ctl/core/escape.h"
#include "ctl/core/log.h"
#include "sensors/capture.h"
#include "sensors/hearing.h"
#include "sensors/replay.h"

#define WAIT_S	  60.
#define DIALOGUES 131072u

struct rehearsal {
	struct hearing *hearing;
	struct chan ctl;
	const struct config *config;
	enum frame_link link;
	uint64_t number;
	int err;
};

static void take_event(void *arg, const struct event *event)
{
	struct rehearsal *r = arg;

	if (r->err || !event_has_server(event, r->config->server_count))
		return;
	r->err = chan_put_patiently(&r->ctl, MSG_EVENT, event);
}

static void take_frame(void *ctx, const uint8_t *data, size_t len,
		       uint64_t time_ns)
{
	struct rehearsal *r = ctx;

	hearing_take(r->hearing, r->link, data, len, time_ns, ++r->number);
}

static int read_file(struct rehearsal *r, int fd)
{
	char error[CAPTURE_ERROR_SIZE], shown[CAPTURE_ERROR_SIZE * 4];
	struct capture *capture;
	char path[32];
	int got;

	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	got = capture_open_file(&capture, path, error);
	if (!got) {
		r->link = capture_link(capture);
		do {
			got = capture_read(capture, 0, take_frame, r, error);
		} while (got > 0 && !r->err);
		capture_close(capture);
	}
	if (got < 0)
		log_error("cannot read what is to be replayed: %s",
			  escape_text(shown, sizeof(shown), error,
				      strlen(error)));
	return got;
}

int replay_rehearse(const struct config *config, int ctl, int first,
		    unsigned int count)
{
	struct rehearsal r = { .config = config };
	const struct hearing_config wanted = {
		.config = config,
		.feed = CONFIG_SENSOR_FEED(0),
		.dialogues = DIALOGUES,
		.wait_s = WAIT_S,
		.sink = take_event,
		.arg = &r,
	};

	r.err = chan_init(&r.ctl, ctl, ROLE_SENSOR, ROLE_CTL);
	if (!r.err)
		r.hearing = hearing_new(&wanted);
	if (!r.hearing) {
		log_error("no memory");
		return 1;
	}
	for (unsigned int i = 0; i < count && !r.err; i++) {
		if (read_file(&r, first + (int)i) < 0)
			r.err = -1;
	}
	/* Dialogues that end now still have their say. */
	hearing_free(r.hearing);
	if (!r.err)
		r.err = chan_drain(&r.ctl);
	chan_fini(&r.ctl);
	return r.err ? 1 : 0;
}
