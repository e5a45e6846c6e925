/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smtp: what the client says (RFC 5321, 2920, 3030, 3207, 4954, 3461).
 *
 * Commands wait in a queue for their replies, so that pipelining is followed.
 * A queue that is full merges its newest entries: the count stays right, only
 * what they were is lost.
 */
#include <string.h>
#include <strings.h>

#include "sensors/dialogue/inside.h"

void smtp_expect(struct dialogue *d, enum verb verb, enum whose whose)
{
	struct smtp *smtp = &d->smtp;
	struct pending *last;

	/* After a gap only the newest command can be told from its reply. */
	if (smtp->lost)
		smtp->queue_len = 0;
	last = smtp->queue_len ? &smtp->queue[smtp->queue_len - 1] : NULL;
	if (last && last->count < UINT16_MAX && last->verb == verb &&
	    last->whose == whose) {
		last->count++;
		return;
	}
	if (smtp->queue_len == QUEUE_SIZE) {
		last->verb = VERB_OTHER;
		if (last->count < UINT16_MAX)
			last->count++;
		d->pool->stats.skipped++;
		return;
	}
	smtp->queue[smtp->queue_len++] = (struct pending){
		.verb = (uint8_t)verb,
		.whose = (uint8_t)whose,
		.count = 1,
	};
}

bool smtp_expects_nothing(const struct dialogue *d)
{
	return d->smtp.queue_len == 0;
}

void smtp_mail_reset(struct dialogue *d)
{
	struct smtp *smtp = &d->smtp;

	smtp->null_sender = false;
	smtp->sender_own = false;
	smtp->report = false;
	smtp->header_own = false;
	smtp->header_foreign = false;
	smtp->in_reply = false;
	smtp->auto_submitted = false;
	smtp->auto_marked = false;
	smtp->refused = 0;
	smtp->accepted = 0;
	smtp->accepted_own = 0;
	smtp->text_bytes = 0;
	smtp->status[0] = '\0';
}

void smtp_begin_anew(struct dialogue *d)
{
	struct smtp *smtp = &d->smtp;

	letterbox_end(d, false);
	smtp_mail_reset(d);
	smtp->text_open = false;
	smtp->extended = false;
	smtp->pipelining = false;
	smtp->starttls_offered = false;
	smtp->auth_offered = false;
	smtp->authenticated = false;
	smtp->smuggled = false;
	smtp->unknown = 0;
	d->login = (struct login){ 0 };
}

static void on_mail(struct dialogue *d, const struct line *line)
{
	struct smtp *smtp = &d->smtp;
	struct address a;

	smtp_mail_reset(d);
	d->tx++;
	smtp_expect(d, VERB_MAIL, WHOSE_OWN);
	if (line->len <= 10 ||
	    !address_find(&a, line->text + 10, line->len - 10))
		return;
	smtp->null_sender = a.len == 0;
	smtp->sender_own = a.domain_len > 0 &&
			   pool_is_own(d->pool, a.domain, a.domain_len);
	if (smtp->sender_own && !d->outbound && !d->place.client_is_inside &&
	    !smtp->authenticated)
		blame_once(d, SIGN_SENDER_SPOOF, 2,
			   "sender in our domain from outside");
}

static void on_rcpt(struct dialogue *d, const struct line *line)
{
	struct smtp *smtp = &d->smtp;
	enum whose whose = WHOSE_UNKNOWN;
	struct address a = { 0 };

	if (line->len > 8 && address_find(&a, line->text + 8, line->len - 8)) {
		whose = address_whose(d, &a);
		smtp->to_hash = pool_hash(d->pool, a.at, a.len);
		smtp->to_domain = pool_hash(d->pool, a.domain, a.domain_len);
		smtp->to_local = pool_hash(d->pool, a.at, a.local_len);
	}
	smtp_expect(d, VERB_RCPT, whose);
	if (d->outbound && smtp->sender_own && whose == WHOSE_OWN &&
	    !(d->told & (uint64_t)1 << SIGN_INTERNAL_LEAK)) {
		d->told |= (uint64_t)1 << SIGN_INTERNAL_LEAK;
		warn_of(d, SIGN_INTERNAL_LEAK, 2,
			"mail from us to us goes over the outside");
	}
}

static void on_data(struct dialogue *d, const struct line *line)
{
	(void)line;
	smtp_expect(d, VERB_DATA, WHOSE_OWN);
	d->smtp.stage = SMTP_DATA_WAIT;
}

static void on_auth(struct dialogue *d, const struct line *line)
{
	const uint8_t *at = line->text + 5, *end = line->text + line->len;
	const uint8_t *space;

	smtp_expect(d, VERB_AUTH, WHOSE_OWN);
	if (line->len <= 5)
		return;
	space = memchr(at, ' ', (size_t)(end - at));
	sasl_begin(d, sasl_mechanism(at, (size_t)((space ? space : end) - at)));
	if (space)
		sasl_said(d, space + 1, (size_t)(end - space - 1));
	d->smtp.stage = SMTP_AUTH;
}

static void on_starttls(struct dialogue *d, const struct line *line)
{
	(void)line;
	smtp_expect(d, VERB_STARTTLS, WHOSE_OWN);
	d->smtp.stage = SMTP_TLS_WAIT;
}

static void on_vrfy(struct dialogue *d, const struct line *line)
{
	struct address a;

	smtp_expect(d, VERB_VRFY, WHOSE_OWN);
	/* Everybody may ask for postmaster (RFC 5321 section 4.5.1). */
	if (line->len > 5 && address_find(&a, line->text + 5, line->len - 5) &&
	    a.local_len == 10 &&
	    strncasecmp((const char *)a.at, "postmaster", 10) == 0)
		return;
	judge_probe(d, "VRFY");
}

static void on_expn(struct dialogue *d, const struct line *line)
{
	(void)line;
	smtp_expect(d, VERB_EXPN, WHOSE_OWN);
	judge_probe(d, "EXPN");
}

static void on_risky(struct dialogue *d, const struct line *line)
{
	smtp_expect(d, VERB_RISKY, WHOSE_OWN);
	if (!d->outbound)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 2, "\"%.*s\" from outside",
			   line->len < 8 ? (int)line->len : 8,
			   (const char *)line->text);
}

/* XCLIENT, XFORWARD: whoever may say so speaks for somebody else. */
static void on_announced(struct dialogue *d, const struct line *line)
{
	if (!d->trusted) {
		on_risky(d, line);
		return;
	}
	announce_read(d, line);
	smtp_expect(d,
		    line_begins(line, "XCLIENT") ? VERB_XCLIENT : VERB_XFORWARD,
		    WHOSE_OWN);
}

static void on_helo(struct dialogue *d, const struct line *line)
{
	bool extended = line_begins(line, "EHLO");

	announce_mail_over(d);
	if (line->len > 5)
		session_helo(d, line->text + 5, line->len - 5);
	smtp_expect(d, extended ? VERB_EHLO : VERB_HELO, WHOSE_OWN);
}

static void on_rset(struct dialogue *d, const struct line *line)
{
	(void)line;
	letterbox_end(d, false);
	d->smtp.text_open = false;
	announce_mail_over(d);
	smtp_mail_reset(d);
	smtp_expect(d, VERB_RSET, WHOSE_OWN);
}

/* NULL: nothing but a place in the queue. */
static const struct {
	const char *word;
	enum verb verb;
	void (*take)(struct dialogue *d, const struct line *line);
} verbs[] = {
	{ "EHLO", VERB_EHLO, on_helo },
	{ "HELO", VERB_HELO, on_helo },
	{ "MAIL FROM:", VERB_MAIL, on_mail },
	{ "RCPT TO:", VERB_RCPT, on_rcpt },
	{ "DATA", VERB_DATA, on_data },
	{ "BDAT ", VERB_BDAT, smtp_bdat },
	{ "RSET", VERB_RSET, on_rset },
	{ "NOOP", VERB_NOOP, NULL },
	{ "QUIT", VERB_QUIT, NULL },
	{ "HELP", VERB_HELP, NULL },
	{ "VRFY", VERB_VRFY, on_vrfy },
	{ "EXPN", VERB_EXPN, on_expn },
	{ "AUTH", VERB_AUTH, on_auth },
	{ "STARTTLS", VERB_STARTTLS, on_starttls },
	{ "XCLIENT", VERB_XCLIENT, on_announced },
	{ "XFORWARD", VERB_XFORWARD, on_announced },
	{ "ETRN", VERB_RISKY, on_risky },
	{ "TURN", VERB_RISKY, on_risky },
	{ "ATRN", VERB_RISKY, on_risky },
	{ "DEBUG", VERB_RISKY, on_risky },
	{ "WIZ", VERB_RISKY, on_risky },
	{ "XEXCH50", VERB_RISKY, on_risky },
	{ "XEXPS", VERB_RISKY, on_risky },
	{ "PROXY ", VERB_RISKY, on_risky },
};

static void on_unknown(struct dialogue *d)
{
	struct smtp *smtp = &d->smtp;
	uint32_t limit = d->pool->config.unknown_verbs;

	smtp_expect(d, VERB_OTHER, WHOSE_OWN);
	if (smtp->unknown < UINT16_MAX)
		smtp->unknown++;
	if (limit && smtp->unknown >= limit && !smtp->lost)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 2,
			   "%u commands that do not exist", limit);
}

/* The longest sound line: RFC 5321 section 4.5.3.1.4, and what extensions
 * add to it; AUTH as in RFC 4954 section 4. */
static size_t limit_of(const struct dialogue *d, const struct line *line)
{
	size_t limit = d->pool->config.line_max;

	if (d->smtp.stage == SMTP_AUTH || line_begins(line, "AUTH"))
		return 13 * limit;
	if (line_begins(line, "MAIL") || line_begins(line, "RCPT"))
		return 2 * limit;
	return limit;
}

/* RFC 2920 section 3.1: what must be the last of a group. */
static void check_patience(struct dialogue *d, const struct line *line)
{
	struct smtp *smtp = &d->smtp;
	const struct pending *last;

	if (smtp->queue_len == 0 || d->midstream || smtp->lost ||
	    !smtp->greeted || line_begins(line, "QUIT"))
		return;
	last = &smtp->queue[smtp->queue_len - 1];
	if (!smtp->pipelining || last->verb == VERB_EHLO ||
	    last->verb == VERB_HELO || last->verb == VERB_STARTTLS ||
	    last->verb == VERB_AUTH)
		smtp->impatient = true;
}

static void on_command(struct dialogue *d, const struct line *line)
{
	d->pool->stats.commands++;
	check_patience(d, line);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!line_begins(line, verbs[i].word))
			continue;
		if (verbs[i].take)
			verbs[i].take(d, line);
		else
			smtp_expect(d, verbs[i].verb, WHOSE_OWN);
		return;
	}
	if (sound_is_foreign(d, line))
		smtp_expect(d, VERB_FOREIGN, WHOSE_OWN);
	else
		on_unknown(d);
}

static void on_answer(struct dialogue *d, const struct line *line)
{
	sasl_said(d, line->text, line->len);
	explicit_bzero(d->client_line, sizeof(d->client_line));
}

static void on_injected(struct dialogue *d)
{
	if (!d->smtp.lost)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 1,
			   "command behind STARTTLS");
}

static void on_client_line(struct dialogue *d, const struct line *line)
{
	sound_check(d, line, limit_of(d, line));
	if (d->smtp.stage == SMTP_AUTH)
		on_answer(d, line);
	else if (d->smtp.stage == SMTP_COMMAND)
		on_command(d, line);
}

/* A line that has no end yet, and is too long already. */
static void check_open_line(struct dialogue *d)
{
	struct line line = {
		.text = d->client_line,
		.len = d->client.kept,
		.whole = d->client.len,
	};

	if (d->client.len > d->pool->config.line_max)
		sound_check_length(d, &line, limit_of(d, &line));
}

static size_t client_said(struct dialogue *d, const uint8_t *bytes, size_t len)
{
	struct smtp *smtp = &d->smtp;
	struct line line;
	bool done;
	size_t n;

	if (!smtp->greeted && !smtp->answered && !d->midstream)
		smtp->early = true;
	switch ((enum smtp_stage)smtp->stage) {
	case SMTP_DATA_WAIT:
		/* Text before it was asked for: it will be taken as text. */
		if (!smtp->lost && !d->midstream)
			smtp->impatient = true;
		smtp_text_begin(d);
		return smtp_text(d, bytes, len);
	case SMTP_DATA:
		return smtp_text(d, bytes, len);
	case SMTP_BDAT:
		return smtp_chunk(d, bytes, len);
	case SMTP_TLS_WAIT:
		if (d->client.len == 0 && *bytes == 0x16) {
			tls_begin(d, false);
			return d->tongue->said(d, SIDE_CLIENT, bytes, len);
		}
		on_injected(d);
		break;
	case SMTP_COMMAND:
		/* STARTTLS and its reply may be what was not seen. */
		if (smtp->lost && d->client.len == 0 && *bytes == 0x16) {
			tls_begin(d, false);
			return d->tongue->said(d, SIDE_CLIENT, bytes, len);
		}
		break;
	case SMTP_AUTH:
		break;
	}
	n = gather_take(&d->client, d->client_line, CLIENT_LINE, bytes, len,
			d->now_ns, &line, &done);
	if (done) {
		minutes_client(d, &line, smtp->stage == SMTP_AUTH);
		on_client_line(d, &line);
	} else
		check_open_line(d);
	return n;
}

static size_t smtp_said(struct dialogue *d, enum side side,
			const uint8_t *bytes, size_t len)
{
	struct line line;
	bool done;
	size_t n;

	if (side == SIDE_CLIENT)
		return client_said(d, bytes, len);
	n = gather_take(&d->server, d->server_line, SERVER_LINE, bytes, len,
			d->now_ns, &line, &done);
	if (done) {
		minutes_server(d, &line);
		smtp_reply(d, &line);
	}
	return n;
}

static void smtp_gap(struct dialogue *d, enum side side, uint64_t missing)
{
	struct smtp *smtp = &d->smtp;

	smtp->lost = true;
	smtp->answered = true;
	if (side == SIDE_SERVER) {
		gather_reset(&d->server);
		smtp->queue_len = 0;
		smtp->reply_open = false;
		/* Whether a challenge or the verdict is missing is not known. */
		if (smtp->stage == SMTP_AUTH)
			smtp->stage = SMTP_COMMAND;
		return;
	}
	gather_reset(&d->client);
	if (smtp->stage == SMTP_BDAT && missing <= smtp->bdat_left) {
		smtp->bdat_left -= missing;
		letterbox_gap(d);
		if (smtp->bdat_left == 0)
			(void)smtp_chunk(d, NULL, 0);
	} else if (smtp->stage == SMTP_DATA || smtp->stage == SMTP_BDAT) {
		smtp->stage = SMTP_DATA;
		smtp->dot = 0;
		letterbox_gap(d);
	} else {
		smtp->queue_len = 0;
	}
}

static void smtp_end(struct dialogue *d, enum dialogue_end_reason reason)
{
	struct line rest = {
		.text = d->client_line,
		.len = d->client.kept,
		.whole = d->client.len,
		.start_ns = d->client.start_ns,
	};

	(void)reason;
	if (d->client.kept == 0 || d->smtp.stage == SMTP_DATA ||
	    d->smtp.stage == SMTP_BDAT)
		return;
	sound_trim(&rest);
	sound_check(d, &rest, limit_of(d, &rest));
}

const struct tongue tongue_smtp = {
	.name = "smtp",
	.said = smtp_said,
	.gap = smtp_gap,
	.end = smtp_end,
};
