/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "tests/support/smtptalk.h"

static struct heard h;

static void smtp_says_nothing_of_an_honest_mail(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c:..a stuffed dot",
	     "c!bare\nline\n", "c:", "c:.", "s:250 queued", QUIT);
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.mails, 1);
	assert_int_equal(h.stats.commands, 5);
}

static void smtp_follows_pipelining(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO,
	     "c!MAIL FROM:<a@partner.example>\r\nRCPT TO:<b@example.org>\r\n"
	     "RCPT TO:<x@elsewhere.example>\r\nDATA\r\n",
	     "s!250 ok\r\n250 ok\r\n554 relay access denied\r\n354 go\r\n",
	     TEXT, "c!.\r\nQUIT\r\n", "s:250 queued", "s:221 bye");
	/* One recipient elsewhere is a mistake. */
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.mails, 1);
}

static void smtp_sees_relaying_asked_for_in_every_spelling(void **state)
{
	static const char *const paths[] = {
		"c:RCPT TO:<x@elsewhere.example>",
		"c:RCPT TO:<x%elsewhere.example@example.org>",
		"c:RCPT TO:<elsewhere.example!x@example.org>",
		"c:RCPT TO:<@example.org:x@elsewhere.example>",
		"c:RCPT TO:<\"x@elsewhere.example\">",
		"c:RCPT TO:<\"x@elsewhere.example\"@example.org>",
		"c:rcpt to: x@elsewhere.example",
		"c:RCPT TO:<x@elsewhere.example@example.org>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		PLAY(GREETING, EHLO, MAIL, paths[i], "s:550 no", paths[i],
		     "s:503 no");
		assert_int_equal(heard_count(&h, SIGN_RELAY_ATTEMPT), 2);
		assert_int_equal(h.count, 2);
		PLAY(GREETING, EHLO, MAIL, paths[i], "s:250 ok", DATA);
		assert_int_equal(heard_count(&h, SIGN_RELAY_ACCEPTED), 1);
		assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
	}
	PLAY(GREETING, EHLO, MAIL, "c:RCPT TO:<b@EXAMPLE.org.>", "s:250 ok",
	     "c:RCPT TO:<c@example.net>", "s:250 ok", "c:RCPT TO:<postmaster>",
	     "s:250 ok");
	assert_int_equal(h.count, 0);
}

static void smtp_tells_a_refused_relay_from_a_host_called_so(void **state)
{
	static const char *const honest[] = {
		"s:550 5.7.1 <relay.partner.example>: Helo command rejected",
		"s:554 5.7.1 Client host [192.0.2.1] blocked using relays.x",
		"s:450 4.7.1 Client host rejected, [smtp-relay.x]",
		"s:554 5.7.1 <b@example.org>: Relay access denied",
		"s:550 5.7.23 Message rejected due to: SPF fail",
		"s:550 5.1.8 <a@partner.example>: Domain not found",
		"s:550 Sender verify failed",
	};
	static const char *const refused[] = {
		"s:454 4.7.1 <x@elsewhere.example>: Relay access denied",
		"s:550 5.7.1 Relaying denied",
		"s:550 relay not permitted",
		"s:550 5.7.54 SMTP; Unable to relay recipient",
		"s:550 We do not relay.",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(honest) / sizeof(honest[0]); i++) {
		PLAY(GREETING, EHLO, MAIL, "c:RCPT TO:<b@example.org>",
		     honest[i], "c:RCPT TO:<c@example.org>", honest[i],
		     "c:RCPT TO:<d@example.org>", honest[i]);
		assert_int_equal(h.count, 0);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		PLAY(GREETING, EHLO, MAIL, "c:RCPT TO:<x@elsewhere.example>",
		     refused[i], "c:RCPT TO:<y@elsewhere.example>", refused[i]);
		assert_int_equal(heard_count(&h, SIGN_RELAY_ATTEMPT), 2);
		assert_int_equal(h.count, 2);
	}
	/* Greylisting is no answer to who may relay. */
	PLAY(GREETING, EHLO, MAIL, "c:RCPT TO:<x@elsewhere.example>",
	     "s:450 4.2.0 later", "c:RCPT TO:<y@elsewhere.example>",
	     "s:450 4.2.0 later");
	assert_int_equal(h.count, 0);
}

static void smtp_is_not_blinded_by_chunks_that_nobody_takes(void **state)
{
	(void)state;
	/* Not offered, and all written at once. */
	PLAY(GREETING, "c:EHLO x", "s:250 mx.example.org",
	     "c!BDAT 99999999\r\nVRFY a\r\nVRFY b\r\nVRFY c\r\n",
	     "s!502 no\r\n252 a\r\n252 b\r\n252 c\r\n");
	assert_int_equal(heard_count(&h, SIGN_USER_PROBE), 3);
	/* Offered, and not understood all the same. */
	PLAY(GREETING, "c:EHLO x", "s!250-mx\r\n250 CHUNKING\r\n",
	     "c:BDAT 99999999", "s:502 no", "c:VRFY a", "s:252 a", "c:VRFY b",
	     "s:252 b");
	assert_int_equal(heard_count(&h, SIGN_USER_PROBE), 2);
}

static void smtp_lets_users_send_anywhere(void **state)
{
	(void)state;
	PLAY_AS(&((struct setting){ .signs_off = 1ull
						 << SIGN_CLEARTEXT_LOGIN }),
		GREETING, EHLO, "c:AUTH LOGIN YWxpY2U=", "s:334 ", "c:c2VzYW1l",
		"s:235 welcome", "c:MAIL FROM:<a@example.org>", "s:250 ok",
		"c:RCPT TO:<x@elsewhere.example>", "s:250 ok");
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.events_off, 1);
	PLAY_AS(&((struct setting){ .inside = true }), GREETING, EHLO,
		"c:MAIL FROM:<a@example.org>", "s:250 ok",
		"c:RCPT TO:<x@elsewhere.example>", "s:250 ok");
	assert_int_equal(h.count, 0);
}

static void smtp_knows_who_does_not_wait(void **state)
{
	(void)state;
	PLAY("c:EHLO x", GREETING, "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_EARLY_TALK), 1);
	PLAY(GREETING, "c!EHLO x\r\nMAIL FROM:<a@partner.example>\r\n",
	     "s:250 ok", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_EARLY_TALK), 1);
	PLAY(GREETING, "c:HELO x", "s:250 ok",
	     "c!MAIL FROM:<a@partner.example>\r\nRCPT TO:<b@example.org>\r\n",
	     "s:250 ok", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_EARLY_TALK), 1);
	PLAY(GREETING, EHLO, MAIL, RCPT, "c!DATA\r\nSubject: x\r\n", "s:354 go",
	     "c:.", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_EARLY_TALK), 1);
	assert_int_equal(h.stats.mails, 1);
}

static void smtp_lets_those_speak_early_who_were_asked_to(void **state)
{
#define EARLY                                                                  \
	"c!EHLO x\r\nMAIL FROM:<a@partner.example>\r\n", GREETING, "s:250-mx", \
		"s:250-PIPELINING", "s:250 PIPECONNECT", "s:250 ok"
	(void)state;
	PLAY(EARLY);
	assert_int_equal(heard_count(&h, SIGN_EARLY_TALK), 1);
	PLAY(GREETING, "c:EHLO x", "s:250-mx", "s:250 PIPECONNECT", QUIT, "@9",
	     EARLY);
	assert_int_equal(h.count, 0);
	PLAY(GREETING, "c:EHLO x", "s:250-mx", "s:250 PIPECONNECT", QUIT, "@8",
	     EARLY);
	assert_int_equal(heard_count(&h, SIGN_EARLY_TALK), 1);
}

static void smtp_accuses_nobody_when_one_side_is_not_seen(void **state)
{
	(void)state;
	PLAY("c:EHLO x", "c:MAIL FROM:<a@partner.example>", "c:DATA", "c:hello",
	     "c:.", "c:QUIT");
	assert_int_equal(h.count, 0);
	PLAY_AS(&((struct setting){ .midstream = true }), "c:the rest of",
		"c:some text", "c:that began", "c:before", "c:.",
		"s:250 queued", QUIT);
	assert_int_equal(h.count, 0);
}

static void smtp_sees_every_false_end_of_a_message(void **state)
{
	static const char *const ends[] = {
		"c!\n.\n",	    "c!\n.\r\n",  "c!\r\n.\n",
		"c!\r.\r\n",	    "c!\r\n.\rx", "c!\r.\r",
		"c!\r\n\\x00.\r\n", "c!\n.\r",	  "c!\r.\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, ends[i],
		     "c:MAIL FROM:<admin@example.org>", "c:hidden", "c:.",
		     "s:250 queued", QUIT);
		assert_int_equal(heard_count(&h, SIGN_SMUGGLING), 1);
		assert_int_equal(h.stats.mails, 1);
	}
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c!a\nb\n\n..c\n.d\r\n",
	     "c:..", "c:.e", "c:.", "s:250 queued", QUIT);
	assert_int_equal(h.count, 0);
}

static void smtp_sees_that_a_server_took_a_smuggled_mail(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT,
	     "c!\n.\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@example.org>\r\n"
	     "DATA\r\nhidden\r\n.\r\nQUIT\r\n",
	     "s!250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n221 bye\r\n");
	assert_int_equal(heard_count(&h, SIGN_SMUGGLING), 2);
	assert_int_equal(h.events[0].culprit, CULPRIT_SOURCE);
	/* One attempt, and a server that has to be mended. */
	assert_int_equal(h.events[1].severity, 1);
	assert_int_equal(h.events[1].culprit, CULPRIT_NONE);
}

static void smtp_tells_of_each_message_that_smuggles(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, "c!x\n.\r\ny\n.\r\nz\r\n", "c:.",
	     "s:250 ok", MAIL, RCPT, DATA, "c!x\n.\r\ny\r\n", "c:.", "s:250 ok",
	     MAIL, RCPT, DATA, TEXT, "c:.", "s:250 ok", QUIT);
	assert_int_equal(heard_count(&h, SIGN_SMUGGLING), 2);
	assert_int_equal(h.count, 2);
}

static void smtp_calls_strange_what_is_strange(void **state)
{
	static char overlong[4000];
	static const char *const lines[] = {
		"c:GET / HTTP/1.1",
		"c!\x16\x03\x01\x02\x01\x01\xfc\x03\n",
		"c:EHLO a\\x00b",
		"c!EHLO x\rMAIL FROM:<a@x.example>\r\n",
		"c:RCPT TO:<${run{/bin/id}}@localhost>",
		"c:HELO () { :;}; /bin/id",
		"c:XCLIENT ADDR=192.0.2.1",
		"c:DEBUG",
		"c:BDAT -1 LAST",
		"c!EHLO x\n",
		overlong,
	};

	(void)state;
	memset(overlong, 'A', sizeof(overlong) - 1);
	memcpy(overlong, "c!", 2);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		PLAY(GREETING, lines[i], "s:500 what?");
		assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
		assert_int_equal(h.count, 1);
	}
	PLAY(GREETING, "c:EHOL x", "s:500 what?", EHLO, "c:XYZ", "s:500 what?");
	assert_int_equal(h.count, 0);
	PLAY(GREETING, "c:A", "s:500 ?", "c:B", "s:500 ?", "c:C", "s:500 ?");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
}

static void smtp_takes_long_lines_that_extensions_allow(void **state)
{
	static char sender[1900], secret[8000];

	(void)state;
	snprintf(sender, sizeof(sender), "c:MAIL FROM:<a@partner.example> %s",
		 "SIZE=1000 BODY=8BITMIME ENVID=");
	memset(sender + strlen(sender), 'x', 1700);
	memcpy(secret, "c:AUTH GSSAPI ", 14);
	memset(secret + 14, 'Y', sizeof(secret) - 15);
	PLAY(GREETING, EHLO, sender, "s:250 ok", secret, "s:504 no");
	assert_int_equal(h.count, 0);
}

static void smtp_sees_commands_hidden_behind_starttls(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, "c!STARTTLS\r\nMAIL FROM:<a@x.example>\r\n",
	     "s:220 go ahead");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
	assert_int_equal(h.events[0].severity, 1);
	PLAY(GREETING, EHLO, "c!STARTTLS\r\nRSET", "s:220 go ahead");
	assert_int_equal(heard_count(&h, SIGN_PROTOCOL_ABUSE), 1);
	PLAY(GREETING, EHLO, "c:STARTTLS", "s:220 go ahead",
	     "c!\x16\x03\x01\x01\x01\x01\x01", "s!\x16\x03\x03\x01\x01\x02");
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.encrypted, 1);
	/* Refused: the dialogue goes on in clear. */
	PLAY(GREETING, EHLO, "c:STARTTLS", "s:454 not now", MAIL, RCPT, DATA,
	     TEXT, "c:.", "s:250 ok");
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.mails, 1);
}

static void smtp_misses_a_starttls_that_somebody_took_away(void **state)
{
#define PLAIN_EHLO "c:EHLO a", "s:250-mx", "s:250 PIPELINING"
	(void)state;
	PLAY("@1", GREETING, EHLO, "@2", GREETING, EHLO, "@3", GREETING, EHLO,
	     "@4", GREETING, PLAIN_EHLO, "@5", GREETING, PLAIN_EHLO);
	assert_int_equal(heard_count(&h, SIGN_STARTTLS_STRIPPED), 1);
	assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
	PLAY(GREETING, PLAIN_EHLO);
	assert_int_equal(h.count, 0);
	PLAY(GREETING, "c:EHLO a", "s:250-mx", "s:250-XXXXXXXA", "s:250 SIZE");
	assert_int_equal(heard_count(&h, SIGN_STARTTLS_STRIPPED), 1);
}

static void smtp_joins_chunks_into_one_message(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT,
	     "c!BDAT 40\r\nContent-Type: application/x; name=\"to", "c!olX",
	     "s:250 ok", "c!BDAT 6 LAST\r\n.exe\"\n", "s:250 queued", QUIT);
	assert_int_equal(h.stats.mails, 1);
	assert_int_equal(heard_count(&h, SIGN_DANGEROUS_ATTACHMENT), 1);
	PLAY(GREETING, EHLO, MAIL, RCPT,
	     "c!BDAT 42\r\nContent-Type: application/x; name=\"tool\r\n.",
	     "s:250 ok", "c!BDAT 10 LAST\r\nexe\"\r\n\r\nhi", "s:250 ok", QUIT);
	assert_int_equal(h.stats.mails, 1);
	PLAY(GREETING, EHLO, MAIL, RCPT,
	     "c!BDAT 46\r\nContent-Type: application/x; name=\"tool.e\r\n.\r\n",
	     "s:250 ok", "c!BDAT 0 LAST\r\nQUIT\r\n", "s:250 ok", "s:221 bye");
	assert_int_equal(h.stats.mails, 1);
	assert_int_equal(heard_count(&h, SIGN_SMUGGLING), 0);
}

static void smtp_goes_on_behind_a_gap(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "gc 5000",
	     "c!rest of a line\r\nmore\r\n.\r\n", "s:250 ok", MAIL,
	     "c:RCPT TO:<b@example.org>", "s:250 ok", DATA, TEXT, "c:.",
	     "s:250 ok", QUIT);
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.mails, 2);
	/* The end of the text is in the gap: the reply tells. */
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "gc 5000", "s:250 ok",
	     MAIL, RCPT, DATA, TEXT, "c:.", "s:250 ok", QUIT);
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.mails, 1);
	assert_int_equal(h.stats.commands, 8);
	/* The verdict of a login is in it: commands follow, no answers. */
	PLAY(GREETING, EHLO, "c:AUTH LOGIN YWxpY2U=", "s:334 ", "c:c2VzYW1l",
	     "gs 20", MAIL, RCPT, DATA, TEXT, "c:.", "s:250 ok", QUIT);
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.mails, 1);
	/* STARTTLS and its reply are in it. */
	PLAY(GREETING, EHLO, "gc 10", "gs 20", "c!\x16\x03\x01\x01\x01\x01");
	assert_int_equal(h.count, 0);
	assert_int_equal(h.stats.encrypted, 1);
	/* And a failure behind it is not missed. */
	PLAY(GREETING, EHLO, "gc 10", "gs 10",
	     "c:AUTH LOGIN YWxpY2U=", "s:334 ", "c:c2VzYW1l", "s:535 no");
	assert_int_equal(heard_count(&h, SIGN_AUTH_FAILURE), 1);
}

static void smtp_matches_replies_to_more_commands_than_it_keeps(void **state)
{
	static const char *lines[200];
	size_t n = 0;

	(void)state;
	lines[n++] = GREETING;
	for (size_t i = 0; i < 5; i++)
		lines[n++] = ((const char *const[]){ EHLO })[i];
	lines[n++] = "s:250 8BITMIME";
	for (size_t i = 0; i < 30; i++) {
		lines[n++] = "c:NOOP";
		lines[n++] = "c:RSET";
	}
	for (size_t i = 0; i < 60; i++)
		lines[n++] = "s:250 ok";
	lines[n++] = "c:AUTH LOGIN YWxpY2U=";
	lines[n++] = "s:334 ";
	lines[n++] = "c:c2VzYW1l";
	lines[n++] = "s:535 no";
	lines[n++] = "c:AUTH LOGIN YWxpY2U=";
	lines[n++] = "s:503 no";
	heard_play(&h, NULL, lines);
	assert_int_equal(h.count, 1);
	assert_int_equal(heard_count(&h, SIGN_AUTH_FAILURE), 1);
}

static void smtp_tells_what_the_server_gives_away(void **state)
{
	(void)state;
	PLAY("s:220 mx.example.org ESMTP Postfix (Debian/GNU)", EHLO, QUIT,
	     "@7", "s:220 mx.example.org ESMTP Postfix (Debian/GNU)", EHLO);
	assert_int_equal(heard_count(&h, SIGN_WEAK_BANNER), 1);
	assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
	PLAY("s:220 postfixed.example.org ESMTP", EHLO, "c:MAIL FROM:<x",
	     "s:452 4.3.1 Insufficient system storage");
	assert_int_equal(heard_count(&h, SIGN_WEAK_BANNER), 0);
	assert_int_equal(heard_count(&h, SIGN_STORAGE_LOW), 1);
}

/* One place, two messages: the one that was quiet gives way, and is counted. */
static void smtp_keeps_its_eyes_on_the_newest_messages(void **state)
{
	static const struct setting one = { .content_max = 1 };
	static const char text[] =
		"@0 203.0.113.1 4 192.0.2.25 25 1\n"
		"@1 203.0.113.2 4 192.0.2.25 25 1\n"
		"0 s 1 220 mx\\r\\n\n1 s 1 220 mx\\r\\n\n"
		"0 c 1 DATA\\r\\n\n0 s 1 354 go\\r\\n\n"
		"0 c 1 Subject: x\\r\\n\n"
		"1 c 1 DATA\\r\\n\n1 s 1 354 go\\r\\n\n"
		"1 c 1 Content-Type: a/b; name=x.exe\\r\\n\\r\\n.\\r\\n\n"
		"0 c 1 Content-Type: a/b; name=x.exe\\r\\n\\r\\n.\\r\\n\n"
		"0 s 1 250 ok\\r\\n\n0 c 1 DATA\\r\\n\n0 s 1 354 go\\r\\n\n"
		"0 c 1 Content-Type: a/b; name=y.exe\\r\\n\\r\\n.\\r\\n\n";
	struct exchange *x = exchange_parse(text, strlen(text));

	(void)state;
	assert_non_null(x);
	heard_exchange(&h, &one, x);
	exchange_free(x);
	assert_int_equal(h.stats.mails_blind, 1);
	assert_int_equal(h.count, 2);
	assert_string_equal(h.events[0].text, "attachment \"x.exe\"");
	assert_int_equal(h.events[0].source.addr[3], 2);
	assert_string_equal(h.events[1].text, "attachment \"y.exe\"");
}

#define ATTACH(type) \
	"c:Content-Type: " type, "c:Content-Disposition: attachment", "c:"

static void smtp_names_what_a_mail_brings(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, ATTACH("text/plain; name=a.txt"),
	     /* In two, so that this file is no virus itself. */
	     "c:X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-"
	     "ANTIVIRUS-TEST-FILE!$H+H*",
	     "c:.", "s:250 ok", QUIT);
	assert_int_equal(heard_count(&h, SIGN_MALWARE), 1);
	assert_int_equal(heard_first(&h, SIGN_MALWARE)->culprit,
			 CULPRIT_SOURCE);
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, ATTACH("text/html; name=a.html"),
	     "c:<html><script>alert(1)</script></html>", "c:.", "s:250 ok",
	     QUIT);
	assert_int_equal(heard_count(&h, SIGN_ACTIVE_CONTENT), 1);
	assert_true(heard_first(&h, SIGN_ACTIVE_CONTENT)->severity < 3);
	/* The mail's own text is a page with script in many honest mails. */
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, "c:Content-Type: text/html",
	     "c:", "c:<html><script>alert(1)</script></html>", "c:.",
	     "s:250 ok", QUIT);
	assert_int_equal(heard_first(&h, SIGN_ACTIVE_CONTENT)->severity, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smtp_says_nothing_of_an_honest_mail),
		cmocka_unit_test(smtp_follows_pipelining),
		cmocka_unit_test(
			smtp_sees_relaying_asked_for_in_every_spelling),
		cmocka_unit_test(
			smtp_is_not_blinded_by_chunks_that_nobody_takes),
		cmocka_unit_test(
			smtp_tells_a_refused_relay_from_a_host_called_so),
		cmocka_unit_test(smtp_lets_users_send_anywhere),
		cmocka_unit_test(smtp_knows_who_does_not_wait),
		cmocka_unit_test(smtp_lets_those_speak_early_who_were_asked_to),
		cmocka_unit_test(smtp_accuses_nobody_when_one_side_is_not_seen),
		cmocka_unit_test(smtp_sees_every_false_end_of_a_message),
		cmocka_unit_test(smtp_sees_that_a_server_took_a_smuggled_mail),
		cmocka_unit_test(smtp_tells_of_each_message_that_smuggles),
		cmocka_unit_test(smtp_calls_strange_what_is_strange),
		cmocka_unit_test(smtp_takes_long_lines_that_extensions_allow),
		cmocka_unit_test(smtp_sees_commands_hidden_behind_starttls),
		cmocka_unit_test(
			smtp_misses_a_starttls_that_somebody_took_away),
		cmocka_unit_test(smtp_joins_chunks_into_one_message),
		cmocka_unit_test(smtp_goes_on_behind_a_gap),
		cmocka_unit_test(
			smtp_matches_replies_to_more_commands_than_it_keeps),
		cmocka_unit_test(smtp_tells_what_the_server_gives_away),
		cmocka_unit_test(smtp_keeps_its_eyes_on_the_newest_messages),
		cmocka_unit_test(smtp_names_what_a_mail_brings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
