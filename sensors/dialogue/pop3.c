/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pop3: POP3 (RFC 1939, 2449, 2595, 5034) up to the login.
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

static void on_auth(struct dialogue *d, const uint8_t *at, const uint8_t *end)
{
	struct word mechanism, answer;

	at = letters_word(at, end, &mechanism);
	/* Without a mechanism it asks which there are (RFC 1734). */
	if (mechanism.len == 0) {
		smtp_expect(d, VERB_OTHER, WHOSE_OWN);
		return;
	}
	smtp_expect(d, VERB_AUTH, WHOSE_OWN);
	d->letters.stage = LETTERS_AUTH;
	sasl_begin(d, sasl_mechanism(mechanism.at, mechanism.len));
	letters_word(at, end, &answer);
	sasl_said(d, answer.at, answer.len);
}

static void on_command(struct dialogue *d, const struct line *line)
{
	const uint8_t *at = line->text, *end = line->text + line->len;
	struct word verb, name;

	at = letters_word(at, end, &verb);
	if (word_is(&verb, "USER")) {
		sasl_begin(d, MECHANISM_PASSWORD);
		while (at < end && *at == ' ')
			at++;
		sasl_name(d, at, (size_t)(end - at));
		smtp_expect(d, VERB_MAIL, WHOSE_OWN);
	} else if (word_is(&verb, "PASS")) {
		smtp_expect(d, VERB_AUTH, WHOSE_OWN);
		explicit_bzero(d->client_line, sizeof(d->client_line));
	} else if (word_is(&verb, "APOP")) {
		sasl_begin(d, MECHANISM_CRAM);
		letters_word(at, end, &name);
		sasl_name(d, name.at, name.len);
		smtp_expect(d, VERB_AUTH, WHOSE_OWN);
	} else if (word_is(&verb, "AUTH")) {
		on_auth(d, at, end);
	} else if (word_is(&verb, "STLS")) {
		d->letters.stage = LETTERS_TLS_WAIT;
		smtp_expect(d, VERB_STARTTLS, WHOSE_OWN);
	} else {
		(void)sound_is_foreign(d, line);
		smtp_expect(d, VERB_OTHER, WHOSE_OWN);
	}
}

static bool is_server_trouble(const struct line *line)
{
	return memmem(line->text, line->len, "[SYS/", 5) ||
	       memmem(line->text, line->len, "[IN-USE]", 8) ||
	       memmem(line->text, line->len, "[LOGIN-DELAY]", 13);
}

static void on_verdict(struct dialogue *d, bool good, const struct line *line)
{
	enum verb verb = smtp_match(d, false);

	if (verb == VERB_AUTH) {
		d->letters.stage = LETTERS_COMMAND;
		if (good)
			letters_passed(d);
		else if (!is_server_trouble(line))
			sasl_failed(d);
	} else if (verb == VERB_STARTTLS) {
		d->letters.stage = LETTERS_COMMAND;
		if (good)
			tls_begin(d, false);
	} else if (verb == VERB_OTHER && !good) {
		letters_unknown(d);
	}
}

/* Lines of a listing begin with neither: only verdicts count. */
static void on_reply(struct dialogue *d, const struct line *line)
{
	bool greeting = !d->letters.greeted && !d->midstream;

	letters_greet(d, line);
	if (greeting)
		return;
	if (line_begins(line, "+OK"))
		on_verdict(d, true, line);
	else if (line_begins(line, "-ERR"))
		on_verdict(d, false, line);
}

static size_t pop3_said(struct dialogue *d, enum side side,
			const uint8_t *bytes, size_t len)
{
	size_t n = letters_literal(d, side, bytes, len);
	struct line line;
	bool done;

	if (n > 0)
		return n;
	n = letters_line(d, side, bytes, len, &line, &done);
	if (!done)
		return n;
	if (side == SIDE_SERVER) {
		on_reply(d, &line);
	} else if (d->letters.stage == LETTERS_AUTH) {
		sasl_said(d, line.text, line.len);
		explicit_bzero(d->client_line, sizeof(d->client_line));
	} else {
		on_command(d, &line);
	}
	return n;
}

const struct tongue tongue_pop3 = {
	.name = "pop3",
	.said = pop3_said,
	.gap = letters_gap,
	.end = letters_end,
};
