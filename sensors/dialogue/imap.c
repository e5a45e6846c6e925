/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * imap: IMAP (RFC 9051, RFC 3501) up to the login.  Verdicts find their
 * commands by tags.
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

static void on_login(struct dialogue *d, uint64_t tag, const uint8_t *at,
		     const uint8_t *end)
{
	struct word name;

	d->letters.tag = tag;
	sasl_begin(d, MECHANISM_PASSWORD);
	letters_word(at, end, &name);
	if (name.len > 0 && *name.at == '{')
		d->letters.name_next = d->letters.literal[SIDE_CLIENT] > 0;
	else
		sasl_name(d, name.at, name.len);
}

static void on_authenticate(struct dialogue *d, uint64_t tag, const uint8_t *at,
			    const uint8_t *end)
{
	struct word mechanism, answer;

	d->letters.tag = tag;
	d->letters.stage = LETTERS_AUTH;
	at = letters_word(at, end, &mechanism);
	sasl_begin(d, sasl_mechanism(mechanism.at, mechanism.len));
	letters_word(at, end, &answer);
	if (answer.len > 0 && *answer.at == '{')
		d->letters.answer_next = d->letters.literal[SIDE_CLIENT] > 0;
	else
		sasl_said(d, answer.at, answer.len);
}

static void on_command(struct dialogue *d, const struct line *line)
{
	const uint8_t *at = line->text, *end = line->text + line->len;
	struct word tag, verb;
	uint64_t hash;

	letters_open_literal(d, SIDE_CLIENT, line);
	if (sound_is_foreign(d, line))
		return;
	at = letters_word(at, end, &tag);
	at = letters_word(at, end, &verb);
	hash = pool_hash(d->pool, tag.at, tag.len);
	if (word_is(&verb, "LOGIN")) {
		on_login(d, hash, at, end);
	} else if (word_is(&verb, "AUTHENTICATE")) {
		on_authenticate(d, hash, at, end);
	} else if (word_is(&verb, "STARTTLS")) {
		d->letters.tls_tag = hash;
		d->letters.stage = LETTERS_TLS_WAIT;
	}
}

static void on_verdict(struct dialogue *d, uint64_t tag,
		       const struct word *verdict, const struct line *line)
{
	struct letters *l = &d->letters;

	if (word_is(verdict, "BAD"))
		letters_unknown(d);
	if (tag == l->tls_tag && l->stage == LETTERS_TLS_WAIT) {
		if (word_is(verdict, "OK"))
			tls_begin(d, false);
		else
			l->stage = LETTERS_COMMAND;
		return;
	}
	if (tag != l->tag || l->tag == 0)
		return;
	l->tag = 0;
	l->stage = LETTERS_COMMAND;
	if (word_is(verdict, "OK"))
		letters_passed(d);
	/* RFC 5530: it may be the server's own trouble. */
	else if (word_is(verdict, "NO") &&
		 !memmem(line->text, line->len, "[UNAVAILABLE]", 13) &&
		 !memmem(line->text, line->len, "[PRIVACYREQUIRED]", 17))
		sasl_failed(d);
}

static void on_reply(struct dialogue *d, const struct line *line)
{
	const uint8_t *at = line->text, *end = line->text + line->len;
	struct word tag, verdict;

	letters_open_literal(d, SIDE_SERVER, line);
	letters_greet(d, line);
	at = letters_word(at, end, &tag);
	letters_word(at, end, &verdict);
	if (word_is(&tag, "*")) {
		if (word_is(&verdict, "BAD"))
			letters_unknown(d);
		return;
	}
	if (word_is(&tag, "+"))
		return;
	on_verdict(d, pool_hash(d->pool, tag.at, tag.len), &verdict, line);
}

static size_t imap_said(struct dialogue *d, enum side side,
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

const struct tongue tongue_imap = {
	.name = "imap",
	.said = imap_said,
	.gap = letters_gap,
	.end = letters_end,
};
