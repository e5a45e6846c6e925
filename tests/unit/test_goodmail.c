/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "tests/support/smtptalk.h"

static struct heard h;

static void goodmail_is_a_mail_that_was_taken(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c:.", "s:250 taken", MAIL,
	     RCPT, DATA, TEXT, "c:.", "s:250 taken", QUIT);
	assert_int_equal(h.good, 2);
	assert_int_equal(h.count, 0);
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c:.", "s:554 no", QUIT);
	assert_int_equal(h.good, 0);
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c:.");
	assert_int_equal(h.good, 0);
}

static void goodmail_is_none_where_its_source_showed_a_sign(void **state)
{
	(void)state;
	/* Talked early, and behaved from then on. */
	PLAY("c:EHLO x", GREETING, "s:250-mx.example.org", "s:250 PIPELINING",
	     MAIL, RCPT, DATA, TEXT, "c:.", "s:250 taken", QUIT);
	assert_true(h.count > 0);
	assert_int_equal(h.good, 0);
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA,
	     "c:Content-Type: a/b; name=x.exe", "c:", "c:MZ", "c:.",
	     "s:250 taken", QUIT);
	assert_int_equal(heard_count(&h, SIGN_DANGEROUS_ATTACHMENT), 1);
	assert_int_equal(h.good, 0);
	/* Our domain, from outside: told of when the mail is taken. */
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, "c:From: boss@example.org",
	     "c:", "c:.", "s:250 taken", QUIT);
	assert_int_equal(heard_count(&h, SIGN_SENDER_SPOOF), 1);
	assert_int_equal(h.good, 0);
}

static void goodmail_comes_from_outside(void **state)
{
	static const struct setting inside = { .inside = true };

	(void)state;
	PLAY_AS(&inside, GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c:.",
		"s:250 taken", QUIT);
	assert_int_equal(h.good, 0);
}

static void goodmail_is_still_one_when_the_server_is_to_blame(void **state)
{
	(void)state;
	PLAY("s:220 mx.example.org ESMTP Exim 4.96", EHLO, MAIL, RCPT, DATA,
	     TEXT, "c:.", "s:250 taken", QUIT);
	assert_int_equal(heard_count(&h, SIGN_WEAK_BANNER), 1);
	assert_int_equal(h.good, 1);
}

/* A handshake, and records of data of 5 and of 768 bytes. */
#define HELLOS                                                       \
	"c!\x16\x03\x01\\x00\x06\x01\\x00\\x00\x02\x03\x03",         \
		"s!\x16\x03\x03\\x00\x06\x02\\x00\\x00\x02\x03\x03", \
		"s!\x14\x03\x03\\x00\x01\x01", "c!\x14\x03\x03\\x00\x01\x01"
#define ASK                       \
	"c!\x17\x03\x03\\x00\x05" \
	"abcde"
#define ANSWER                    \
	"s!\x17\x03\x03\\x00\x05" \
	"fghij"
#define SIXTEEN	  "0123456789abcdef"
#define SIXTYFOUR SIXTEEN SIXTEEN SIXTEEN SIXTEEN
#define LETTER                                                              \
	"c!\x17\x03\x03\x03\\x00" SIXTYFOUR SIXTYFOUR SIXTYFOUR SIXTYFOUR   \
		SIXTYFOUR SIXTYFOUR SIXTYFOUR SIXTYFOUR SIXTYFOUR SIXTYFOUR \
			SIXTYFOUR SIXTYFOUR
#define TURN ASK, ANSWER

static void goodmail_inside_tls_is_what_is_as_long_as_a_mail(void **state)
{
	static const struct setting submissions = { .port = 465 };
	static const struct setting imaps = { .port = 993 };

	(void)state;
	PLAY_AS(&submissions, HELLOS, TURN, TURN, TURN, TURN, LETTER, ANSWER);
	assert_int_equal(h.good_encrypted, 1);
	assert_int_equal(h.good, 0);
	PLAY(GREETING, EHLO, "c:STARTTLS", "s:220 go on", HELLOS, TURN, TURN,
	     TURN, TURN, LETTER, ANSWER);
	assert_int_equal(h.good_encrypted, 1);
	/* Commands only; another protocol; a login that was refused before. */
	PLAY_AS(&submissions, HELLOS, TURN, TURN, TURN, TURN, TURN, TURN);
	assert_int_equal(h.good_encrypted, 0);
	PLAY_AS(&imaps, HELLOS, TURN, TURN, TURN, TURN, LETTER, ANSWER);
	assert_int_equal(h.good_encrypted, 0);
	PLAY(GREETING, EHLO, "c:AUTH LOGIN YWxpY2U=", "s:334 ", "c:c2VzYW1l",
	     "s:535 no", "c:STARTTLS", "s:220 go on", HELLOS, TURN, TURN, TURN,
	     TURN, LETTER, ANSWER);
	assert_int_equal(h.good_encrypted, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goodmail_is_a_mail_that_was_taken),
		cmocka_unit_test(
			goodmail_is_none_where_its_source_showed_a_sign),
		cmocka_unit_test(goodmail_comes_from_outside),
		cmocka_unit_test(
			goodmail_is_still_one_when_the_server_is_to_blame),
		cmocka_unit_test(
			goodmail_inside_tls_is_what_is_as_long_as_a_mail),
	};

	return cmocka_run_group_tests_name("goodmail", tests, NULL, NULL);
}
