/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a capture file, through all that postern replay does but the
 * printing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sensors/capture.h"
#include "sensors/hearing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct hearing *hearing;
static enum frame_link link_layer;
static uint64_t number;

static void take_event(void *arg, const struct event *event)
{
	(void)arg;
	if (!event_is_valid(event))
		abort();
}

static void take_frame(void *ctx, const uint8_t *data, size_t len,
		       uint64_t time_ns)
{
	(void)ctx;
	hearing_take(hearing, link_layer, data, len, time_ns, ++number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct hearing_config wanted = {
		.dialogues = 64,
		.connections = 64, /* the tables are made for each input */
		.wait_s = 1,
		.sink = take_event,
	};
	int fd = memfd_create("capture", 0);
	char path[40], error[CAPTURE_ERROR_SIZE];
	struct capture *capture;

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (capture_open_file(&capture, path, error) == 0) {
		link_layer = capture_link(capture);
		hearing = hearing_new(&wanted);
		if (!hearing)
			abort();
		while (capture_read(capture, 0, take_frame, NULL, error) > 0)
			;
		hearing_free(hearing);
		capture_close(capture);
	}
	close(fd);
	return 0;
}
