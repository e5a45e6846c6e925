/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sieve: ManageSieve (RFC 5804) up to the login.
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

static void on_authenticate(struct dialogue *d, const uint8_t *at,
			    const uint8_t *end)
{
	struct word mechanism, answer;

	smtp_expect(d, VERB_AUTH, WHOSE_OWN);
	d->letters.stage = LETTERS_AUTH;
	at = letters_word(at, end, &mechanism);
	sasl_begin(d, sasl_mechanism(mechanism.at, mechanism.len));
	letters_word(at, end, &answer);
	if (answer.len > 0 && *answer.at == '{')
		d->letters.answer_next = d->letters.literal[SIDE_CLIENT] > 0;
	else
		sasl_said(d, answer.at, answer.len);
}

/* What a client says to a challenge: a string, quoted or as a literal. */
static void on_answer(struct dialogue *d, const struct line *line)
{
	struct word answer;

	letters_word(line->text, line->text + line->len, &answer);
	if (answer.len > 0 && *answer.at == '{')
		d->letters.answer_next = d->letters.literal[SIDE_CLIENT] > 0;
	else
		sasl_said(d, answer.at, answer.len);
	explicit_bzero(d->client_line, sizeof(d->client_line));
}

static void on_line(struct dialogue *d, const struct line *line)
{
	const uint8_t *at = line->text, *end = line->text + line->len;
	struct word verb;

	letters_open_literal(d, SIDE_CLIENT, line);
	if (d->letters.stage == LETTERS_AUTH) {
		on_answer(d, line);
		return;
	}
	at = letters_word(at, end, &verb);
	if (word_is(&verb, "AUTHENTICATE")) {
		on_authenticate(d, at, end);
	} else if (word_is(&verb, "STARTTLS")) {
		d->letters.stage = LETTERS_TLS_WAIT;
		smtp_expect(d, VERB_STARTTLS, WHOSE_OWN);
	} else if (verb.len > 0) {
		(void)sound_is_foreign(d, line);
		smtp_expect(d, VERB_OTHER, WHOSE_OWN);
	}
}

static void on_verdict(struct dialogue *d, bool good)
{
	enum verb verb = smtp_match(d, false);

	if (verb == VERB_AUTH) {
		d->letters.stage = LETTERS_COMMAND;
		if (good)
			letters_passed(d);
		else
			sasl_failed(d);
	} else if (verb == VERB_STARTTLS) {
		d->letters.stage = LETTERS_COMMAND;
		if (good)
			tls_begin(d, false);
	} else if (verb == VERB_OTHER && !good) {
		letters_unknown(d);
	}
}

/* The greeting is a list of capabilities and an OK of its own. */
static void on_reply(struct dialogue *d, const struct line *line)
{
	bool greeting = !d->letters.greeted && !d->midstream;

	letters_open_literal(d, SIDE_SERVER, line);
	if (greeting && !line_begins(line, "OK")) {
		if (line_begins(line, "\"IMPLEMENTATION\""))
			banner_check(d, line->text, line->len, "greeting");
		return;
	}
	letters_greet(d, line);
	if (greeting)
		return;
	if (line_begins(line, "OK"))
		on_verdict(d, true);
	else if (line_begins(line, "NO"))
		on_verdict(d, false);
}

static size_t sieve_said(struct dialogue *d, enum side side,
			 const uint8_t *bytes, size_t len)
{
	size_t n = letters_literal(d, side, bytes, len);
	struct line line;
	bool done;

	if (n > 0)
		return n;
	n = letters_line(d, side, bytes, len, &line, &done);
	if (done && side == SIDE_SERVER)
		on_reply(d, &line);
	else if (done)
		on_line(d, &line);
	return n;
}

const struct tongue tongue_sieve = {
	.name = "sieve",
	.said = sieve_said,
	.gap = letters_gap,
	.end = letters_end,
};
