/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offline: the same lines, sieve and words as live; only time does not pass.
 */
#include "feeds/offline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/core/chan.h"
#include "ctl/core/log.h"
#include "ctl/core/part.h"
#include "feeds/sieve.h"

struct offline {
	struct config *config;
	struct chan ctl;
	struct sieve sieve;
	struct line line;
	int error;
};

static void say(struct offline *o, enum msg_kind kind, const void *row)
{
	if (!o->error)
		o->error = chan_put_patiently(&o->ctl, kind, row);
}

static void on_event(void *ctx, const struct event *event)
{
	say(ctx, MSG_EVENT, event);
}

/* One file: its last line may lack its end. */
static int read_file(struct offline *o, int fd, uint16_t number)
{
	static const struct line_mark begin;
	struct reading reading = { .stream = number, .finished = 1 };
	ssize_t n = 1;

	snprintf(reading.file, sizeof(reading.file), "%u", number);
	line_seek(&o->line, &begin);
	while (n > 0 && !o->error) {
		size_t room;
		char *to = line_room(&o->line, &room);

		n = read(fd, to, room < LINE_CHUNK ? room : LINE_CHUNK);
		if (n < 0)
			reading.error = errno;
		if (n > 0) {
			line_took(&o->line, (size_t)n);
			reading.bytes += (uint64_t)n;
			sieve_run(&o->sieve, &o->line, &reading);
		}
	}
	sieve_end(&o->sieve, &o->line, &reading);
	say(o, MSG_READING, &reading);
	return o->error;
}

static int open_all(struct offline *o)
{
	int err = part_read(&o->config, ROLE_FEED, ROLE_FD_CONFIG);

	if (!err)
		err = attacker_init(&o->sieve.attacker, o->config,
				    o->config->feeds[0].unproven);
	if (!err)
		err = chan_init(&o->ctl, ROLE_FD_CTL, ROLE_FEED, ROLE_CTL);
	return err ? err : line_init(&o->line);
}

int offline_run(unsigned int count)
{
	static struct offline o;
	int err = open_all(&o);

	o.sieve.event = on_event;
	o.sieve.ctx = &o;
	for (unsigned int i = 0; i < count && !err; i++)
		err = read_file(&o, OFFLINE_FD_FILES + (int)i, (uint16_t)i);
	if (!err)
		err = chan_drain(&o.ctl);
	if (err)
		log_error("cannot read what is to be replayed: %s",
			  strerror(-err));
	line_fini(&o.line);
	chan_fini(&o.ctl);
	attacker_fini(&o.sieve.attacker);
	config_free(o.config);
	return err ? 1 : 0;
}
