/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "tests/support/smtptalk.h"

static struct heard h;

static const struct dialogue_session *only(void)
{
	assert_int_equal(h.session_count, 1);
	return &h.sessions[0];
}

static void session_counts_what_was_taken_and_refused(void **state)
{
	const struct dialogue_session *s;

	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, "c:RCPT TO:<no@example.org>",
	     "s:550 5.1.1 unknown", DATA, TEXT, "c:.", "s:250 ok", MAIL, RCPT,
	     DATA, TEXT, "c:.", "s:554 5.7.1 spam", "+1500", QUIT);
	s = only();
	assert_int_equal(s->counts[SESSION_MAILS], 1);
	assert_int_equal(s->counts[SESSION_MAILS_REFUSED], 1);
	assert_int_equal(s->counts[SESSION_RECIPIENTS], 2);
	assert_int_equal(s->counts[SESSION_RECIPIENTS_REFUSED], 1);
	assert_string_equal(s->helo, "mail.partner.example");
	assert_string_equal(s->protocol, "smtp");
	assert_int_equal(s->end, DIALOGUE_END_FIN);
	assert_int_equal(s->end_ns - s->begin_ns, 1500000000);
	assert_false(s->encrypted);
	assert_true(s->signs == 0);
}

static void session_has_its_signs_and_its_login_as_the_policy_says(void **state)
{
	static const struct setting shown = { .names = LOGIN_NAMES_SHOWN };
	static const struct setting hidden = { .names = LOGIN_NAMES_HIDDEN };

	(void)state;
	PLAY_AS(&shown, GREETING, EHLO, "c:AUTH LOGIN YWxpY2U=", "s:334 ",
		"c:c2VzYW1l", "s:535 no", QUIT);
	assert_string_equal(only()->login, "alice");
	assert_int_equal(only()->counts[SESSION_LOGINS_REFUSED], 1);
	assert_true(only()->signs == 1ull << SIGN_AUTH_FAILURE);
	/* Hidden is 0, which stands for the default in a setting. */
	PLAY_AS(&hidden, GREETING, EHLO, "c:AUTH LOGIN YWxpY2U=", "s:334 ",
		"c:c2VzYW1l", "s:235 yes", QUIT);
	assert_null(strstr(only()->login, "alice"));
	assert_int_equal(only()->counts[SESSION_LOGINS], 1);
}

static void session_begins_anew_with_each_dialogue(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c:.", "s:250 ok", QUIT,
	     "@10", GREETING, "c:HELO x", "s:250 ok", "c:STARTTLS",
	     "s:220 go on", "c!\x16\x03\x01");
	assert_int_equal(h.session_count, 2);
	assert_int_equal(h.sessions[0].counts[SESSION_MAILS], 1);
	assert_int_equal(h.sessions[1].counts[SESSION_MAILS], 0);
	assert_int_equal(h.sessions[1].client.addr[3], 10);
	assert_string_equal(h.sessions[1].helo, "x");
	assert_true(h.sessions[1].encrypted);
}

static void session_keeps_so_much_of_a_name_and_no_more(void **state)
{
	char line[600] = "c:EHLO ";

	(void)state;
	memset(line + 7, 'y', 500);
	PLAY(GREETING, line, "s:250 ok", QUIT);
	assert_int_equal(only()->helo_len, SESSION_HELO_SIZE - 1);
	assert_int_equal(strlen(only()->helo), SESSION_HELO_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_counts_what_was_taken_and_refused),
		cmocka_unit_test(
			session_has_its_signs_and_its_login_as_the_policy_says),
		cmocka_unit_test(session_begins_anew_with_each_dialogue),
		cmocka_unit_test(session_keeps_so_much_of_a_name_and_no_more),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
