/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tls: the records of TLS (RFC 8446 section 5.1, RFC 5246 section 6.2), as
 * far as they can be seen: did the handshake end well, how much was said.
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

enum {
	RECORD_CIPHER = 20, /* ChangeCipherSpec */
	RECORD_ALERT,
	RECORD_HANDSHAKE,
	RECORD_DATA,
};

#define HEADER	   5u
#define RECORD_MAX (16384u + 2048u)
#define TLS_1_2	   0x0303u
/* A session in which hardly more than a login can have been said. */
#define SHORT_BYTES 600u
#define SHORT_NS    15000000000ull
/* What refusals look like: few bytes, late. */
#define LATE_BYTES 160u
#define LATE_NS	   1400000000u
/* Who takes so long for a handshake is slow, and says nothing by it. */
#define SLOW_NS (LATE_NS / 4)
/* No command is so long (RFC 5321 section 4.5.3.1.4), with what a record adds
 * to it: mail is being sent. */
#define COMMAND_BYTES (512u + 64u)

void tls_begin(struct dialogue *d, bool implicit)
{
	memset(&d->tls, 0, sizeof(d->tls));
	d->tls.implicit = implicit;
	d->over_tls = true;
	gather_reset(&d->client);
	gather_reset(&d->server);
	d->tongue = &tongue_tls;
	d->pool->stats.encrypted++;
}

static bool is_record(const struct tls_side *s)
{
	size_t left = (size_t)s->head[3] << 8 | s->head[4];

	return s->head[0] >= RECORD_CIPHER && s->head[0] <= RECORD_DATA &&
	       s->head[1] == 3 && left <= RECORD_MAX;
}

static void check_version(struct dialogue *d, const struct tls_side *s)
{
	unsigned int version = s->head[9] * 256u + s->head[10];
	uint64_t key = (uint64_t)d->place.target_port << 32 | d->place.server;

	/* ServerHello; 1.3 says 1.2 here (RFC 8446 section 4.1.3). */
	if (s->head[5] == 2 && version < TLS_1_2 && !d->outbound)
		warn_seldom(d, SIGN_WEAK_TLS, 2, key,
			    "the server agrees to TLS older than 1.2");
}

static void on_head(struct tls_side *s)
{
	s->left = (uint16_t)(s->head[3] << 8 | s->head[4]);
	if (s->head[0] == RECORD_CIPHER)
		s->ciphered = true;
	if (s->head[0] != RECORD_DATA)
		return;
	s->ciphered = true;
	s->long_record |= s->left > COMMAND_BYTES;
	if (s->records < UINT16_MAX)
		s->records++;
	s->bytes = s->left > UINT32_MAX - s->bytes ? UINT32_MAX
						   : s->bytes + s->left;
}

/* A refused login is answered late, on purpose, and in few words. */
static void on_data(struct dialogue *d, enum side side)
{
	struct tls *tls = &d->tls;
	bool asked = tls->asked;

	/* What follows a mail's text may take its time: it is looked through. */
	tls->asked = side == SIDE_CLIENT &&
		     tls->sides[side].left <= COMMAND_BYTES;
	if (side == SIDE_CLIENT || !asked || tls->slow || d->outbound ||
	    d->midstream || d->place.target_port == 25 ||
	    tls->sides[side].left > LATE_BYTES ||
	    d->now_ns - d->client_ns < LATE_NS)
		return;
	if (tls->delayed < UINT8_MAX)
		tls->delayed++;
	judge_delays(d, tls->delayed);
}

static void on_record(struct dialogue *d, enum side side)
{
	struct tls_side *s = &d->tls.sides[side];

	if (s->head[0] == RECORD_ALERT && !s->ciphered && s->have == HEADER + 2)
		s->alert = (uint8_t)(s->head[6] + 1);
	if (s->head[0] == RECORD_HANDSHAKE && side == SIDE_SERVER &&
	    !s->ciphered && s->have == sizeof(s->head))
		check_version(d, s);
	s->have = 0;
}

static void not_tls(struct dialogue *d, enum side side)
{
	d->tls.plain = true;
	if (d->tls.implicit && side == SIDE_CLIENT && !d->midstream)
		blame_once(d, SIGN_PROTOCOL_ABUSE, 2,
			   "no TLS where TLS is spoken");
}

static size_t tls_body(struct dialogue *d, enum side side, const uint8_t *bytes,
		       size_t len)
{
	struct tls_side *s = &d->tls.sides[side];
	size_t n = len < s->left ? len : s->left;
	size_t room = sizeof(s->head) - s->have;

	if (room > n)
		room = n;
	memcpy(s->head + s->have, bytes, room);
	s->have = (uint8_t)(s->have + room);
	s->left = (uint16_t)(s->left - n);
	if (s->left == 0)
		on_record(d, side);
	return n;
}

static size_t tls_said(struct dialogue *d, enum side side, const uint8_t *bytes,
		       size_t len)
{
	struct tls_side *s = &d->tls.sides[side];
	size_t n;

	if (d->tls.plain)
		return len;
	if (s->have >= HEADER)
		return tls_body(d, side, bytes, len);
	/* The server's word that ends the plain text may come late. */
	if (s->have == 0 && s->records == 0 && !s->ciphered &&
	    side == SIDE_SERVER && !d->tls.implicit && *bytes >= ' ') {
		const uint8_t *end = memchr(bytes, '\n', len);

		return end ? (size_t)(end - bytes) + 1 : len;
	}
	n = HEADER - s->have;
	if (n > len)
		n = len;
	memcpy(s->head + s->have, bytes, n);
	s->have = (uint8_t)(s->have + n);
	if (s->have < HEADER)
		return n;
	if (!is_record(s)) {
		not_tls(d, side);
		return len > n ? n : len;
	}
	on_head(s);
	if (side == SIDE_SERVER && !s->ciphered &&
	    d->now_ns - d->client_ns >= SLOW_NS)
		d->tls.slow = true;
	if (s->head[0] == RECORD_DATA)
		on_data(d, side);
	if (s->left == 0)
		on_record(d, side);
	return n;
}

static void tls_gap(struct dialogue *d, enum side side, uint64_t missing)
{
	struct tls_side *s = &d->tls.sides[side];

	if (s->have >= HEADER && missing < s->left) {
		s->left = (uint16_t)(s->left - missing);
		return;
	}
	/* Where the next record begins nobody can say. */
	d->tls.done = true;
	d->tls.plain = true;
}

/* After a mail the server says so: the client's long records are not the last
 * word.  Whether it took the mail cannot be seen. */
static void check_patron(struct dialogue *d)
{
	const struct tls *tls = &d->tls;

	if (d->first == &tongue_smtp && tls->sides[SIDE_CLIENT].long_record &&
	    tls->sides[SIDE_SERVER].records >= 5)
		judge_patron(d, true);
}

static void tls_end(struct dialogue *d, enum dialogue_end_reason reason)
{
	const struct tls_side *client = &d->tls.sides[SIDE_CLIENT];
	const struct tls_side *server = &d->tls.sides[SIDE_SERVER];

	if (d->tls.done || d->midstream)
		return;
	if (!client->ciphered || !server->ciphered) {
		d->pool->stats.handshakes_failed++;
		return;
	}
	if (reason != DIALOGUE_END_SHUTDOWN)
		check_patron(d);
	if (d->outbound || reason == DIALOGUE_END_SHUTDOWN ||
	    d->place.target_port == 25 || client->bytes > SHORT_BYTES ||
	    d->now_ns - d->begin_ns > SHORT_NS)
		return;
	judge_short(d);
}

const struct tongue tongue_tls = {
	.name = "tls",
	.said = tls_said,
	.gap = tls_gap,
	.end = tls_end,
};
