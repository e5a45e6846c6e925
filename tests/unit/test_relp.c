/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/records/relp.h"

#include <errno.h>
#include <signal.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "tests/support/test.h"

#define WAIT_MS 5000

/* A connection that is agreed on, and the daemon's end of it. */
struct line {
	struct relp relp;
	int daemon;
};

static int set_up(void **state)
{
	struct line *l = calloc(1, sizeof(*l));
	int pair[2];

	assert_non_null(l);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	l->relp = (struct relp){ .fd = pair[0], .next = 2, .answered = 1 };
	l->daemon = pair[1];
	*state = l;
	return 0;
}

/* After all was read: to close before that is a reset. */
static void hang_up(struct line *l)
{
	char got[256];

	assert_true(recv(l->daemon, got, sizeof(got), MSG_DONTWAIT) >= 0);
	close(l->daemon);
	l->daemon = -1;
}

static int tear_down(void **state)
{
	struct line *l = *state;

	relp_close(&l->relp);
	if (l->daemon >= 0)
		close(l->daemon);
	free(l);
	return 0;
}

static void say(const struct line *l, const char *text, size_t len)
{
	assert_int_equal(write(l->daemon, text, len), (ssize_t)len);
}

static void send_some(struct line *l, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(relp_send(&l->relp, "<14>1 - - -", 11), 0);
}

/* What heeding TEXT returns, after ACKED were acknowledged. */
static int heed(struct line *l, const char *text, unsigned int acked)
{
	unsigned int got = 77;
	int err;

	say(l, text, strlen(text));
	err = relp_heed(&l->relp, WAIT_MS, &got);
	assert_int_equal(got, acked);
	return err;
}

static void a_message_is_a_frame(void **state)
{
	struct line *l = *state;
	char got[64];

	send_some(l, 2);
	assert_int_equal(read(l->daemon, got, sizeof(got)), 48);
	assert_memory_equal(got,
			    "2 syslog 11 <14>1 - - -\n"
			    "3 syslog 11 <14>1 - - -\n",
			    48);
	assert_int_equal(relp_unanswered(&l->relp), 2);
}

static void each_answer_counts_once_however_it_comes_in_pieces(void **state)
{
	static const char text[] = "2 rsp 6 200 OK\n3 rsp 3 200\n"
				   "4 rsp 9 200\nhello\n";
	struct line *l = *state;
	unsigned int acked, sum = 0;

	send_some(l, 3);
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		say(l, text + i, 1);
		assert_int_equal(relp_heed(&l->relp, WAIT_MS, &acked), 0);
		sum += acked;
		/* None before its last byte. */
		assert_int_equal(sum, (i >= 14) + (i >= 26) + (i >= 44));
	}
	assert_int_equal(sum, 3);
	assert_int_equal(relp_unanswered(&l->relp), 0);
}

static void many_answers_at_once_are_more_than_is_read_at_once(void **state)
{
	struct line *l = *state;
	unsigned int acked, sum = 0;
	char text[32];

	send_some(l, RELP_WINDOW);
	for (unsigned int i = 0; i < RELP_WINDOW; i++)
		say(l, text,
		    (size_t)snprintf(text, sizeof(text), "%u rsp 6 200 OK\n",
				     i + 2));
	while (sum < RELP_WINDOW) {
		assert_int_equal(relp_heed(&l->relp, WAIT_MS, &acked), 0);
		sum += acked;
	}
	assert_int_equal(sum, RELP_WINDOW);
}

static void
a_refusal_is_no_acknowledgement_but_those_before_it_are(void **state)
{
	struct line *l = *state;

	send_some(l, 3);
	assert_int_equal(heed(l, "2 rsp 6 200 OK\n3 rsp 8 500 full\n", 1),
			 -EREMOTEIO);
	assert_int_equal(relp_unanswered(&l->relp), 2);
}

static void an_answer_to_what_nobody_sent_is_wrong(void **state)
{
	struct line *l = *state;

	assert_int_equal(heed(l, "2 rsp 6 200 OK\n", 0), -EPROTO);
}

static void an_answer_out_of_its_turn_is_wrong(void **state)
{
	struct line *l = *state;

	send_some(l, 3);
	assert_int_equal(heed(l, "3 rsp 6 200 OK\n", 0), -EPROTO);
}

static void the_same_answer_twice_is_wrong(void **state)
{
	struct line *l = *state;

	send_some(l, 3);
	assert_int_equal(heed(l, "2 rsp 6 200 OK\n2 rsp 6 200 OK\n", 1),
			 -EPROTO);
}

static void garbage_and_a_huge_length_are_wrong_at_once(void **state)
{
	static const char *const bad[] = {
		"220 mx.example.org ESMTP\r\n",
		"2 rsp 999999999 200 OK",
		"2 rsp 18448744073709551615 200",
		"2 rsp 0\n",
		"2 rsp 2 20\n",
		"2 syslog 6 200 OK\n",
		"\xff\xfe\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct line *l;

		assert_int_equal(set_up(state), 0);
		l = *state;
		send_some(l, 1);
		if (heed(l, bad[i], 0) != -EPROTO)
			fail_msg("\"%s\" was taken", bad[i]);
		tear_down(state);
	}
}

static void one_that_hangs_up_in_the_midst_acknowledged_nothing(void **state)
{
	struct line *l = *state;
	unsigned int acked;

	send_some(l, 2);
	assert_int_equal(heed(l, "2 rsp 6 20", 0), 0);
	hang_up(l);
	assert_int_equal(relp_heed(&l->relp, WAIT_MS, &acked), -EPIPE);
	assert_int_equal(acked, 0);
	assert_true(relp_send(&l->relp, "x", 1) < 0);
}

static void one_that_ends_says_so(void **state)
{
	struct line *l = *state;

	send_some(l, 2);
	assert_int_equal(heed(l, "2 rsp 6 200 OK\n0 serverclose 0\n", 1),
			 -EPIPE);
}

static void silence_ends_after_the_time_that_was_given(void **state)
{
	struct line *l = *state;
	unsigned int acked;

	send_some(l, 1);
	assert_int_equal(relp_heed(&l->relp, 0, &acked), 0);
	assert_int_equal(relp_heed(&l->relp, 1, &acked), -ETIMEDOUT);
}

static void numbers_begin_anew_after_nine_digits(void **state)
{
	struct line *l = *state;

	l->relp.next = 999999998;
	l->relp.answered = 999999997;
	send_some(l, 4);
	assert_int_equal(relp_unanswered(&l->relp), 4);
	assert_int_equal(heed(l, "999999998 rsp 6 200 OK\n", 1), 0);
	assert_int_equal(relp_unanswered(&l->relp), 3);
	assert_int_equal(heed(l, "999999999 rsp 6 200 OK\n1 rsp 6 200 OK\n", 2),
			 0);
	assert_int_equal(heed(l, "2 rsp 6 200 OK\n", 1), 0);
	assert_int_equal(relp_unanswered(&l->relp), 0);
	assert_int_equal(l->relp.next, 3);
}

/* A daemon that greets one client with TEXT, and hangs up. */
static void greet(int listener, const char *text)
{
	char offer[512];
	int fd = accept(listener, NULL, NULL);

	if (fd < 0 || read(fd, offer, sizeof(offer)) <= 0 ||
	    strncmp(offer, "1 open ", 7) != 0)
		_exit(1);
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(2);
	_exit(0);
}

/* One that says a byte now and then, until the client has gone. */
static void trickle(int listener, const char *text)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	int fd = accept(listener, NULL, NULL);

	(void)text;
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 500; i++) {
		if (send(fd, i ? "a" : "1 rsp 400 200 ", i ? 1 : 14, 0) < 0)
			_exit(0);
		nanosleep(&pause, NULL);
	}
	_exit(3);
}

typedef void daemon_fn(int listener, const char *text);

/* What relp_open(), given WAIT_MS, makes of a DAEMON that answers TEXT. */
static int open_of(daemon_fn *daemon, const char *text, unsigned int wait_ms)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(address);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), status, err;
	struct relp r;
	pid_t pid;

	/* A name that the kernel chooses (unix(7), autobind). */
	assert_int_equal(bind(listener, (struct sockaddr *)&address,
			      sizeof(address.sun_family)),
			 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
		getsockname(listener, (struct sockaddr *)&address, &len), 0);
	pid = fork();
	if (pid == 0)
		daemon(listener, text);
	err = relp_open(&r, (struct sockaddr *)&address, len, wait_ms);
	relp_close(&r);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(err || relp_unanswered(&r) == 0);
	close(listener);
	return err;
}

static int open_with(const char *text)
{
	return open_of(greet, text, WAIT_MS);
}

static void a_daemon_that_trickles_holds_nobody_for_longer(void **state)
{
	uint64_t begin_ns = clock_monotonic_ns();

	(void)state;
	assert_int_equal(open_of(trickle, "", 300), -ETIMEDOUT);
	assert_true(clock_monotonic_ns() - begin_ns < 3ull * CLOCK_NS_PER_S);
}

static void only_a_daemon_that_agrees_is_spoken_to(void **state)
{
	struct sockaddr_un nobody = { .sun_family = AF_UNIX,
				      .sun_path = "/nonexistent/relp" };
	struct relp r;

	(void)state;
	assert_int_equal(open_with("1 rsp 33 200 OK\nrelp_version=0\n"
				   "commands=a\n\n"),
			 0);
	assert_int_equal(open_with("1 rsp 14 500 no version\n"), -EREMOTEIO);
	assert_int_equal(open_with("220 mx.example.org ESMTP\r\n"), -EPROTO);
	assert_int_equal(open_with("0 serverclose 0\n"), -EPIPE);
	assert_int_equal(open_with("1 rsp 33 200"), -EPIPE);
	assert_int_equal(open_with(""), -EPIPE);
	assert_int_equal(relp_open(&r, (struct sockaddr *)&nobody,
				   sizeof(nobody), WAIT_MS),
			 -ENOENT);
}

#define WITH_A_LINE(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_A_LINE(a_message_is_a_frame),
		WITH_A_LINE(each_answer_counts_once_however_it_comes_in_pieces),
		WITH_A_LINE(many_answers_at_once_are_more_than_is_read_at_once),
		WITH_A_LINE(
			a_refusal_is_no_acknowledgement_but_those_before_it_are),
		WITH_A_LINE(an_answer_to_what_nobody_sent_is_wrong),
		WITH_A_LINE(an_answer_out_of_its_turn_is_wrong),
		WITH_A_LINE(the_same_answer_twice_is_wrong),
		cmocka_unit_test(garbage_and_a_huge_length_are_wrong_at_once),
		WITH_A_LINE(
			one_that_hangs_up_in_the_midst_acknowledged_nothing),
		WITH_A_LINE(one_that_ends_says_so),
		WITH_A_LINE(silence_ends_after_the_time_that_was_given),
		WITH_A_LINE(numbers_begin_anew_after_nine_digits),
		cmocka_unit_test(only_a_daemon_that_agrees_is_spoken_to),
		cmocka_unit_test(
			a_daemon_that_trickles_holds_nobody_for_longer),
	};

	return cmocka_run_group_tests_name("relp", tests, NULL, NULL);
}
