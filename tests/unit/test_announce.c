/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XCLIENT and XFORWARD: for whom a proxy speaks. */
#include "tests/support/test.h"

#include "tests/support/heard.h"
#include "tests/support/smtptalk.h"

static struct heard h;

static const struct setting known = { .proxy = "203.0.113.0/24" };
static const struct setting other = { .proxy = "203.0.112.0/24" };

#define AGAIN	"s:220 mx.example.org ESMTP"
#define FAILURE EHLO, "c:AUTH PLAIN AGEAYg==", "s:535 5.7.8 no"

static void is_failure_of(size_t number, const char *source, uint16_t port,
			  enum culprit culprit)
{
	struct prefix want = prefix_of(source);

	assert_true(number < h.count);
	assert_int_equal(h.events[number].sign, SIGN_AUTH_FAILURE);
	assert_true(prefix_equal(&h.events[number].source, &want));
	assert_int_equal(h.events[number].source_port, port);
	assert_int_equal(h.events[number].culprit, culprit);
}

static void xclient_makes_the_client_the_source(void **state)
{
	(void)state;
	PLAY_AS(&known, GREETING, EHLO,
		"c:XCLIENT NAME=x.example.com ADDR=198.51.100.7 PORT=4711",
		AGAIN, FAILURE);
	assert_int_equal(h.count, 1);
	is_failure_of(0, "198.51.100.7", 4711, CULPRIT_SOURCE);
	PLAY_AS(&known, GREETING, EHLO, "c:xclient addr=IPv6:2001:db8::7",
		AGAIN, FAILURE);
	is_failure_of(0, "2001:db8::7", 0, CULPRIT_SOURCE);
	/* As xtext: "198.51.100.7", and what Postfix sends of a name. */
	PLAY_AS(&known, GREETING, EHLO,
		"c:XCLIENT HELO=a+2Bb+3Dc ADDR=198+2E51.100+2e7", AGAIN,
		FAILURE);
	is_failure_of(0, "198.51.100.7", 0, CULPRIT_SOURCE);
	/* In several commands, and for one client behind the other. */
	PLAY_AS(&known, GREETING, EHLO, "c:XCLIENT ADDR=198.51.100.7", AGAIN,
		"c:XCLIENT HELO=x", AGAIN, FAILURE,
		"c:XCLIENT ADDR=198.51.100.8", AGAIN, FAILURE);
	assert_int_equal(h.count, 2);
	is_failure_of(0, "198.51.100.7", 0, CULPRIT_SOURCE);
	is_failure_of(1, "198.51.100.8", 0, CULPRIT_SOURCE);
}

static void xclient_counts_when_the_server_takes_it(void **state)
{
	static const char *const refusals[] = { "s:501 5.5.4 bad",
						"s:550 5.7.0 no",
						"s:503 5.5.1 mail is on" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		PLAY_AS(&known, GREETING, EHLO, "c:XCLIENT ADDR=198.51.100.7",
			refusals[i], FAILURE);
		assert_int_equal(h.count, 1);
		is_failure_of(0, "203.0.113.9", 40000, CULPRIT_NONE);
	}
	PLAY_AS(&known, GREETING, EHLO, "c:XCLIENT ADDR=198.51.100.7+2",
		"s:501 5.5.4 bad", FAILURE);
	is_failure_of(0, "203.0.113.9", 40000, CULPRIT_NONE);
}

static void a_proxy_is_not_blamed_for_whom_it_does_not_name(void **state)
{
	static const char *const unknown[] = {
		"c:XCLIENT ADDR=[UNAVAILABLE]",
		"c:XCLIENT ADDR=[tempunavail]",
		"c:XCLIENT ADDR=+5BUNAVAILABLE+5D",
		"c:XCLIENT ADDR=nobody",
		"c:NOOP",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		PLAY_AS(&known, GREETING, EHLO, unknown[i], AGAIN, FAILURE);
		assert_int_equal(h.count, 1);
		is_failure_of(0, "203.0.113.9", 40000, CULPRIT_NONE);
	}
	/* The one before it is not meant any more. */
	PLAY_AS(&known, GREETING, EHLO, "c:XCLIENT ADDR=198.51.100.7", AGAIN,
		EHLO, "c:XCLIENT ADDR=[UNAVAILABLE]", AGAIN, FAILURE);
	is_failure_of(0, "203.0.113.9", 40000, CULPRIT_NONE);
}

static void nobody_else_speaks_for_others(void **state)
{
	struct prefix self = prefix_of("203.0.113.9");

	(void)state;
	PLAY_AS(&other, GREETING, EHLO, "c:XCLIENT ADDR=198.51.100.7", AGAIN,
		FAILURE);
	assert_int_equal(h.count, 2);
	assert_int_equal(h.events[0].sign, SIGN_PROTOCOL_ABUSE);
	assert_true(prefix_equal(&h.events[0].source, &self));
	is_failure_of(1, "203.0.113.9", 40000, CULPRIT_SOURCE);
	PLAY_AS(&other, GREETING, EHLO, "c:XFORWARD ADDR=198.51.100.7",
		"s:250 ok", FAILURE);
	assert_int_equal(h.count, 2);
	assert_int_equal(h.events[0].sign, SIGN_PROTOCOL_ABUSE);
	is_failure_of(1, "203.0.113.9", 40000, CULPRIT_SOURCE);
	/* Nor a client that a proxy has named. */
	PLAY_AS(&known, "c:PROXY TCP4 198.51.100.7 192.0.2.25 4711 25",
		GREETING, EHLO, "c:XCLIENT ADDR=198.51.100.99", AGAIN, FAILURE);
	assert_int_equal(h.count, 2);
	assert_int_equal(h.events[0].sign, SIGN_PROTOCOL_ABUSE);
	is_failure_of(1, "198.51.100.7", 4711, CULPRIT_SOURCE);
}

static void a_session_begins_anew_for_each_client(void **state)
{
	(void)state;
	/* What is told once is told once of each. */
	PLAY_AS(&known, GREETING, EHLO, "c:XCLIENT ADDR=198.51.100.7", AGAIN,
		"c:DEBUG", "s:500 no", "c:DEBUG", "s:500 no",
		"c:XCLIENT ADDR=198.51.100.8", AGAIN, "c:DEBUG", "s:500 no");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 2);
	/* A login ends with it, and one that the proxy took begins. */
	PLAY_AS(&known, GREETING, EHLO,
		"c:XCLIENT ADDR=198.51.100.7 LOGIN=alice", AGAIN, EHLO,
		"c:MAIL FROM:<a@example.org>", "s:250 ok",
		"c:RCPT TO:<b@elsewhere.example>", "s:250 ok");
	assert_int_equal(h.count, 0);
	PLAY_AS(&known, GREETING, EHLO,
		"c:XCLIENT ADDR=198.51.100.7 LOGIN=alice", AGAIN, EHLO,
		"c:XCLIENT ADDR=198.51.100.7 LOGIN=[UNAVAILABLE]", AGAIN, EHLO,
		"c:MAIL FROM:<a@example.org>", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_SENDER_SPOOF), 1);
	assert_int_equal(h.count, 1);
}

#define BAD_MAIL                                                             \
	MAIL, RCPT, DATA, "c:Content-Type: a/b; name=x.exe", "c:", "c:text", \
		"c:.", "s:250 ok"

static void xforward_names_the_source_and_blames_nobody(void **state)
{
	struct prefix client = prefix_of("198.51.100.7");
	struct prefix self = prefix_of("203.0.113.9");

	(void)state;
	PLAY_AS(&known, GREETING, EHLO,
		"c:XFORWARD NAME=[UNAVAILABLE] ADDR=198.51.100.7 PORT=4711",
		"s:250 2.0.0 ok", BAD_MAIL, BAD_MAIL);
	assert_int_equal(h.count, 2);
	assert_true(prefix_equal(&h.events[0].source, &client));
	assert_int_equal(h.events[0].source_port, 4711);
	assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
	/* It is for one mail. */
	assert_true(prefix_equal(&h.events[1].source, &self));
	assert_int_equal(h.events[1].culprit, CULPRIT_NONE);
	/* Behind it comes back whom XCLIENT had named. */
	PLAY_AS(&known, GREETING, EHLO, "c:XCLIENT ADDR=198.51.100.8", AGAIN,
		EHLO, "c:XFORWARD ADDR=198.51.100.7", "s:250 2.0.0 ok",
		"c:RSET", "s:250 ok", FAILURE);
	assert_int_equal(h.count, 1);
	is_failure_of(0, "198.51.100.8", 0, CULPRIT_SOURCE);
}

static void many_clients_of_a_proxy_are_no_flood(void **state)
{
	enum {
		LINES = 200
	};
	static const char *lines[2 * LINES + 3];
	size_t n = 0;

	(void)state;
	lines[n++] = GREETING;
	for (size_t i = 0; i < LINES; i++) {
		lines[n++] = "@9";
		lines[n++] = "s:220 mx";
	}
	lines[n] = NULL;
	heard_play(&h, &known, lines);
	assert_int_equal(h.count, 0);
	heard_play(&h, &other, lines);
	assert_true(heard_count(&h, SIGN_FLOOD) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xclient_makes_the_client_the_source),
		cmocka_unit_test(xclient_counts_when_the_server_takes_it),
		cmocka_unit_test(
			a_proxy_is_not_blamed_for_whom_it_does_not_name),
		cmocka_unit_test(nobody_else_speaks_for_others),
		cmocka_unit_test(a_session_begins_anew_for_each_client),
		cmocka_unit_test(xforward_names_the_source_and_blames_nobody),
		cmocka_unit_test(many_clients_of_a_proxy_are_no_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
