/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "feeds/socket.h"
#include "tests/support/evegen.h"

struct world {
	struct config *config;
	struct sieve sieve;
	struct source_sink sink;
	struct source *source;
	struct random random;
	int door; /* what the source reads from */
	struct sockaddr_un name;
	socklen_t name_len;
	uint32_t written;
	uint32_t times[4096];
	struct reading reading;
	size_t readings;
};

static void on_event(void *ctx, const struct event *event)
{
	static const struct position nowhere;
	struct world *w = ctx;

	assert_true(event->flow_id < 4096);
	assert_true(w->readings > 0);
	assert_memory_equal(&event->position, &nowhere, sizeof(nowhere));
	w->times[event->flow_id]++;
}

static void on_reading(void *ctx, const struct reading *reading)
{
	struct world *w = ctx;

	w->reading = *reading;
	w->readings++;
}

static void on_gap(void *ctx, const struct gap *gap)
{
	(void)ctx;
	(void)gap;
	fail();
}

/* An abstract name, which the kernel chooses. */
static void open_door(struct world *w, int type)
{
	w->name.sun_family = AF_UNIX;
	w->name_len = sizeof(w->name);
	w->door = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_true(w->door >= 0);
	assert_int_equal(
		bind(w->door, (struct sockaddr *)&w->name, sizeof(sa_family_t)),
		0);
	assert_int_equal(
		getsockname(w->door, (struct sockaddr *)&w->name, &w->name_len),
		0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(w->door, 64), 0);
}

static struct world *open_world(int type)
{
	struct world *w = calloc(1, sizeof(*w));
	struct server *server;

	w->config = config_new();
	w->config->server_count = 1;
	server = &w->config->servers[0];
	server->address_count = 1;
	server->addresses[0] = prefix_of(EVEGEN_SERVER);
	w->sieve.event = on_event;
	w->sieve.ctx = w;
	w->sink = (struct source_sink){ on_reading, on_gap, w };
	open_door(w, type);
	assert_int_equal(attacker_init(&w->sieve.attacker, w->config, false),
			 0);
	assert_int_equal(socket_new(&w->source, w->door, type == SOCK_STREAM,
				    "eve.sock", &w->sieve, &w->sink),
			 0);
	assert_int_equal(source_begin(w->source, NULL, 0), 0);
	return w;
}

static int open_stream(void **state)
{
	*state = open_world(SOCK_STREAM);
	return 0;
}

static int open_datagram(void **state)
{
	*state = open_world(SOCK_DGRAM);
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	source_free(w->source);
	attacker_fini(&w->sieve.attacker);
	config_free(w->config);
	close(w->door);
	free(w);
	return 0;
}

static int join(const struct world *w, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		connect(fd, (const struct sockaddr *)&w->name, w->name_len), 0);
	return fd;
}

static void settle(struct world *w)
{
	struct pollfd fd = { .fd = source_fd(w->source), .events = POLLIN };

	while (poll(&fd, 1, 0) == 1 || source_is_ready(w->source)) {
		source_wake(w->source, 1);
		source_read(w->source, 1);
	}
	source_tell(w->source);
}

static size_t make_alert(struct world *w, char line[EVEGEN_LINE_SIZE])
{
	return evegen_line(&w->random, EVEGEN_ALERT, w->written++, line);
}

static void send_text(int fd, const char *text, size_t len)
{
	assert_int_equal(send(fd, text, len, 0), len);
}

static void assert_all_came_once(const struct world *w)
{
	for (uint32_t i = 0; i < w->written; i++)
		assert_int_equal(w->times[i], 1);
}

static void socket_reads_the_lines_of_several_writers(void **state)
{
	struct world *w = *state;
	char line[EVEGEN_LINE_SIZE];
	int fds[4];

	for (int i = 0; i < 4; i++)
		fds[i] = join(w, SOCK_STREAM);
	for (int round = 0; round < 40; round++) {
		int fd = fds[round % 4];
		size_t len = make_alert(w, line);
		size_t half = random_below(&w->random, (uint32_t)len);

		send_text(fd, line, half);
		settle(w);
		send_text(fd, line + half, len - half);
		if (round % 3)
			settle(w);
	}
	settle(w);
	assert_all_came_once(w);
	assert_int_equal(w->reading.events, 40);
	assert_string_equal(w->reading.file, "eve.sock");
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	settle(w);
}

static void socket_takes_a_last_line_without_newline(void **state)
{
	struct world *w = *state;
	char line[EVEGEN_LINE_SIZE];
	int fd = join(w, SOCK_STREAM);
	size_t len = make_alert(w, line);

	send_text(fd, line, len - 1);
	settle(w);
	assert_int_equal(w->times[0], 0);
	close(fd);
	settle(w);
	assert_all_came_once(w);
}

static void socket_lets_more_in_when_one_has_gone(void **state)
{
	struct world *w = *state;
	char line[EVEGEN_LINE_SIZE];
	int fds[SOCKET_PEERS_MAX + 3];

	for (int i = 0; i < SOCKET_PEERS_MAX + 3; i++) {
		size_t len = make_alert(w, line);

		fds[i] = join(w, SOCK_STREAM);
		send_text(fds[i], line, len);
	}
	settle(w);
	assert_int_equal(w->reading.events, SOCKET_PEERS_MAX);
	for (int i = 0; i < SOCKET_PEERS_MAX + 3; i++) {
		close(fds[i]);
		settle(w);
		if (i < 3)
			assert_int_equal(w->reading.events,
					 SOCKET_PEERS_MAX + i + 1);
	}
	assert_all_came_once(w);
}

static void socket_bounds_what_one_writer_may_send(void **state)
{
	static char junk[3 * SCAN_LINE_MAX];
	struct world *w = *state;
	char line[EVEGEN_LINE_SIZE];
	int fd = join(w, SOCK_STREAM);
	size_t len, at = 0;

	memset(junk, 'x', sizeof(junk));
	while (at < sizeof(junk)) {
		ssize_t n =
			send(fd, junk + at, sizeof(junk) - at, MSG_DONTWAIT);

		if (n > 0)
			at += (size_t)n;
		settle(w);
	}
	send_text(fd, "\n", 1);
	len = make_alert(w, line);
	send_text(fd, line, len);
	settle(w);
	assert_all_came_once(w);
	assert_int_equal(w->reading.too_long, 1);
	assert_int_equal(w->reading.lines, 2);
	close(fd);
}

static void socket_reads_datagrams_of_one_or_more_lines(void **state)
{
	struct world *w = *state;
	char text[4 * EVEGEN_LINE_SIZE];
	int fd = join(w, SOCK_DGRAM);

	for (int i = 0; i < 200; i++) {
		uint32_t lines = 1 + random_below(&w->random, 4);
		size_t len = 0;

		while (lines-- > 0) {
			char line[EVEGEN_LINE_SIZE];
			size_t more = make_alert(w, line);

			memcpy(text + len, line, more);
			len += more;
		}
		/* Some send the last newline, some do not. */
		send_text(fd, text, len - (i % 2 ? 1 : 0));
		if (i % 5 == 0)
			settle(w);
	}
	settle(w);
	assert_all_came_once(w);
	assert_int_equal(w->reading.events, w->written);
	close(fd);
}

static void socket_joins_no_two_datagrams_to_a_line(void **state)
{
	struct world *w = *state;
	char line[EVEGEN_LINE_SIZE];
	int fd = join(w, SOCK_DGRAM);
	size_t len = make_alert(w, line);

	send_text(fd, line, len / 2);
	send_text(fd, line + len / 2, len - len / 2);
	settle(w);
	assert_int_equal(w->times[0], 0);
	assert_int_equal(w->reading.bad, 2);
	close(fd);
}

static void socket_is_quiet_while_nobody_reads_it(void **state)
{
	struct world *w = *state;
	struct pollfd fd = { .fd = source_fd(w->source), .events = POLLIN };
	int peer = join(w, SOCK_STREAM);

	settle(w);
	send_text(peer, "{}\n", 3);
	source_wake(w->source, 1);
	assert_true(source_is_ready(w->source));
	assert_int_equal(poll(&fd, 1, 0), 0);
	close(peer);
}

#define STREAM(name) \
	cmocka_unit_test_setup_teardown(name, open_stream, close_world)
#define DATAGRAM(name) \
	cmocka_unit_test_setup_teardown(name, open_datagram, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STREAM(socket_reads_the_lines_of_several_writers),
		STREAM(socket_takes_a_last_line_without_newline),
		STREAM(socket_lets_more_in_when_one_has_gone),
		STREAM(socket_bounds_what_one_writer_may_send),
		STREAM(socket_is_quiet_while_nobody_reads_it),
		DATAGRAM(socket_reads_datagrams_of_one_or_more_lines),
		DATAGRAM(socket_joins_no_two_datagrams_to_a_line),
	};

	return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
