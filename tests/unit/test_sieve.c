/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "feeds/sieve.h"
#include "tests/support/corpus.h"
#include "tests/support/evegen.h"
#include "tests/support/random.h"

/* What a sieve says of some bytes. */
struct result {
	struct event events[512];
	size_t count;
	struct reading reading;
};

static void take_event(void *ctx, const struct event *event)
{
	struct result *r = ctx;

	assert_true(r->count < 512);
	r->events[r->count++] = *event;
}

struct world {
	struct config *config;
	struct sieve sieve;
	struct line line;
	char text[512 << 10];
	size_t len;
};

static void add_line(void *ctx, const char *file, const char *line, size_t len)
{
	struct world *w = ctx;

	(void)file;
	assert_true(w->len + len + 1 < sizeof(w->text));
	memcpy(w->text + w->len, line, len);
	w->len += len;
	w->text[w->len++] = '\n';
}

/* All samples, some of what Suricata writes, and what nobody should. */
static void make_text(struct world *w)
{
	static const char junk[] = "\0\0\0\0\n\n\r\n{\"ti\0\0\0{}\0\xff\xfe\n";
	const struct corpus_reader reader = { add_line, w };
	struct random r = { { 5, 5, 5 } };
	char line[EVEGEN_LINE_SIZE];

	corpus_read_sample("suricata7.json", &reader);
	memcpy(w->text + w->len, junk, sizeof(junk) - 1);
	w->len += sizeof(junk) - 1;
	corpus_read_sample("hostile.json", &reader);
	for (uint32_t i = 0; i < 200; i++) {
		size_t len = evegen_line(
			&r, i % 4 ? evegen_pick(&r) : EVEGEN_ALERT, i, line);

		add_line(w, "", line, len - 1);
	}
	/* The last line has no end. */
	w->len--;
}

static int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct server *server;

	w->config = config_new();
	w->config->server_count = 1;
	server = &w->config->servers[0];
	server->address_count = 1;
	server->addresses[0] = prefix_of(EVEGEN_SERVER);
	server->service_count = 1;
	server->services[0].port = 25;
	w->sieve.event = take_event;
	w->sieve.feed = 3;
	w->sieve.seen_ns = 12345;
	make_text(w);
	*state = w;
	return attacker_init(&w->sieve.attacker, w->config, false) ||
	       line_init(&w->line);
}

static int close_world(void **state)
{
	struct world *w = *state;

	line_fini(&w->line);
	attacker_fini(&w->sieve.attacker);
	config_free(w->config);
	free(w);
	return 0;
}

/* Put the text through in pieces of at most MOST bytes. */
static void sift(struct world *w, struct random *r, uint32_t most,
		 struct result *out)
{
	const struct line_mark start = { 0 };
	size_t at = 0;

	memset(out, 0, sizeof(*out));
	out->reading.stream = 9;
	out->reading.position.device = 1;
	w->sieve.ctx = out;
	line_seek(&w->line, &start);
	while (at < w->len) {
		size_t len = 1 + random_below(r, most), room;
		char *to = line_room(&w->line, &room);

		assert_true(room >= LINE_CHUNK);
		if (len > w->len - at)
			len = w->len - at;
		if (len > room)
			len = room;
		memcpy(to, w->text + at, len);
		line_took(&w->line, len);
		sieve_run(&w->sieve, &w->line, &out->reading);
		at += len;
	}
	sieve_end(&w->sieve, &w->line, &out->reading);
}

/* As on the wire: a struct has holes. */
static void assert_same_event(const struct event *a, const struct event *b)
{
	uint8_t left[512] = { 0 }, right[512] = { 0 };

	msg_put_row(left, MSG_EVENT, a);
	msg_put_row(right, MSG_EVENT, b);
	assert_memory_equal(left, right, sizeof(left));
}

static void assert_same(const struct result *a, const struct result *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_same_event(&a->events[i], &b->events[i]);
	assert_memory_equal(&a->reading, &b->reading, sizeof(a->reading));
}

static void sieve_says_the_same_for_every_split(void **state)
{
	static struct result whole, pieces;
	struct random r = { { 6, 6, 6 } };
	struct world *w = *state;

	sift(w, &r, UINT32_MAX, &whole);
	assert_true(whole.count > 60);
	for (int i = 0; i < 60; i++) {
		sift(w, &r, i % 3 ? 5000 : 40, &pieces);
		assert_same(&whole, &pieces);
	}
	sift(w, &r, 1, &pieces);
	assert_same(&whole, &pieces);
}

static void sieve_counts_everything(void **state)
{
	static struct result result;
	struct random r = { { 6, 6, 6 } };
	struct world *w = *state;
	const struct reading *n = &result.reading;

	sift(w, &r, 10000, &result);
	assert_int_equal(n->events, result.count);
	assert_int_equal(n->alerts, n->events + n->foreign);
	assert_int_equal(n->foreign, 4);
	assert_true(n->bad > 20);
	assert_int_equal(n->too_long, 0);
	assert_int_equal(n->position.offset, w->len);
	/* 16 and 49 samples, 200 made, and three pieces of junk. */
	assert_int_equal(n->lines, 16 + 49 + 200 + 3 + 1);
}

/* The bytes between the positions are the line, and nothing else. */
static void sieve_says_where_each_event_stands(void **state)
{
	static struct result result;
	struct random r = { { 7, 7, 7 } };
	struct world *w = *state;

	sift(w, &r, 300, &result);
	for (size_t i = 0; i < result.count; i++) {
		const struct event *e = &result.events[i];
		size_t end = e->position.offset;
		struct slice line = { w->text + end - e->length, e->length };
		struct eve eve;

		assert_int_equal(e->feed, 3);
		assert_int_equal(e->stream, 9);
		assert_int_equal(e->seen_ns, 12345);
		assert_true(end == w->len || w->text[end - 1] == '\n' ||
			    w->text[end - 1] == '\0');
		assert_int_equal(sieve_parse(&eve, line), EVE_ALERT);
		assert_int_equal(eve.flow_id, e->flow_id);
	}
}

static void sieve_goes_on_where_it_was_left(void **state)
{
	static struct result whole, parts;
	struct line_mark mark = { 0 };
	struct random r = { { 8, 8, 8 } };
	struct world *w = *state;

	sift(w, &r, UINT32_MAX, &whole);
	memset(&parts, 0, sizeof(parts));
	parts.reading.stream = 9;
	parts.reading.position.device = 1;
	w->sieve.ctx = &parts;
	for (;;) {
		size_t len = random_below(&r, 30000), room;
		char *to;

		line_seek(&w->line, &mark);
		if (mark.next + len > w->len)
			len = w->len - mark.next;
		to = line_room(&w->line, &room);
		memcpy(to, w->text + mark.next, len);
		line_took(&w->line, len);
		sieve_run(&w->sieve, &w->line, &parts.reading);
		if (mark.next + len == w->len)
			break;
		mark = line_tell(&w->line);
		/* A part that is shorter than a line is read again. */
	}
	sieve_end(&w->sieve, &w->line, &parts.reading);
	assert_same(&whole, &parts);
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(sieve_says_the_same_for_every_split),
		CASE(sieve_counts_everything),
		CASE(sieve_says_where_each_event_stands),
		CASE(sieve_goes_on_where_it_was_left),
	};

	return cmocka_run_group_tests_name("sieve", tests, NULL, NULL);
}
