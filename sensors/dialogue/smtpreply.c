/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smtpreply: what the server says (RFC 5321 section 4.2, RFC 2034), and what
 * it means for the command that it answers.
 */
#include <string.h>
#include <strings.h>

#include "sensors/dialogue/inside.h"

static bool says(const struct line *line, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 4; i + n <= line->len; i++) {
		if (strncasecmp((const char *)line->text + i, word, n) == 0)
			return true;
	}
	return false;
}

/* Behind the code and what parts it from the text. */
static bool begins(const struct line *line, const char *word)
{
	size_t n = strlen(word);

	return line->len >= 4 + n &&
	       strncasecmp((const char *)line->text + 4, word, n) == 0;
}

/* "Relay access denied", "unable to relay recipient", "Relaying denied"; but
 * no host of that name, as in "<relay.example.org>: Helo command rejected". */
static bool says_relay(const struct line *line)
{
	static const char word[] = " relay";
	const size_t n = sizeof(word) - 1;

	for (size_t i = 3; i + n <= line->len; i++) {
		const uint8_t *at = line->text + i;
		size_t left = line->len - i - n;

		if (strncasecmp((const char *)at, word, n) != 0)
			continue;
		at += n;
		if (left >= 3 && strncasecmp((const char *)at, "ing", 3) == 0) {
			at += 3;
			left -= 3;
		}
		if (left > 0 && (*at == '.' || *at == ',')) {
			at++;
			left--;
		}
		if (left == 0 || *at == ' ')
			return true;
	}
	return false;
}

/* Of a reply's every line: servers put the reason into any of them. */
static void note_words(struct dialogue *d, const struct line *line)
{
	struct smtp *smtp = &d->smtp;

	if (line->text[0] != '4' && line->text[0] != '5')
		return;
	smtp->says_relay |= says_relay(line) || says(line, "5.7.54") ||
			    says(line, "not local") ||
			    says(line, "not one of my domains");
	smtp->says_full |= says(line, "4.3.1") || says(line, "nsufficient s");
	/* The code of RFC 3463 stands first; what it says of the sender (5.1.7,
	 * 5.1.8) is no word about recipients either. */
	smtp->says_policy |= begins(line, "5.7.") || begins(line, "5.1.7") ||
			     begins(line, "5.1.8") || says(line, " 5.7.") ||
			     says(line, "sender address rejected") ||
			     says(line, "sender verify") ||
			     says(line, "blocked") || says(line, "blacklist") ||
			     says(line, "spam");
}

static void note_keyword(struct dialogue *d, const struct line *line)
{
	const struct line word = { .text = line->text + 4,
				   .len = line->len - 4 };
	struct smtp *smtp = &d->smtp;

	if (line_begins(&word, "PIPELINING"))
		smtp->pipelining = true;
	else if (line_begins(&word, "CHUNKING"))
		smtp->chunking = true;
	else if (line_begins(&word, "STARTTLS"))
		smtp->starttls_offered = true;
	else if (line_begins(&word, "AUTH"))
		smtp->auth_offered = true;
	else if (line_begins(&word, "PIPECONNECT") ||
		 line_begins(&word, "PIPE_CONNECT") ||
		 line_begins(&word, "X_PIPE_CONNECT"))
		judge_early_offered(d);
	else if (line_begins(&word, "XXXX"))
		/* Some middle box writes over what it does not like. */
		warn_seldom(d, SIGN_STARTTLS_STRIPPED, 1,
			    d->place.server + 1ull,
			    "a keyword of EHLO was written over");
}

/* The first word of the server: did the client wait for it? */
static void greet(struct dialogue *d, unsigned int code,
		  const struct line *line)
{
	struct smtp *smtp = &d->smtp;

	smtp->greeted = true;
	smtp->patient = !smtp->early || !judge_may_be_early(d);
	if (smtp->early && smtp->patient && !d->unordered)
		blame_once(d, SIGN_EARLY_TALK, 2, "spoke before the greeting");
	if (code == 220)
		banner_check(d, line->text, line->len, "greeting");
}

static void on_ehlo(struct dialogue *d, unsigned int code)
{
	struct smtp *smtp = &d->smtp;
	uint64_t key = (uint64_t)d->place.target_port << 32 | d->place.server;

	if (code != 250)
		return;
	smtp->extended = true;
	judge_starttls(d, smtp->starttls_offered);
	if (smtp->auth_offered && !d->outbound && !d->place.client_is_inside)
		warn_seldom(d, SIGN_CLEARTEXT_LOGIN, 3, key,
			    "logins are offered without encryption");
}

static bool is_unknown_user(const struct dialogue *d, unsigned int code)
{
	return (code == 550 || code == 551 || code == 553 || code == 556) &&
	       !d->smtp.says_policy;
}

static void on_refused(struct dialogue *d, enum whose whose, unsigned int code)
{
	struct smtp *smtp = &d->smtp;
	bool elsewhere = whose == WHOSE_FOREIGN || whose == WHOSE_ROUTED;

	smtp->refused++;
	/* A server that does not know a domain of ours blames nobody. */
	if (elsewhere || (smtp->says_relay && whose == WHOSE_UNKNOWN))
		judge_relay(d);
	else if (!smtp->says_relay && is_unknown_user(d, code))
		judge_recipient(d, true);
	if (smtp->null_sender && !elsewhere)
		judge_bounce(d, true);
}

static void on_accepted(struct dialogue *d, enum whose whose)
{
	struct smtp *smtp = &d->smtp;
	bool elsewhere = whose == WHOSE_FOREIGN || whose == WHOSE_ROUTED;
	uint64_t key = (uint64_t)d->place.target_port << 32 | d->place.server;

	smtp->accepted++;
	judge_recipient(d, false);
	if (d->outbound)
		return;
	if (whose == WHOSE_OWN && smtp_expects_nothing(d))
		judge_local_seen(d, smtp->to_local);
	if (elsewhere && !smtp->authenticated && !d->place.client_is_inside)
		warn_seldom(d, SIGN_RELAY_ACCEPTED, 1, key,
			    "accepted a recipient elsewhere without a login");
}

static void on_rcpt(struct dialogue *d, enum whose whose, unsigned int code)
{
	session_count(d, code / 100 == 2 ? SESSION_RECIPIENTS
					 : SESSION_RECIPIENTS_REFUSED);
	if (d->outbound) {
		if (code / 100 == 2)
			on_accepted(d, whose);
	} else if (code / 100 == 2) {
		on_accepted(d, whose);
	} else if (code / 100 == 5) {
		on_refused(d, whose, code);
	} else if (code / 100 == 4 && d->smtp.says_relay &&
		   whose != WHOSE_OWN && whose != WHOSE_LOCAL) {
		/* Postfix: defer_unauth_destination, by default. */
		judge_relay(d);
	}
}

static void on_data(struct dialogue *d, unsigned int code)
{
	struct smtp *smtp = &d->smtp;

	if (code == 354) {
		if (smtp->stage == SMTP_DATA_WAIT)
			smtp_text_begin(d);
	} else if (smtp->stage == SMTP_DATA_WAIT || smtp->stage == SMTP_DATA) {
		smtp->stage = SMTP_COMMAND;
		smtp->text_open = false;
		letterbox_end(d, false);
	}
}

static void on_text(struct dialogue *d, unsigned int code)
{
	if (code / 100 != 2) {
		session_count(d, SESSION_MAILS_REFUSED);
		announce_mail_over(d);
		return;
	}
	session_count(d, SESSION_MAILS);
	d->got_mail = true;
	judge_mail(d);
	judge_patron(d, false);
	announce_mail_over(d);
	smtp_mail_reset(d);
}

static void on_auth(struct dialogue *d, const struct line *line,
		    unsigned int code)
{
	d->smtp.stage = SMTP_COMMAND;
	if (code == 235) {
		d->smtp.authenticated = true;
		sasl_passed(d);
	} else if (code == 535 || says(line, "5.7.8")) {
		sasl_failed(d);
	}
}

static void on_starttls(struct dialogue *d, unsigned int code)
{
	if (code != 220) {
		d->smtp.stage = SMTP_COMMAND;
		return;
	}
	/* Held back by the client: half a command in clear. */
	if (d->client.len > 0)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 1,
			   "command behind STARTTLS");
	tls_begin(d, false);
}

static void on_probe(struct dialogue *d, const char *verb, unsigned int code)
{
	uint64_t key = (uint64_t)d->place.target_port << 32 | d->place.server;

	if ((code == 250 || code == 251) && !d->outbound &&
	    !d->place.client_is_inside)
		warn_seldom(d, SIGN_USER_DISCLOSED, 2, key,
			    "%s is answered: users can be listed", verb);
}

/* More replies than commands, behind a false end of a message: what the
 * client hid in the text was taken as commands. */
static void on_unexpected(struct dialogue *d, unsigned int code)
{
	struct smtp *smtp = &d->smtp;

	if (!smtp->smuggled || code == 421)
		return;
	smtp->smuggled = false;
	/* The attempt was told; this is about our server. */
	warn_of(d, SIGN_SMUGGLING, 1, "the server took a smuggled mail");
}

static void take_verdict(struct dialogue *d, const struct line *line,
			 unsigned int code)
{
	enum whose whose = (enum whose)d->smtp.reply_whose;

	if (d->smtp.says_full && !d->outbound)
		warn_seldom(d, SIGN_STORAGE_LOW, 1, d->place.server + 1ull,
			    "the server says that it has no storage left");
	switch ((enum verb)d->smtp.reply_verb) {
	case VERB_EHLO:
		on_ehlo(d, code);
		break;
	case VERB_RCPT:
		on_rcpt(d, whose, code);
		break;
	case VERB_DATA:
		on_data(d, code);
		break;
	case VERB_TEXT:
		on_text(d, code);
		break;
	case VERB_AUTH:
		on_auth(d, line, code);
		break;
	case VERB_STARTTLS:
		on_starttls(d, code);
		break;
	case VERB_VRFY:
		on_probe(d, "VRFY", code);
		break;
	case VERB_EXPN:
		on_probe(d, "EXPN", code);
		break;
	case VERB_XCLIENT:
		if (code == 220)
			announce_taken(d, VERB_XCLIENT);
		break;
	case VERB_XFORWARD:
		if (code == 250)
			announce_taken(d, VERB_XFORWARD);
		break;
	case VERB_NONE:
		on_unexpected(d, code);
		break;
	case VERB_OTHER:
	case VERB_HELO:
	case VERB_MAIL:
	case VERB_BDAT:
	case VERB_RSET:
	case VERB_NOOP:
	case VERB_QUIT:
	case VERB_HELP:
	case VERB_RISKY:
	case VERB_FOREIGN:
	case VERB_COUNT:
		break;
	}
}

enum verb smtp_match(struct dialogue *d, bool challenge)
{
	struct smtp *smtp = &d->smtp;
	struct pending *head = &smtp->queue[0];
	enum verb verb;

	if (smtp->queue_len == 0)
		return VERB_NONE;
	verb = (enum verb)head->verb;
	smtp->reply_whose = head->whose;
	if ((verb == VERB_AUTH && challenge) || --head->count > 0)
		return verb;
	smtp->queue_len--;
	memmove(head, head + 1, smtp->queue_len * sizeof(*head));
	return verb;
}

/* A quit that is answered as if it were a mail, behind a false end. */
static void check_smuggled(struct dialogue *d, unsigned int code)
{
	if (d->smtp.smuggled && d->smtp.reply_verb == VERB_QUIT &&
	    code != 221 && code != 421)
		on_unexpected(d, code);
}

/* After a gap the text may have ended unseen: a reply says so. */
static void find_again(struct dialogue *d, unsigned int code)
{
	struct smtp *smtp = &d->smtp;

	if (!smtp->lost)
		return;
	if (smtp->stage == SMTP_DATA && smtp->queue_len == 0 && code != 354) {
		smtp->stage = SMTP_COMMAND;
		smtp->text_open = false;
		letterbox_end(d, false);
	}
	if (smtp->queue_len == 1 && smtp->queue[0].count == 1)
		smtp->lost = false;
}

/* BDAT is answered before its chunk is there: it was not understood. */
static void leave_chunk(struct dialogue *d, unsigned int code)
{
	struct smtp *smtp = &d->smtp;

	if (smtp->stage != SMTP_BDAT || smtp->queue_len > 0 ||
	    (code != 500 && code != 502))
		return;
	smtp->stage = SMTP_COMMAND;
	smtp->bdat_left = 0;
	smtp->text_open = false;
	letterbox_end(d, false);
	smtp_expect(d, VERB_OTHER, WHOSE_OWN);
}

static void reply_begin(struct dialogue *d, const struct line *line,
			unsigned int code)
{
	struct smtp *smtp = &d->smtp;

	smtp->reply_open = true;
	smtp->says_relay = smtp->says_full = smtp->says_policy = false;
	if (!smtp->answered && !smtp->greeted && !d->midstream) {
		smtp->reply_verb = VERB_HELP; /* a reply to nobody */
		smtp->answered = true;
		greet(d, code, line);
		return;
	}
	find_again(d, code);
	leave_chunk(d, code);
	smtp->reply_verb = (uint8_t)smtp_match(d, code == 334);
	check_smuggled(d, code);
	if (smtp->reply_verb == VERB_EHLO) {
		smtp->pipelining = false;
		smtp->chunking = false;
		smtp->starttls_offered = false;
		smtp->auth_offered = false;
	}
}

static void reply_end(struct dialogue *d, const struct line *line,
		      unsigned int code)
{
	struct smtp *smtp = &d->smtp;

	smtp->reply_open = false;
	if (code == 334 && smtp->reply_verb == VERB_AUTH)
		return;
	take_verdict(d, line, code);
	if (code == 214)
		banner_check(d, line->text, line->len, "HELP");
	else if (code / 100 == 5)
		banner_check(d, line->text, line->len, "error text");
	if (smtp->impatient && smtp->patient && !d->unordered) {
		smtp->impatient = false;
		blame_once(d, SIGN_EARLY_TALK, 3,
			   "did not wait for a reply where it must");
	}
}

void smtp_reply(struct dialogue *d, const struct line *line)
{
	unsigned int code = 0;

	for (size_t i = 0; i < 3; i++) {
		if (i >= line->len || line->text[i] < '0' ||
		    line->text[i] > '9')
			return;
		code = code * 10 + (line->text[i] - (unsigned int)'0');
	}
	if (!d->smtp.reply_open)
		reply_begin(d, line, code);
	note_words(d, line);
	if (d->smtp.reply_verb == VERB_EHLO && code == 250 && line->len > 4)
		note_keyword(d, line);
	if (line->len == 3 || line->text[3] != '-')
		reply_end(d, line, code);
}
