/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/chatter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/dialogue.h"

#define TOLD_MAX 64

struct told {
	struct event events[TOLD_MAX];
	size_t count;
};

static void on_event(void *arg, const struct event *event)
{
	struct told *told = arg;

	if (!event_is_valid(event) ||
	    !memchr(event->text, '\0', sizeof(event->text)))
		abort();
	if (told->count < TOLD_MAX)
		told->events[told->count++] = *event;
}

static struct dialogue_pool *make_pool(const char *proxy, struct told *told)
{
	static const char *const own[] = { "example.org" };
	struct dialogue_config config;
	struct dialogue_pool *pool;

	dialogue_config_init(&config);
	config.domains = own;
	config.domain_count = 1;
	config.tally_size = 256;
	config.content_max = 2;
	config.names = LOGIN_NAMES_SHOWN;
	if (proxy &&
	    prefix_parse(&config.proxies[0], proxy, strlen(proxy)) == 0)
		config.proxy_count = 1;
	pool = dialogue_pool_new(&config, 1, on_event, told);
	if (!pool)
		abort();
	return pool;
}

struct talker {
	struct dialogue *d;
	enum side side;
	bool single; /* byte by byte */
	uint64_t now_ns;
	uint8_t *kept;
	size_t len;
};

/* What is said as a whole is a copy of its own: reading past it is seen. */
static void flush_whole(struct talker *t)
{
	uint8_t *piece = malloc(t->len ? t->len : 1);

	if (!piece)
		abort();
	memcpy(piece, t->kept, t->len);
	dialogue_data(t->d, t->side, piece, t->len, t->now_ns);
	free(piece);
}

static void flush(struct talker *t)
{
	if (!t->single)
		flush_whole(t);
	for (size_t at = 0; t->single && at < t->len; at++)
		dialogue_data(t->d, t->side, t->kept + at, 1, t->now_ns);
	t->len = 0;
}

static void talk(struct talker *t, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] < 0xfc) {
			t->kept[t->len++] = data[i];
		} else if (data[i] == 0xfc) {
			if (i + 1 < len)
				t->kept[t->len++] = data[++i];
		} else {
			flush(t);
			if (data[i] == 0xff)
				t->side = t->side == SIDE_CLIENT ? SIDE_SERVER
								 : SIDE_CLIENT;
			else if (data[i] == 0xfe)
				dialogue_gap(t->d, t->side, 10, t->now_ns);
			else
				t->now_ns += 1000000000u;
		}
	}
	flush(t);
}

static void play(const uint8_t *data, size_t len, uint16_t port,
		 const char *proxy, bool single, struct told *told)
{
	struct dialogue_pool *pool = make_pool(proxy, told);
	struct dialogue_place place = {
		.client_port = 40000,
		.target_port = port,
		.proof_so_far = PROOF_HANDSHAKE,
	};
	struct talker t = { .single = single, .now_ns = 1700000000000000000u };
	struct dialogue_stats stats;

	prefix_parse(&place.client, "203.0.113.9", 11);
	prefix_parse(&place.target, "192.0.2.25", 10);
	t.kept = malloc(len + 1);
	t.d = dialogue_new(pool, &place, false);
	if (!t.d || !t.kept)
		abort();
	talk(&t, data, len);
	dialogue_end(t.d, DIALOGUE_END_FIN, t.now_ns);
	dialogue_free(t.d);
	dialogue_pool_stats(pool, &stats);
	if (stats.open != 0)
		abort();
	dialogue_pool_free(pool);
	free(t.kept);
}

void chatter_play(const uint8_t *data, size_t len, uint16_t port,
		  const char *proxy)
{
	static struct told whole, single;

	memset(&whole, 0, sizeof(whole));
	memset(&single, 0, sizeof(single));
	play(data, len, port, proxy, false, &whole);
	play(data, len, port, proxy, true, &single);
	if (memcmp(&whole, &single, sizeof(whole)) != 0)
		abort();
}
