/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <errno.h>
#include <ev.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/core/chan.h"
#include "feeds/reader.h"
#include "tests/support/follow.h"

#define LOG   "eve.json"
#define INDEX 4

/* A reader, and the test as postern-ctl at the other end of its wire. */
struct world {
	struct follow *follow; /* its folder, and its counts */
	struct ev_loop *loop;
	struct config *config;
	struct reader *reader;
	int pair[2];
	int source; /* the socket of a feed that is one */
	struct chan chan; /* ours */
	struct hello hello; /* the last one that was heard */
	size_t hellos;
	uint32_t epoch; /* which life of postern-ctl we are */
	size_t readings;
	bool told[64]; /* READING came for this stream, in this turn */
	int failed;
	size_t denied;
};

static void on_failed(void *ctx, int err)
{
	struct world *w = ctx;

	w->failed = err;
}

static void on_denied(void *ctx)
{
	struct world *w = ctx;

	w->denied++;
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct world *w = ctx;

	switch (kind) {
	case MSG_HELLO:
		w->hello = row->hello;
		w->hellos++;
		break;
	case MSG_READING:
		assert_int_equal(row->reading.feed, INDEX);
		w->told[row->reading.stream] = true;
		w->readings++;
		w->follow->sink.reading(w->follow, &row->reading);
		break;
	case MSG_EVENT:
		assert_int_equal(row->event.feed, INDEX);
		assert_true(w->told[row->event.stream]);
		assert_true(row->event.seen_ns > 0);
		w->follow->sieve.event(w->follow, &row->event);
		break;
	case MSG_GAP:
		w->follow->sink.gap(w->follow, &row->gap);
		break;
	default:
		fail_msg("a feed said %s", msg_name(kind));
	}
	return 0;
}

static void start_reader(struct world *w)
{
	const struct reader_start start = {
		.loop = w->loop,
		.config = w->config,
		.hello = { .role = ROLE_FEED, .index = INDEX, .epoch = 5 },
		.ctl = w->pair[1],
		.source = w->source,
		.failed = on_failed,
		.denied = on_denied,
		.ctx = w,
	};

	assert_int_equal(reader_new(&w->reader, &start), 0);
}

static int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct feed *feed;

	w->follow = calloc(1, sizeof(*w->follow));
	follow_init(w->follow, LOG);
	w->loop = ev_loop_new(EVFLAG_AUTO);
	w->config = config_new();
	memcpy(w->config->servers, w->follow->config->servers,
	       sizeof(w->config->servers));
	w->config->server_count = 1;
	w->config->feed_count = 1;
	feed = &w->config->feeds[0];
	snprintf(feed->path, sizeof(feed->path), "%s", w->follow->path);
	assert_int_equal(
		socketpair(AF_UNIX,
			   SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
			   w->pair),
		0);
	assert_int_equal(chan_init(&w->chan, w->pair[0], ROLE_CTL, ROLE_FEED),
			 0);
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	reader_free(w->reader);
	chan_fini(&w->chan);
	close(w->pair[0]);
	close(w->pair[1]);
	config_free(w->config);
	ev_loop_destroy(w->loop);
	follow_fini(w->follow);
	free(w->follow);
	free(w);
	return 0;
}

static void turn(struct world *w)
{
	ev_run(w->loop, EVRUN_NOWAIT);
}

/* Let the reader do what it can, and hear what it says. */
static void settle(struct world *w)
{
	const struct chan_listener listener = { .hear = hear, .ctx = w };
	int quiet = 0;

	while (quiet < 5) {
		int got;

		turn(w);
		got = chan_receive(&w->chan, &listener);
		assert_true(got >= 0);
		quiet = got ? 0 : quiet + 1;
	}
}

static void say(struct world *w, enum msg_kind kind, const void *row)
{
	assert_int_equal(chan_put(&w->chan, kind, row), 0);
	assert_int_equal(chan_flush(&w->chan), 0);
}

static void say_hello(struct world *w)
{
	const struct hello hello = { .role = ROLE_CTL, .epoch = ++w->epoch };

	say(w, MSG_HELLO, &hello);
	settle(w);
}

static void say_positions(struct world *w, uint16_t turn_number)
{
	struct resume row = { .turn = turn_number };

	memset(w->told, 0, sizeof(w->told));
	for (size_t i = 0; i < w->follow->saved_count; i++) {
		struct resume saved = w->follow->saved[i];

		saved.turn = turn_number;
		say(w, MSG_RESUME, &saved);
	}
	say(w, MSG_RESUME, &row);
	settle(w);
}

static void reader_says_hello_first(void **state)
{
	struct world *w = *state;

	start_reader(w);
	settle(w);
	assert_int_equal(w->hellos, 1);
	assert_int_equal(w->hello.index, INDEX);
	assert_int_equal(w->hello.epoch, 5);
	assert_int_equal(w->hello.turn, 1);
	assert_int_equal(w->hello.answers, 0);
	say_hello(w);
	assert_int_equal(w->hellos, 2);
	assert_int_equal(w->hello.turn, 2);
	assert_int_equal(w->hello.answers, w->epoch);
	/* Said twice, it is answered once. */
	w->epoch--;
	say_hello(w);
	assert_int_equal(w->hellos, 2);
}

static void reader_reads_when_it_was_told_where(void **state)
{
	struct world *w = *state;
	int fd = follow_open(w->follow, LOG);

	follow_alerts(w->follow, fd, 50);
	start_reader(w);
	say_hello(w);
	assert_int_equal(w->readings, 0);
	/* An answer to the hello before. */
	say_positions(w, 1);
	assert_int_equal(w->readings, 0);
	say_positions(w, 2);
	assert_int_equal(follow_wrong(w->follow), 0);
	follow_alerts(w->follow, fd, 50);
	settle(w);
	assert_int_equal(follow_wrong(w->follow), 0);
	close(fd);
}

static void reader_begins_anew_with_each_hello(void **state)
{
	struct world *w = *state;
	int fd = follow_open(w->follow, LOG);

	start_reader(w);
	settle(w);
	for (int i = 0; i < 10; i++) {
		follow_alerts(w->follow, fd, 20);
		say_positions(w, w->hello.turn);
		follow_alerts(w->follow, fd, 20);
		if (i % 2)
			settle(w);
		say_hello(w);
		follow_alerts(w->follow, fd, 20);
		settle(w);
	}
	say_positions(w, w->hello.turn);
	assert_int_equal(follow_wrong(w->follow), 0);
	close(fd);
}

/* A new life goes on where the last one was heard. */
static void reader_goes_on_after_a_death(void **state)
{
	struct world *w = *state;
	int fd = follow_open(w->follow, LOG);

	for (int i = 0; i < 5; i++) {
		follow_alerts(w->follow, fd, 20);
		start_reader(w);
		settle(w);
		say_positions(w, 1);
		follow_alerts(w->follow, fd, 20);
		settle(w);
		reader_free(w->reader);
		w->reader = NULL;
	}
	start_reader(w);
	settle(w);
	say_positions(w, 1);
	assert_int_equal(follow_wrong(w->follow), 0);
	close(fd);
}

static void reader_waits_for_a_slow_listener(void **state)
{
	struct world *w = *state;
	int fd = follow_open(w->follow, LOG);

	/* Their events are more than the wire would hold. */
	_Static_assert(40000ull * 297 > CHAN_WAITING_MAX, "more");
	follow_alerts(w->follow, fd, 40000);
	start_reader(w);
	settle(w);
	say(w, MSG_RESUME, &(struct resume){ .turn = 1 });
	for (int i = 0; i < 1000; i++)
		turn(w);
	assert_int_equal(w->failed, 0);
	settle(w);
	assert_int_equal(follow_wrong(w->follow), 0);
	close(fd);
}

static void reader_tells_its_counters_now_and_then(void **state)
{
	struct world *w = *state;
	int fd = follow_open(w->follow, LOG);
	double begin;

	start_reader(w);
	settle(w);
	say_positions(w, 1);
	begin = ev_time();
	for (int i = 0; i < 100; i++) {
		follow_alert(w->follow, fd);
		settle(w);
	}
	/* One when it was opened, and one a second. */
	assert_true((double)w->readings <= 2. + ev_time() - begin + 1.);
	assert_int_equal(follow_wrong(w->follow), 0);
	/* At a clean end all is told. */
	reader_free(w->reader);
	w->reader = NULL;
	settle(w);
	assert_int_equal(follow_reading(w->follow, LOG)->events, 100);
	close(fd);
}

static void reader_fails_at_a_wrong_message(void **state)
{
	struct world *w = *state;

	start_reader(w);
	settle(w);
	assert_int_equal(send(w->pair[0], "junk", 4, 0), 4);
	settle(w);
	assert_int_equal(w->failed, -EBADMSG);
}

static void reader_reads_a_socket_in_every_turn(void **state)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct world *w = *state;
	struct feed *feed = &w->config->feeds[0];
	int door =
		socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(
		bind(door, (struct sockaddr *)&name, sizeof(sa_family_t)), 0);
	assert_int_equal(getsockname(door, (struct sockaddr *)&name,
				     &(socklen_t){ sizeof(name) }),
			 0);
	/* The abstract name has five digits. */
	assert_int_equal(
		connect(fd, (struct sockaddr *)&name, sizeof(sa_family_t) + 6),
		0);
	feed->source = FEED_DATAGRAM;
	w->source = door;
	start_reader(w);
	settle(w);
	for (int i = 0; i < 5; i++) {
		follow_alerts(w->follow, fd, 3);
		say_positions(w, w->hello.turn);
		follow_alerts(w->follow, fd, 3);
		settle(w);
		assert_int_equal(follow_wrong(w->follow), 0);
		assert_int_equal(w->follow->saved_count, 0);
		say_hello(w);
	}
	close(fd);
	close(door);
}

#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reader_says_hello_first),
		CASE(reader_reads_when_it_was_told_where),
		CASE(reader_begins_anew_with_each_hello),
		CASE(reader_goes_on_after_a_death),
		CASE(reader_waits_for_a_slow_listener),
		CASE(reader_tells_its_counters_now_and_then),
		CASE(reader_fails_at_a_wrong_message),
		CASE(reader_reads_a_socket_in_every_turn),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
