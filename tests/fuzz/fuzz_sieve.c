/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a stream: read in any pieces it gives the same events and the
 * same counts.  The first two bytes choose the pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "feeds/sieve.h"

#define EVENTS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* As bytes on the wire: a struct has holes. */
#define EVENT_SIZE 512

struct result {
	uint8_t events[EVENTS_MAX][EVENT_SIZE];
	size_t count;
	struct reading reading;
};

static void take_event(void *ctx, const struct event *event)
{
	struct result *r = ctx;

	if (!event_is_valid(event))
		abort();
	if (msg_row_size(MSG_EVENT) > EVENT_SIZE)
		abort();
	if (r->count < EVENTS_MAX)
		msg_put_row(r->events[r->count], MSG_EVENT, event);
	r->count++;
}

static struct config *make_config(void)
{
	static const uint8_t address[4] = { 10, 20, 0, 25 };
	struct config *config = config_new();

	if (!config)
		abort();
	config->server_count = 1;
	config->servers[0].address_count = 1;
	config->servers[0].service_count = 1;
	config->servers[0].services[0].port = 25;
	if (prefix_make(&config->servers[0].addresses[0], PREFIX_IP4, address,
			32))
		abort();
	return config;
}

static void sift(const struct sieve *s, struct line *l, const uint8_t *data,
		 size_t len, size_t step, struct result *out)
{
	const struct line_mark start = { 0 };

	memset(out, 0, sizeof(*out));
	out->reading.position.device = 1;
	line_seek(l, &start);
	for (size_t at = 0; at < len; at += step) {
		size_t more = len - at < step ? len - at : step, room;
		char *to = line_room(l, &room);

		if (more > room)
			abort();
		memcpy(to, data + at, more);
		line_took(l, more);
		sieve_run(s, l, &out->reading);
	}
	sieve_end(s, l, &out->reading);
	if (out->reading.position.offset != len)
		abort();
}

static void compare(const struct result *a, const struct result *b)
{
	size_t count = a->count < EVENTS_MAX ? a->count : EVENTS_MAX;

	if (a->count != b->count ||
	    memcmp(a->events, b->events, count * sizeof(a->events[0])) != 0 ||
	    memcmp(&a->reading, &b->reading, sizeof(a->reading)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct result whole, pieces;
	static struct config *config;
	static struct sieve sieve;
	static struct line line;
	size_t step;

	if (!config) {
		config = make_config();
		sieve.event = take_event;
		if (attacker_init(&sieve.attacker, config, false) ||
		    line_init(&line))
			abort();
	}
	if (len < 2 || len > LINE_CHUNK)
		return 0;
	step = 1 + (data[0] | (size_t)data[1] << 8) % 2000;
	sieve.ctx = &whole;
	sift(&sieve, &line, data + 2, len - 2, len, &whole);
	sieve.ctx = &pieces;
	sift(&sieve, &line, data + 2, len - 2, step, &pieces);
	compare(&whole, &pieces);
	return 0;
}
