/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/test.h"

#include "tests/support/smtptalk.h"

static struct heard h;

static void smtp_tells_of_a_wrong_password_but_not_of_the_password(void **state)
{
	(void)state;
	/* name "alice@example.org", password "sesame" */
	PLAY_AS(&((struct setting){ .port = 587, .names = LOGIN_NAMES_SHOWN }),
		GREETING, EHLO,
		"c:AUTH PLAIN AGFsaWNlQGV4YW1wbGUub3JnAHNlc2FtZQ==",
		"s:535 5.7.8 authentication failed", QUIT);
	assert_int_equal(heard_count(&h, SIGN_AUTH_FAILURE), 1);
	assert_string_equal(heard_first(&h, SIGN_AUTH_FAILURE)->text,
			    "login refused, account alice@example.org");
	for (size_t i = 0; i < h.count; i++)
		assert_null(strstr(h.events[i].text, "sesame"));
	assert_int_equal(heard_first(&h, SIGN_AUTH_FAILURE)->culprit,
			 CULPRIT_SOURCE);
	assert_int_equal(heard_first(&h, SIGN_AUTH_FAILURE)->proof,
			 PROOF_DIALOGUE);
}

static void smtp_reads_names_in_every_mechanism(void **state)
{
	/* Each is "alice" with a secret that is "sesame" or made of it. */
	static const char *const logins[][4] = {
		{ "c:AUTH LOGIN", "s:334 VXNlcm5hbWU6",
		  "c:YWxpY2U=", "s:334 UGFzc3dvcmQ6" },
		{ "c:AUTH LOGIN YWxpY2U=", "s:334 UGFzc3dvcmQ6", "+1", "+1" },
		{ "c:AUTH PLAIN", "s:334 ", "+1", "+1" },
		{ "c:AUTH CRAM-MD5", "s:334 PDEuMkBteD4=", "+1", "+1" },
		{ "c:auth xoauth2 "
		  "dXNlcj1hbGljZQFhdXRoPUJlYXJlciBzZXNhbWUBAQ==",
		  "s:334 e30=", "+1", "+1" },
	};
	static const char *const last[] = {
		"c:c2VzYW1l", "c:c2VzYW1l", "c:AGFsaWNlAHNlc2FtZQ==",
		"c:YWxpY2UgMDEyMzQ1Njc4OWFiY2RlZg==", "c:"
	};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		PLAY_AS(&((struct setting){ .names = LOGIN_NAMES_SHOWN }),
			GREETING, EHLO, logins[i][0], logins[i][1],
			logins[i][2], logins[i][3], last[i], "s:535 5.7.8 no");
		assert_int_equal(heard_count(&h, SIGN_AUTH_FAILURE), 1);
		assert_string_equal(heard_first(&h, SIGN_AUTH_FAILURE)->text,
				    "login refused, account alice");
	}
}

static void smtp_hides_names_unless_asked_to_show_them(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, "c:AUTH LOGIN YWxpY2U=", "s:334 UGFzc3dvcmQ6",
	     "c:c2VzYW1l", "s:535 no");
	assert_null(strstr(h.events[0].text, "alice"));
	assert_non_null(strstr(h.events[0].text, "account #"));
}

static void smtp_warns_of_logins_in_clear_and_blames_nobody(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, "c:AUTH LOGIN cm9vdA==", "s:334 UGFzc3dvcmQ6",
	     "c:c2VzYW1l", "s:235 welcome");
	assert_int_equal(heard_count(&h, SIGN_CLEARTEXT_LOGIN), 1);
	assert_int_equal(heard_count(&h, SIGN_DEFAULT_ACCOUNT), 1);
	for (size_t i = 0; i < h.count; i++)
		assert_int_equal(h.events[i].culprit, CULPRIT_NONE);
}

static void smtp_sees_a_guess_from_many_sources(void **state)
{
#define TRY                                                                \
	"s:220 mx", EHLO, "c:AUTH LOGIN YWxpY2U=", "s:334 ", "c:c2VzYW1l", \
		"s:535 no"
	(void)state;
	PLAY("@1", TRY, "@2", TRY, "@3", TRY, "@4", TRY);
	assert_int_equal(heard_count(&h, SIGN_DISTRIBUTED_GUESS), 0);
	PLAY("@1", TRY, "@2", TRY, "@3", TRY, "@4", TRY, "@5", TRY, "@5", TRY);
	assert_int_equal(heard_count(&h, SIGN_AUTH_FAILURE), 6);
	assert_int_equal(heard_count(&h, SIGN_DISTRIBUTED_GUESS), 2);
}

static void smtp_counts_refused_recipients_once_they_are_a_habit(void **state)
{
#define NOBODY "c:RCPT TO:<nobody@example.org>", "s:550 5.1.1 unknown"
	(void)state;
	PLAY(GREETING, EHLO, MAIL, RCPT, NOBODY, NOBODY, QUIT);
	assert_int_equal(h.count, 0);
	PLAY(GREETING, EHLO, MAIL, RCPT, NOBODY, NOBODY, NOBODY, NOBODY, QUIT);
	assert_int_equal(heard_count(&h, SIGN_RECIPIENT_HARVEST), 4);
	assert_string_equal(heard_first(&h, SIGN_RECIPIENT_HARVEST)->text,
			    "3 of 4 recipients are unknown");
	/* Who mostly writes to people that exist is no harvester. */
	PLAY(GREETING, EHLO, MAIL, RCPT, RCPT, RCPT, RCPT, RCPT, NOBODY, NOBODY,
	     NOBODY, NOBODY);
	assert_int_equal(h.count, 0);
	/* Refused for what it is, not for whom it asks. */
	PLAY(GREETING, EHLO, MAIL, "c:RCPT TO:<b@example.org>",
	     "s:550 5.7.1 blocked", "c:RCPT TO:<b@example.org>",
	     "s:550 5.7.1 blocked", "c:RCPT TO:<b@example.org>",
	     "s:550 5.7.1 blocked");
	assert_int_equal(h.count, 0);
}

static void smtp_counts_a_harvest_of_a_whole_subnet(void **state)
{
#define TWO(n) "@" #n, GREETING, EHLO, MAIL, NOBODY, NOBODY
	(void)state;
	PLAY(TWO(1), TWO(2), TWO(3));
	assert_int_equal(h.count, 0);
	PLAY(TWO(1), TWO(2), TWO(3), TWO(4), TWO(5));
	assert_int_equal(heard_count(&h, SIGN_RECIPIENT_HARVEST), 4);
}

static void smtp_tells_of_probes_from_the_second_on(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, "c:VRFY alice", "s:252 try it",
	     "c:VRFY postmaster", "s:252 try it",
	     "c:VRFY <postmaster@example.org>", "s:252 yes");
	assert_int_equal(h.count, 0);
	/* One an hour is no habit. */
	PLAY(GREETING, EHLO, "c:VRFY alice", "s:252 try it", QUIT, "+3700000",
	     "@9", GREETING, EHLO, "c:VRFY bob", "s:252 try it");
	assert_int_equal(h.count, 0);
	PLAY(GREETING, EHLO, "c:VRFY alice", "s:550 no", "c:EXPN staff",
	     "s:550 no", "c:VRFY bob", "s:250 bob@example.org");
	assert_int_equal(heard_count(&h, SIGN_USER_PROBE), 3);
	assert_int_equal(heard_count(&h, SIGN_USER_DISCLOSED), 1);
	assert_int_equal(heard_first(&h, SIGN_USER_DISCLOSED)->culprit,
			 CULPRIT_NONE);
}

static void smtp_sees_our_domain_come_from_outside(void **state)
{
	(void)state;
	PLAY(GREETING, EHLO, "c:MAIL FROM:<boss@example.org>", "s:250 ok", RCPT,
	     QUIT);
	assert_int_equal(heard_count(&h, SIGN_SENDER_SPOOF), 1);
	assert_int_equal(h.events[0].severity, 2);
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA,
	     "c:From: \"The boss, Ltd.\" <boss@example.org>", "c:", "c:pay",
	     "c:.", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_SENDER_SPOOF), 1);
	assert_int_equal(h.events[0].severity, 3);
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA,
	     "c:From: b@y.example, \"x, y\" <c@y.example>, boss@example.org",
	     "c:", "c:pay", "c:.", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_SENDER_SPOOF), 1);
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA,
	     "c:From: \"x, boss@example.org\" (, boss@example.org,) <c@y.net>",
	     "c:", "c:pay", "c:.", "s:250 ok");
	assert_int_equal(h.count, 0);
	/* Whoever has logged in is one of us. */
	PLAY(GREETING, EHLO, "c:AUTH CRAM-MD5", "s:334 PDFAbXg+",
	     "c:Ym9zcyAwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==",
	     "s:235 welcome", "c:MAIL FROM:<boss@example.org>", "s:250 ok",
	     RCPT, DATA, "c:From: boss@example.org", "c:", "c:pay", "c:.",
	     "s:250 ok", MAIL, RCPT, DATA, "c:From: boss@example.org",
	     "c:", "c:pay", "c:.", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_SENDER_SPOOF), 0);
	PLAY_AS(&((struct setting){ .no_domains = true }), GREETING, EHLO,
		"c:MAIL FROM:<boss@example.org>", "s:250 ok",
		"c:RCPT TO:<x@elsewhere.example>", "s:250 ok");
	assert_int_equal(h.count, 0);
}

static void smtp_watches_what_we_send_out(void **state)
{
	static const struct setting out = { .inside = true };
	struct config *config = config_new();
	struct setting declared = { .inside = true, .config = config };

	(void)state;
	assert_non_null(config);
	/* No declared server has that address: it is outside. */
	PLAY_AS(&declared, GREETING, EHLO, "c:MAIL FROM:<a@example.org>",
		"s:250 ok", "c:RCPT TO:<x@elsewhere.example>", "s:250 ok", DATA,
		"c:From: a@example.org", "c:", "c:hi", "c:.", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_UNDECLARED_SENDER), 1);
	assert_int_equal(h.count, 1);
	config_free(config);
	PLAY_AS(&out, GREETING, EHLO, "c:MAIL FROM:<x@elsewhere.example>",
		"s:250 ok", "c:RCPT TO:<y@elsewhere.example>", "s:250 ok", DATA,
		"c:", "c:.", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_FOREIGN_SENDER), 1);
	PLAY_AS(&out, GREETING, EHLO, "c:MAIL FROM:<a@example.org>", "s:250 ok",
		"c:RCPT TO:<b@example.org>", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_INTERNAL_LEAK), 1);
	PLAY_AS(&out, GREETING, EHLO, "c:MAIL FROM:<>", "s:250 ok",
		"c:RCPT TO:<x@elsewhere.example>", "s:250 ok", DATA,
		"c:From: mailer@example.org",
		"c:Content-Type: multipart/report;"
		" report-type=delivery-status; boundary=b",
		"c:", "c:--b", "c:Content-Type: message/delivery-status",
		"c:", "c:Action: failed", "c:Status: 5.1.1", "c:--b--", "c:.",
		"s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_BOUNCE_SENT), 1);
	assert_non_null(strstr(h.events[0].text, "notice 5.1.1, 1 to"));
	PLAY_AS(&out, GREETING, EHLO, "c:MAIL FROM:<a@example.org>", "s:250 ok",
		"c:RCPT TO:<x@elsewhere.example>", "s:250 ok", DATA,
		"c:From: a@example.org", "c:Auto-Submitted: auto-replied",
		"c:", "c:away", "c:.", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_AUTO_REPLY), 1);
	for (size_t i = 0; i < h.count; i++)
		assert_int_equal(h.events[i].culprit, CULPRIT_NONE);
	assert_int_equal(h.events[0].source_port, 25);
}

static void smtp_does_as_the_configuration_says(void **state)
{
	struct config *config = config_new();
	struct setting setting = { .config = config, .no_domains = true };

	(void)state;
	assert_non_null(config);
	config->server_count = 1;
	config->servers[0].domain_count = 1;
	strcpy(config->servers[0].domains[0], "example.org");
	strcpy(config->mail.dangerous[0], "xyz");
	config->mail.dangerous_count = 1;
	strcpy(config->mail.harmless[0], "exe");
	config->mail.harmless_count = 1;
	config->mail.login_names = LOGIN_NAMES_HIDDEN;
	config->policy.signs[SIGN_RELAY_ATTEMPT].from = 3;
	PLAY_AS(&setting, GREETING, EHLO, MAIL, RCPT, DATA,
		"c:Content-Type: a/b; name=x.exe", "c:", "c:.", "s:250 ok");
	assert_int_equal(h.count, 0);
	PLAY_AS(&setting, GREETING, EHLO, MAIL, RCPT, DATA,
		"c:Content-Type: a/b; name=x.xyz", "c:", "c:.", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_DANGEROUS_ATTACHMENT), 1);
	PLAY_AS(&setting, GREETING, EHLO, "c:AUTH LOGIN YWxpY2U=", "s:334 ",
		"c:c2VzYW1l", "s:535 no");
	assert_string_equal(h.events[0].text, "login refused");
#define ELSEWHERE "c:RCPT TO:<x@elsewhere.example>", "s:550 no"
	PLAY_AS(&setting, GREETING, EHLO, MAIL, ELSEWHERE, ELSEWHERE);
	assert_int_equal(h.count, 0);
	PLAY_AS(&setting, GREETING, EHLO, MAIL, ELSEWHERE, ELSEWHERE,
		ELSEWHERE);
	assert_int_equal(heard_count(&h, SIGN_RELAY_ATTEMPT), 3);
	config_free(config);
}

static void smtp_counts_mails_without_a_sender(void **state)
{
#define BOUNCE "c:MAIL FROM:<>", "s:250 ok", RCPT, DATA, "c:", "c:.", "s:250 ok"
	(void)state;
	PLAY(GREETING, EHLO, BOUNCE, BOUNCE, BOUNCE, BOUNCE);
	assert_int_equal(h.count, 0);
	PLAY(GREETING, EHLO, BOUNCE, BOUNCE, BOUNCE, BOUNCE, BOUNCE, BOUNCE);
	assert_int_equal(heard_count(&h, SIGN_BACKSCATTER), 6);
}

static void smtp_notices_slow_and_silent_ones(void **state)
{
	(void)state;
	PLAY(GREETING, "c!EH", "+2000", "c!LO", "+4000", "c! x\r\n",
	     "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_SLOW_SESSION), 1);
	PLAY(GREETING, EHLO, "+301000", "c:NOOP", "s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_SLOW_SESSION), 1);
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c:.", "s:250 ok",
	     "+301000", "c:NOOP", "s:250 ok");
	assert_int_equal(h.count, 0);
	PLAY("gs 0", "+70000", "@8");
	assert_int_equal(h.count, 0);
	PLAY("c:EHLO x", "+70000", "@8");
	assert_int_equal(heard_count(&h, SIGN_SERVER_SILENT), 1);
}

/* A text of COUNT lines of LEN bytes, one each STEP_MS. */
static void play_text(size_t count, int len, unsigned int step_ms)
{
	static const char *lines[2048] = { GREETING, EHLO, MAIL, RCPT, DATA };
	static char step[16], line[512];
	size_t n = 0;

	while (lines[n])
		n++;
	snprintf(step, sizeof(step), "+%u", step_ms);
	snprintf(line, sizeof(line), "c!%0*d", len, 0);
	for (size_t i = 0; i < count; i++) {
		lines[n + 2 * i] = step;
		lines[n + 2 * i + 1] = line;
	}
	lines[n + 2 * count] = "c!\r\n.\r\n";
	lines[n + 2 * count + 1] = "s:250 ok";
	lines[n + 2 * count + 2] = NULL;
	heard_play(&h, NULL, lines);
	lines[n] = NULL;
}

static void smtp_notices_a_text_without_end(void **state)
{
	(void)state;
	play_text(200, 1, 4000);
	assert_int_equal(heard_count(&h, SIGN_SLOW_SESSION), 1);
	/* A slow line is none: 110 bytes a second for 800 s. */
	play_text(200, 440, 4000);
	assert_int_equal(h.count, 0);
	/* Nor is a server that takes its time. */
	PLAY(GREETING, EHLO, MAIL, RCPT, DATA, TEXT, "c:.", "+900000",
	     "s:250 ok");
	assert_int_equal(h.count, 0);
}

static void smtp_notices_who_never_speaks(void **state)
{
	(void)state;
	PLAY(GREETING, "+300000", "s:421 timeout");
	assert_int_equal(heard_count(&h, SIGN_SLOW_SESSION), 1);
	/* The next one comes when this one has gone. */
	PLAY(GREETING, "+300000", "@8");
	assert_int_equal(heard_count(&h, SIGN_SLOW_SESSION), 1);
	PLAY(GREETING, "+60000", "@8");
	assert_int_equal(h.count, 0);
	PLAY("gs 0", GREETING, "+300000", "s:421 timeout");
	assert_int_equal(h.count, 0);
}

/* LINES of COUNT dialogues, each from another host when APART. */
static void play_many(const struct setting *setting, size_t count, bool apart,
		      const char *const *each)
{
	static const char *lines[2048];
	static char hosts[256][8];
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		snprintf(hosts[i % 256], sizeof(hosts[0]), "@%zu",
			 apart ? i % 200 + 1 : 9);
		lines[n++] = hosts[i % 256];
		for (const char *const *e = each; *e; e++)
			lines[n++] = *e;
	}
	lines[n] = NULL;
	heard_play(&h, setting, lines);
}

static void smtp_notices_floods_of_a_subnet_and_of_our_own(void **state)
{
	static const struct setting out = { .inside = true };
	static const char *const greeting[] = { GREETING, NULL };
	static const char *const mail[] = { GREETING,
					    EHLO,
					    "c:MAIL FROM:<a@example.org>",
					    "s:250 ok",
					    "c:RCPT TO:<x@elsewhere.example>",
					    "s:250 ok",
					    "c!DATA\r\n",
					    "s:354 go",
					    "c!\r\n.\r\n",
					    "s:250 ok",
					    NULL };

	(void)state;
	/* The dialogue that was open before the first one counts as well. */
	play_many(NULL, 99, true, greeting);
	assert_int_equal(h.count, 0);
	play_many(NULL, 105, true, greeting);
	assert_int_equal(heard_count(&h, SIGN_FLOOD), 6);
	assert_int_equal(h.events[0].severity, 3);
	play_many(&out, 105, false, greeting);
	assert_int_equal(h.count, 0);
	heard_play(&h, &out, mail);
	assert_int_equal(h.count, 0);
}

static void smtp_notices_when_too_much_goes_out(void **state)
{
	struct config *config = config_new();
	struct setting out = { .inside = true,
			       .config = config,
			       .signs_off = 1ull << SIGN_UNDECLARED_SENDER };
	static const char *const mail[] = {
		GREETING,   "c:HELO x",
		"s:250 ok", "c:MAIL FROM:<a@example.org>",
		"s:250 ok", "c:DATA",
		"s:354 go", "c!\r\n.\r\n",
		"s:250 ok", NULL
	};

	(void)state;
	assert_non_null(config);
	config->policy.signs[SIGN_OUTBOUND_SPIKE].from = 10;
	play_many(&out, 10, false, mail);
	assert_int_equal(h.count, 0);
	play_many(&out, 11, false, mail);
	assert_int_equal(heard_count(&h, SIGN_OUTBOUND_SPIKE), 1);
	assert_int_equal(h.events[0].culprit, CULPRIT_NONE);
	config_free(config);
}

static void smtp_answers_nobody_twice_by_itself(void **state)
{
	static const struct setting out = { .inside = true };
#define AWAY                                                             \
	"c:MAIL FROM:<>", "s:250 ok", "c:RCPT TO:<x@elsewhere.example>", \
		"s:250 ok", DATA, "c:From: a@example.org",               \
		"c:Auto-Submitted: auto-replied", "c:", "c:away", "c:.", \
		"s:250 ok"
	(void)state;
	PLAY_AS(&out, GREETING, EHLO, AWAY);
	assert_int_equal(h.count, 0);
	PLAY_AS(&out, GREETING, EHLO, AWAY, AWAY);
	assert_int_equal(heard_count(&h, SIGN_AUTO_REPLY), 1);
	PLAY_AS(&out, GREETING, EHLO, "c:MAIL FROM:<>", "s:250 ok",
		"c:RCPT TO:<x@elsewhere.example>", "s:250 ok", DATA,
		"c:From: a@example.org", "c:X-Autoreply: yes", "c:", "c:.",
		"s:250 ok");
	assert_int_equal(heard_count(&h, SIGN_AUTO_REPLY), 1);
}

static void smtp_notices_floods(void **state)
{
	static const char *lines[400];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 41; i++) {
		lines[n++] = "@9";
		lines[n++] = GREETING;
	}
	/* The first one, which was never used, is a connection as well. */
	lines[n - 2] = NULL;
	heard_play(&h, NULL, lines);
	assert_int_equal(h.count, 1);
	assert_int_equal(heard_count(&h, SIGN_FLOOD), 1);
	lines[1 + 2 * 10] = "+70000";
	heard_play(&h, NULL, lines);
	assert_int_equal(h.count, 0);
}

static void smtp_names_the_block_list_that_a_source_is_on(void **state)
{
	const struct prefix drop = prefix_of("203.0.113.0/28");
	struct config *config = config_new();
	const struct setting listing = { .config = config };

	(void)state;
	snprintf(config->mail.lists[1], CONFIG_PATH_SIZE, "/lists/drop.txt");
	config->mail.list_count = 2; /* nobody is on the first */
	assert_int_equal(prefixset_add(&config->mail.listed[1], &drop), 0);
	PLAY_AS(&listing, GREETING, EHLO, QUIT, "@77", GREETING, EHLO, QUIT);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.events[0].sign, SIGN_LISTED);
	assert_int_equal(h.events[0].source.addr[3], 9);
	assert_int_equal(h.events[0].culprit, CULPRIT_SOURCE);
	assert_string_equal(h.events[0].text, "on the block list drop.txt");
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			smtp_tells_of_a_wrong_password_but_not_of_the_password),
		cmocka_unit_test(smtp_reads_names_in_every_mechanism),
		cmocka_unit_test(smtp_hides_names_unless_asked_to_show_them),
		cmocka_unit_test(
			smtp_warns_of_logins_in_clear_and_blames_nobody),
		cmocka_unit_test(smtp_sees_a_guess_from_many_sources),
		cmocka_unit_test(
			smtp_counts_refused_recipients_once_they_are_a_habit),
		cmocka_unit_test(smtp_counts_a_harvest_of_a_whole_subnet),
		cmocka_unit_test(smtp_tells_of_probes_from_the_second_on),
		cmocka_unit_test(smtp_sees_our_domain_come_from_outside),
		cmocka_unit_test(smtp_watches_what_we_send_out),
		cmocka_unit_test(smtp_does_as_the_configuration_says),
		cmocka_unit_test(smtp_counts_mails_without_a_sender),
		cmocka_unit_test(smtp_notices_slow_and_silent_ones),
		cmocka_unit_test(smtp_notices_a_text_without_end),
		cmocka_unit_test(smtp_notices_who_never_speaks),
		cmocka_unit_test(
			smtp_notices_floods_of_a_subnet_and_of_our_own),
		cmocka_unit_test(smtp_notices_when_too_much_goes_out),
		cmocka_unit_test(smtp_answers_nobody_twice_by_itself),
		cmocka_unit_test(smtp_notices_floods),
		cmocka_unit_test(smtp_names_the_block_list_that_a_source_is_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
