/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "sensors/dialogue.h"
#include "tests/support/test.h"

#define SECRET	"c2VjcmV0"
#define PLAIN_C "C: AUTH PLAIN c2VjcmV0"

struct seen {
	struct dialogue_pool *pool;
	char text[DIALOGUE_MINUTES_SIZE];
	unsigned int events;
};

static void sink(void *arg, const struct event *event)
{
	struct seen *s = arg;

	(void)event;
	s->events++;
	assert_true(dialogue_minutes(s->pool, s->text, sizeof(s->text)) > 0);
	assert_null(strstr(s->text, SECRET));
	assert_null(strstr(s->text, "hunter2"));
}

static void begin(struct seen *s)
{
	struct dialogue_config config;

	dialogue_config_init(&config);
	*s = (struct seen){ .events = 0 };
	s->pool = dialogue_pool_new(&config, 4, sink, s);
	assert_non_null(s->pool);
}

/* TALK: lines, "C: " or "S: " before each. */
static void hold(struct seen *s, uint16_t port, const char *const *talk)
{
	struct dialogue_place place = {
		.server = DIALOGUE_SERVER_NONE,
		.client_port = 40000,
		.target_port = port,
		.proof_so_far = PROOF_HANDSHAKE,
	};
	uint64_t now_ns = 1800000000ull * 1000000000u;
	struct dialogue *d;
	char line[600];

	assert_int_equal(prefix_parse(&place.client, "203.0.113.9", 11), 0);
	assert_int_equal(prefix_parse(&place.target, "192.0.2.25", 10), 0);
	place.begun_ns = now_ns;
	d = dialogue_new(s->pool, &place, false);
	assert_non_null(d);
	for (; *talk; talk++) {
		int len = snprintf(line, sizeof(line), "%s\r\n", *talk + 3);

		now_ns += 1000000;
		dialogue_data(d, **talk == 'C' ? SIDE_CLIENT : SIDE_SERVER,
			      (const uint8_t *)line, (size_t)len, now_ns);
	}
	dialogue_end(d, DIALOGUE_END_FIN, now_ns);
	dialogue_free(d);
}

static void has(const struct seen *s, const char *line)
{
	const char *at = strstr(s->text, line);

	if (!at || (at > s->text && at[-1] != '\n'))
		fail_msg("no \"%s\" in:\n%s", line, s->text);
}

static void minutes_of_smtp_hold_commands_and_no_secret(void **state)
{
	static const char *const talk[] = {
		"S: 220 mx",
		"C: EHLO a.example",
		"S: 250-mx",
		"S: 250 AUTH PLAIN LOGIN",
		"C: AUTH LOGIN",
		"S: 334 VXNlcm5hbWU6",
		"C: c2VjcmV0",
		"S: 334 UGFzc3dvcmQ6",
		"C: c2VjcmV0",
		"S: 535 no",
		PLAIN_C,
		"S: 535 no",
		NULL,
	};
	struct seen s;

	(void)state;
	begin(&s);
	hold(&s, 25, talk);
	assert_true(s.events >= 2);
	has(&s, "client ");
	has(&s, "S: 220 mx\n");
	has(&s, "C: EHLO a.example\n");
	has(&s, "C: AUTH LOGIN\n");
	has(&s, "S: 334 (13 bytes left out)\n");
	has(&s, "C: (8 bytes left out)\n");
	has(&s, "C: AUTH PLAIN (9 bytes left out)\n");
	has(&s, "S: 535 no\n");
	dialogue_pool_free(s.pool);
}

static void
minutes_leave_out_what_nobody_knows_and_what_repeats_it(void **state)
{
	static const char *const talk[] = {
		"S: 220 mx",
		"C: EHLO a",
		"S: 250 AUTH LOGIN",
		"C: hunter2",
		"S: 500 what is hunter2?",
		PLAIN_C,
		"S: 535 no",
		NULL,
	};
	struct seen s;

	(void)state;
	begin(&s);
	hold(&s, 25, talk);
	assert_true(s.events > 0);
	has(&s, "C: (7 bytes left out)\n");
	has(&s, "S: 500 (17 bytes left out)\n");
	dialogue_pool_free(s.pool);
}

static void minutes_of_letters_hold_words_alone(void **state)
{
	static const char *const imap[] = {
		"S: * OK imap",
		"C: a1 LOGIN joe hunter2",
		"S: a1 NO no",
		NULL,
	};
	static const char *const pop3[] = {
		"S: +OK pop",	   "C: USER joe", "S: +OK",
		"C: PASS hunter2", "S: -ERR no",  NULL,
	};
	struct seen s;

	(void)state;
	begin(&s);
	hold(&s, 143, imap);
	assert_int_equal(s.events, 1);
	has(&s, "C: LOGIN (12 bytes left out)\n");
	has(&s, "S: a1 NO no\n");
	hold(&s, 110, pop3);
	assert_int_equal(s.events, 2);
	has(&s, "C: USER (4 bytes left out)\n");
	has(&s, "C: PASS (8 bytes left out)\n");
	assert_null(strstr(s.text, "LOGIN"));
	dialogue_pool_free(s.pool);
}

static void minutes_keep_the_last_lines(void **state)
{
	const char *talk[70] = { "S: 220 mx", "C: EHLO a",
				 "S: 250 AUTH PLAIN" };
	char commands[30][64];
	struct seen s;

	(void)state;
	for (int i = 0; i < 30; i++) {
		snprintf(commands[i], sizeof(commands[i]),
			 "C: NOOP %02d and so on, and so on, and so on", i);
		talk[3 + 2 * i] = commands[i];
		talk[4 + 2 * i] = "S: 250 fine";
	}
	talk[63] = PLAIN_C;
	talk[64] = "S: 535 no";
	begin(&s);
	hold(&s, 25, talk);
	assert_true(s.events > 0);
	has(&s, "C: NOOP 29 and so on, and so on, and so on\n");
	assert_null(strstr(s.text, "NOOP 00"));
	assert_null(strstr(s.text, "EHLO"));
	dialogue_pool_free(s.pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minutes_of_smtp_hold_commands_and_no_secret),
		cmocka_unit_test(
			minutes_leave_out_what_nobody_knows_and_what_repeats_it),
		cmocka_unit_test(minutes_of_letters_hold_words_alone),
		cmocka_unit_test(minutes_keep_the_last_lines),
	};

	return cmocka_run_group_tests_name("minutes", tests, NULL, NULL);
}
