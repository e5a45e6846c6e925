/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * letters: what the protocols of mailboxes have in common.  They are followed
 * up to the login: whoever got in reads mail, and that is nobody's business.
 */
#include <string.h>
#include <strings.h>

#include "sensors/dialogue/inside.h"

/* More than any name, mailbox or answer before a login needs. */
#define LITERAL_MAX 65536u
#define LINE_MAX    8192u

/* A literal's bytes are passed over, unless a login stands in them. */
static void literal_end(struct dialogue *d)
{
	struct letters *l = &d->letters;

	if (l->name_next)
		sasl_name(d, d->client_line, d->client.kept);
	else if (l->answer_next)
		sasl_said(d, d->client_line, d->client.kept);
	if (l->name_next || l->answer_next) {
		explicit_bzero(d->client_line, sizeof(d->client_line));
		gather_reset(&d->client);
	}
	l->name_next = l->answer_next = false;
}

static void keep_literal(struct dialogue *d, const uint8_t *bytes, size_t len)
{
	size_t room = CLIENT_LINE - d->client.kept;
	size_t n = len < room ? len : room;

	memcpy(d->client_line + d->client.kept, bytes, n);
	d->client.kept = (uint16_t)(d->client.kept + n);
}

size_t letters_literal(struct dialogue *d, enum side side, const uint8_t *bytes,
		       size_t len)
{
	struct letters *l = &d->letters;
	size_t n;

	if (side == SIDE_CLIENT && !l->greeted && !d->midstream)
		l->early = true;
	if (l->literal[side] > 0) {
		n = len < l->literal[side] ? len : (size_t)l->literal[side];
		if (side == SIDE_CLIENT && (l->name_next || l->answer_next))
			keep_literal(d, bytes, n);
		l->literal[side] -= n;
		if (side == SIDE_CLIENT && l->literal[side] == 0)
			literal_end(d);
		return n;
	}
	if (side == SIDE_SERVER || d->client.len > 0 ||
	    (l->stage != LETTERS_TLS_WAIT && !d->smtp.lost))
		return 0;
	/* After a gap STARTTLS and its verdict may be what was not seen. */
	if (*bytes == 0x16) {
		tls_begin(d, false);
		return d->tongue->said(d, side, bytes, len);
	}
	if (!d->smtp.lost)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 1,
			   "command behind STARTTLS");
	return 0;
}

void letters_open_literal(struct dialogue *d, enum side side,
			  const struct line *line)
{
	size_t end = line->len;
	uint64_t size = 0, scale = 1;

	/* A line that was cut has no end to look at. */
	if (line->len != line->whole || end < 3 || line->text[end - 1] != '}')
		return;
	end--;
	if (line->text[end - 1] == '+')
		end--;
	while (end > 0 && line->text[end - 1] >= '0' &&
	       line->text[end - 1] <= '9') {
		if (scale <= 1000000000000u) {
			size += (line->text[end - 1] - (unsigned)'0') * scale;
			scale *= 10;
		} else {
			size = UINT64_MAX / 2;
		}
		end--;
	}
	if (end == 0 || line->text[end - 1] != '{')
		return;
	if (side == SIDE_CLIENT && size > LITERAL_MAX && !d->smtp.lost) {
		blame_once(d, SIGN_PROTOCOL_ABUSE, 2,
			   "literal of more than %u bytes before the login",
			   LITERAL_MAX);
		d->tongue = &tongue_mute;
	}
	d->letters.literal[side] = size;
}

void letters_greet(struct dialogue *d, const struct line *line)
{
	struct letters *l = &d->letters;

	if (l->greeted || d->midstream)
		return;
	l->greeted = true;
	if (l->early && !d->gap[SIDE_SERVER] && !d->unordered)
		blame_once(d, SIGN_EARLY_TALK, 2, "spoke before the greeting");
	banner_check(d, line->text, line->len, "greeting");
}

void letters_unknown(struct dialogue *d)
{
	uint32_t limit = d->pool->config.unknown_verbs;

	if (d->letters.unknown < UINT16_MAX)
		d->letters.unknown++;
	if (limit && d->letters.unknown >= limit && !d->smtp.lost)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 2,
			   "%u commands that were not understood", limit);
}

size_t letters_line(struct dialogue *d, enum side side, const uint8_t *bytes,
		    size_t len, struct line *line, bool *done)
{
	struct line open = { .text = d->client_line };
	size_t n;

	if (side == SIDE_SERVER) {
		n = gather_take(&d->server, d->server_line, SERVER_LINE, bytes,
				len, d->now_ns, line, done);
		if (*done)
			minutes_server(d, line);
		return n;
	}
	n = gather_take(&d->client, d->client_line, CLIENT_LINE, bytes, len,
			d->now_ns, line, done);
	if (*done) {
		minutes_client(d, line, d->letters.stage == LETTERS_AUTH);
		d->pool->stats.commands++;
		sound_check(d, line, LINE_MAX);
	} else {
		open.whole = d->client.len;
		sound_check_length(d, &open, LINE_MAX);
	}
	return n;
}

void letters_passed(struct dialogue *d)
{
	sasl_passed(d);
	d->tongue = &tongue_mute;
}

void letters_gap(struct dialogue *d, enum side side, uint64_t missing)
{
	struct letters *l = &d->letters;

	l->greeted = true;
	if (missing < l->literal[side]) {
		l->literal[side] -= missing;
		return;
	}
	l->literal[side] = 0;
	l->name_next = l->answer_next = false;
	gather_reset(side == SIDE_CLIENT ? &d->client : &d->server);
	d->smtp.lost = true;
	d->smtp.queue_len = 0;
	if (side == SIDE_SERVER && l->stage == LETTERS_AUTH)
		l->stage = LETTERS_COMMAND;
}

void letters_end(struct dialogue *d, enum dialogue_end_reason reason)
{
	struct line rest = {
		.text = d->client_line,
		.len = d->client.kept,
		.whole = d->client.len,
		.start_ns = d->client.start_ns,
	};

	(void)reason;
	if (d->client.len == 0 || rest.len == 0)
		return;
	sound_trim(&rest);
	sound_check(d, &rest, LINE_MAX);
}

const uint8_t *letters_word(const uint8_t *at, const uint8_t *end,
			    struct word *out)
{
	while (at < end && *at == ' ')
		at++;
	out->at = at;
	if (at < end && *at == '"') {
		out->at = ++at;
		while (at < end && *at != '"')
			at += *at == '\\' && end - at > 1 ? 2 : 1;
		out->len = (size_t)(at - out->at);
		return at < end ? at + 1 : at;
	}
	while (at < end && *at != ' ')
		at++;
	out->len = (size_t)(at - out->at);
	return at;
}

bool word_is(const struct word *word, const char *text)
{
	return strlen(text) == word->len &&
	       strncasecmp(text, (const char *)word->at, word->len) == 0;
}
