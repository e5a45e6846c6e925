/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IMAP, POP3, ManageSieve, TLS and the PROXY header. */
#include "tests/support/test.h"

#include "tests/support/heard.h"

static struct heard h;

#define PLAY_AS(setting, ...) \
	heard_play(&h, setting, (const char *const[]){ __VA_ARGS__, NULL })
#define IMAP(...) PLAY_AS(&imap, "s:* OK ready", __VA_ARGS__)
#define POP3(...) PLAY_AS(&pop3, "s:+OK ready", __VA_ARGS__)
#define SIEVE(...)                                                            \
	PLAY_AS(&sieve, "s:\"IMPLEMENTATION\" \"x\"", "s:\"SASL\" \"PLAIN\"", \
		"s:OK ready", __VA_ARGS__)

static const struct setting imap = { .port = 143, .names = LOGIN_NAMES_SHOWN };
static const struct setting pop3 = { .port = 110, .names = LOGIN_NAMES_SHOWN };
static const struct setting sieve = { .port = 4190,
				      .names = LOGIN_NAMES_SHOWN };

static void is_one_failure_of_alice(void)
{
	assert_int_equal(h.count, 1);
	assert_int_equal(heard_count(&h, SIGN_AUTH_FAILURE), 1);
	assert_string_equal(h.events[0].text, "login refused, account alice");
}

static void imap_tells_of_failures_in_every_spelling(void **state)
{
	(void)state;
	IMAP("c:a1 LOGIN alice sesame", "s:a1 NO [AUTHENTICATIONFAILED] no");
	is_one_failure_of_alice();
	IMAP("c:a1 login \"alice\" \"ses\\\"ame\"", "s:a1 NO no");
	is_one_failure_of_alice();
	IMAP("c:a1 LOGIN {5}", "s:+ go on", "c!alice {6}\r\n", "s:+ go on",
	     "c!sesame\r\n", "s:a1 NO no");
	is_one_failure_of_alice();
	IMAP("c!a1 LOGIN {5+}\r\nalice {6+}\r\nsesame\r\n", "s:a1 NO no");
	is_one_failure_of_alice();
	IMAP("c:a1 AUTHENTICATE PLAIN", "s:+ ",
	     "c:AGFsaWNlAHNlc2FtZQ==", "s:a1 NO no");
	is_one_failure_of_alice();
	IMAP("c:a1 AUTHENTICATE PLAIN AGFsaWNlAHNlc2FtZQ==", "s:a1 NO no");
	is_one_failure_of_alice();
	IMAP("c!a1 CAPABILITY\r\na2 LOGIN alice sesame\r\n",
	     "s:* CAPABILITY IMAP4rev1", "s:a1 OK", "s:a2 NO no");
	is_one_failure_of_alice();
}

static void imap_knows_a_failure_from_something_else(void **state)
{
	(void)state;
	IMAP("c:a1 LOGIN alice sesame", "s:* NO a warning", "s:a2 NO no",
	     "s:a1 NO [UNAVAILABLE] later");
	assert_int_equal(h.count, 0);
	IMAP("c:a1 SELECT x", "s:a1 NO no");
	assert_int_equal(h.count, 0);
}

static void imap_reads_no_further_than_the_login(void **state)
{
	(void)state;
	IMAP("c:a1 LOGIN alice sesame", "s:a1 OK in", "c:GET / HTTP/1.1",
	     "c:a2 LOGIN bob x", "s:a2 NO no");
	assert_int_equal(h.count, 1);
	assert_int_equal(heard_count(&h, SIGN_CLEARTEXT_LOGIN), 1);
	assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
}

static void imap_passes_over_literals(void **state)
{
	(void)state;
	IMAP("c:a1 ID {20}", "s:+ ", "c!a2 LOGIN bob secret!\r\n",
	     "s:a2 NO no");
	assert_int_equal(h.count, 0);
	IMAP("c:a1 LOGIN {100000000}", "s:a1 BAD too big");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
	IMAP("c:a1 LOGIN {99999999999999999999999999}", "s:a1 BAD too big");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
}

static void imap_follows_starttls(void **state)
{
	(void)state;
	IMAP("c:a1 STARTTLS", "s:a1 OK begin",
	     "c!\x16\x03\x01\x01\x05GET / HTTP");
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.encrypted, 1);
	IMAP("c!a1 STARTTLS\r\na2 LOGOUT\r\n", "s:a1 OK begin");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
}

static void imap_calls_strange_what_is_strange(void **state)
{
	static char tag[9000];

	(void)state;
	memset(tag, 'F', sizeof(tag) - 1);
	memcpy(tag, "c:", 2);
	IMAP(tag, "s:* BAD");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
	IMAP("c:GET / HTTP/1.0", "s:* BAD");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
	IMAP("c:a", "s:a BAD", "c:b", "s:b BAD", "c:c", "s:* BAD");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
	PLAY_AS(&imap, "c:a1 CAPABILITY", "s:* OK ready", "s:a1 OK");
	assert_int_equal(heard_count(&h, SIGN_EARLY_TALK), 1);
}

static void imap_says_nothing_of_a_session_seen_from_its_middle(void **state)
{
	static const struct setting middle = { .port = 143, .midstream = true };

	(void)state;
	PLAY_AS(&middle, "c:a7 APPEND INBOX {5000000}", "s:+ ",
		"c!GET / HTTP/1.1\r\n\\x00\\x00\\x00\r\n", "s:* 5 EXISTS");
	assert_int_equal(h.count, 0);
}

static void pop3_tells_of_failures_in_every_spelling(void **state)
{
	(void)state;
	POP3("c:CAPA", "s:+OK", "s:USER", "s:.", "c:USER alice", "s:+OK",
	     "c:PASS ses ame", "s:-ERR [AUTH] no");
	is_one_failure_of_alice();
	POP3("c!USER alice\r\nPASS sesame\r\nQUIT\r\n", "s:+OK", "s:-ERR no",
	     "s:+OK bye");
	is_one_failure_of_alice();
	POP3("c:APOP alice 0123456789abcdef", "s:-ERR no");
	is_one_failure_of_alice();
	POP3("c:AUTH PLAIN", "s:+ ", "c:AGFsaWNlAHNlc2FtZQ==", "s:-ERR no");
	is_one_failure_of_alice();
	POP3("c:AUTH LOGIN", "s:+ VXNlcm5hbWU6", "c:YWxpY2U=", "s:+ x",
	     "c:c2VzYW1l", "s:-ERR no");
	is_one_failure_of_alice();
	POP3("c:AUTH", "s:+OK", "s:PLAIN", "s:.", "c:USER alice", "s:+OK",
	     "c:PASS x", "s:-ERR [IN-USE] locked");
	assert_int_equal(h.count, 0);
}

static void pop3_reads_no_further_than_the_login(void **state)
{
	(void)state;
	POP3("c:USER alice", "s:+OK", "c:PASS sesame", "s:+OK in", "c:RETR 1",
	     "s:+OK", "s:-ERR is what this mail says", "s:.");
	assert_int_equal(h.count, 1);
	assert_int_equal(heard_count(&h, SIGN_CLEARTEXT_LOGIN), 1);
	POP3("c:STLS", "s:+OK begin", "c!\x16\x03\x01");
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.encrypted, 1);
}

static void sieve_tells_of_failures_in_every_spelling(void **state)
{
	(void)state;
	SIEVE("c:AUTHENTICATE \"PLAIN\" \"AGFsaWNlAHNlc2FtZQ==\"",
	      "s:NO \"no\"");
	is_one_failure_of_alice();
	SIEVE("c!AUTHENTICATE \"PLAIN\" {20+}\r\nAGFsaWNlAHNlc2FtZQ==\r\n",
	      "s:NO \"no\"");
	is_one_failure_of_alice();
	SIEVE("c:AUTHENTICATE \"LOGIN\"", "s:\"VXNlcm5hbWU6\"",
	      "c:\"YWxpY2U=\"", "s:\"x\"", "c:\"c2VzYW1l\"", "s:NO");
	is_one_failure_of_alice();
	SIEVE("c:STARTTLS", "s:OK", "c!\x16\x03\x01");
	assert_int_equal(h.count, 0);
}

/* Records of a handshake that ends well; more lines of data may follow. */
#define CLIENT_HELLO "c!\x16\x03\x01\\x00\x06\x01\\x00\\x00\x02\x03\x03"
#define SERVER_HELLO                                         \
	"s!\x16\x03\x03\\x00\x06\x02\\x00\\x00\x02\x03\x03", \
		"s!\x14\x03\x03\\x00\x01\x01", "c!\x14\x03\x03\\x00\x01\x01"
#define HELLOS CLIENT_HELLO, SERVER_HELLO
#define ASK                       \
	"c!\x17\x03\x03\\x00\x05" \
	"abcde"
#define ANSWER                    \
	"s!\x17\x03\x03\\x00\x05" \
	"fghij"

static void tls_counts_what_cannot_be_read(void **state)
{
	static const struct setting imaps = { .port = 993 };

	(void)state;
	PLAY_AS(&imaps, HELLOS, ASK, ANSWER);
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.encrypted, 1);
	assert_int_equal(h.stats.handshakes_failed, 0);
	PLAY_AS(&imaps, "c!\x16\x03\x01\\x00\x06\x01\\x00\\x00\x02\x03\x03",
		"s!\x15\x03\x03\\x00\x02\x02\x28");
	assert_int_equal(h.stats.handshakes_failed, 1);
	PLAY_AS(&imaps, "c:a1 LOGIN alice sesame");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
	PLAY_AS(&imaps, "c!\x16\x03\x01\\x00\x06\x01\\x00\\x00\x02\x03\x03",
		"s!\x16\x03\x01\\x00\x06\x02\\x00\\x00\x02\x03\x01");
	assert_int_equal(heard_count(&h, SIGN_WEAK_TLS), 1);
	assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
}

static void tls_sees_guessing_by_its_shape(void **state)
{
	static const struct setting imaps = { .port = 993 };
	static const char *lines[200];
	static const char *const once[] = { "@9", HELLOS, ASK, ANSWER };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 11 * 7; i++)
		lines[n++] = once[i % 7];
	lines[n] = NULL;
	heard_play(&h, &imaps, lines);
	assert_int_equal(h.count, 1);
	assert_int_equal(heard_count(&h, SIGN_ENCRYPTED_GUESS), 1);
	assert_int_equal(h.events[0].confidence, CONFIDENCE_LOW);
	PLAY_AS(&imaps, HELLOS, ASK, ANSWER, ASK, "+2000", ANSWER, ASK, "+2000",
		ANSWER);
	assert_int_equal(h.count, 0);
	PLAY_AS(&imaps, HELLOS, ASK, "+2000", ANSWER, ASK, "+2000", ANSWER, ASK,
		"+2000", ANSWER);
	assert_int_equal(heard_count(&h, SIGN_ENCRYPTED_GUESS), 1);
	/* A server under load is late with all, as with its handshake. */
	PLAY_AS(&imaps, CLIENT_HELLO, "+500", SERVER_HELLO, ASK, "+2000",
		ANSWER, ASK, "+2000", ANSWER, ASK, "+2000", ANSWER);
	assert_int_equal(h.count, 0);
	/* A server that says things by itself (IDLE) refuses nothing. */
	PLAY_AS(&imaps, HELLOS, ASK, ANSWER, "+2000", ANSWER, "+2000", ANSWER,
		"+2000", ANSWER);
	assert_int_equal(h.count, 0);
}

#define FAILURE                                                                \
	"s:220 mx", "c:EHLO x", "s:250 ok", "c:AUTH LOGIN YWxpY2U=", "s:334 ", \
		"c:c2VzYW1l", "s:535 no"

static void proxy_header_names_the_true_client(void **state)
{
	static const struct setting known = { .proxy = "203.0.113.0/24",
					      .inside = true };
	static const struct setting other = { .proxy = "203.0.112.0/24" };
	struct prefix client = prefix_of("198.51.100.7");
	struct prefix client6 = prefix_of("2001:db8::7");

	(void)state;
	PLAY_AS(&known, "c:PROXY TCP4 198.51.100.7 192.0.2.25 4711 25",
		FAILURE);
	assert_int_equal(h.count, 1);
	assert_true(prefix_equal(&h.events[0].source, &client));
	assert_int_equal(h.events[0].source_port, 4711);
	assert_int_equal(h.events[0].culprit, CULPRIT_SOURCE);
	PLAY_AS(&known,
		"c!\r\n\r\n\\x00\r\nQUIT\n\x21\x11\\x00\x0c"
		"\xc6\x33\x64\x07\xc0\\x00\x02\x19\x12\x67\\x00\x19",
		FAILURE);
	assert_int_equal(h.count, 1);
	assert_true(prefix_equal(&h.events[0].source, &client));
	assert_int_equal(h.events[0].source_port, 4711);
	PLAY_AS(&known, "c:PROXY TCP6 2001:db8::7 2001:db8::25 4711 25",
		FAILURE);
	assert_true(prefix_equal(&h.events[0].source, &client6));
	/* A check of the proxy's own has no header, or no client. */
	PLAY_AS(&known, "c:PROXY UNKNOWN", FAILURE);
	assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
	PLAY_AS(&known,
		"c!\r\n\r\n\\x00\r\nQUIT\n\x20\x11\\x00\x0c"
		"\xc6\x33\x64\x07\xc0\\x00\x02\x19\x12\x67\\x00\x19",
		FAILURE);
	assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
	assert_false(prefix_equal(&h.events[0].source, &client));
	PLAY_AS(&known, FAILURE);
	assert_int_equal(h.count, 1);
	/* Nobody else is believed. */
	PLAY_AS(&other, "s:220 mx", "c:PROXY TCP4 198.51.100.7 1.1.1.1 1 1",
		"s:500 what?");
	assert_int_equal(h.count, 1);
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
	assert_false(prefix_equal(&h.events[0].source, &client));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(imap_tells_of_failures_in_every_spelling),
		cmocka_unit_test(imap_knows_a_failure_from_something_else),
		cmocka_unit_test(imap_reads_no_further_than_the_login),
		cmocka_unit_test(imap_passes_over_literals),
		cmocka_unit_test(imap_follows_starttls),
		cmocka_unit_test(imap_calls_strange_what_is_strange),
		cmocka_unit_test(
			imap_says_nothing_of_a_session_seen_from_its_middle),
		cmocka_unit_test(pop3_tells_of_failures_in_every_spelling),
		cmocka_unit_test(pop3_reads_no_further_than_the_login),
		cmocka_unit_test(sieve_tells_of_failures_in_every_spelling),
		cmocka_unit_test(tls_counts_what_cannot_be_read),
		cmocka_unit_test(tls_sees_guessing_by_its_shape),
		cmocka_unit_test(proxy_header_names_the_true_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
