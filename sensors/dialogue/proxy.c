/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proxy: the PROXY protocol, versions 1 and 2 (haproxy's proxy-protocol.txt):
 * who the client behind a load balancer is.  Only declared proxies are
 * believed; from anybody else the header is just a strange command.
 */
#include <string.h>

#include "sensors/dialogue/inside.h"

#define V1_MAX	107u
#define V2_HEAD 16u

static const uint8_t v2_mark[12] = "\r\n\r\n\0\r\nQUIT\n";

/* Go on as what stands behind the header; REST of the room is its begin. */
static void hand_over(struct dialogue *d, size_t used)
{
	uint8_t rest[CLIENT_LINE];
	size_t len = d->client.kept - used;

	memcpy(rest, d->client_line + used, len);
	gather_reset(&d->client);
	d->tongue = d->behind;
	/* Whom the header names is not believed to be a proxy, unless it is
	 * declared as well. */
	pool_meet_peer(d);
	if (!d->counted) {
		d->counted = true;
		judge_connection(d);
	}
	for (size_t at = 0; at < len;)
		at += d->tongue->said(d, SIDE_CLIENT, rest + at, len - at);
}

static unsigned int read_port(const struct word *word)
{
	unsigned int port = 0;

	for (size_t i = 0; i < word->len; i++) {
		if (word->at[i] < '0' || word->at[i] > '9' || port > 65535)
			return 0;
		port = port * 10 + (word->at[i] - (unsigned)'0');
	}
	return port > 65535 ? 0 : port;
}

/* PROXY TCP4 source target port port */
static void take_v1(struct dialogue *d, size_t len)
{
	const uint8_t *at = d->client_line + 6, *end = d->client_line + len;
	struct word family, source, target, port;
	struct prefix client;

	at = letters_word(at, end, &family);
	at = letters_word(at, end, &source);
	at = letters_word(at, end, &target);
	letters_word(at, end, &port);
	if ((word_is(&family, "TCP4") || word_is(&family, "TCP6")) &&
	    prefix_parse_address(&client, (const char *)source.at,
				 source.len) == 0)
		announce_client(d, &client, (uint16_t)read_port(&port));
}

static void take_v2(struct dialogue *d)
{
	const uint8_t *head = d->client_line;
	uint8_t family = head[13] == 0x11   ? PREFIX_IP4
			 : head[13] == 0x21 ? PREFIX_IP6
					    : 0;
	size_t bytes = family == PREFIX_IP4 ? 4 : 16;
	const uint8_t *port = head + V2_HEAD + 2 * bytes;
	size_t len = (size_t)head[14] << 8 | head[15];
	struct prefix client;

	/* A proxy that asks for itself says LOCAL. */
	if ((head[12] & 0x0f) != 1 || family == 0 || len < 2 * bytes + 4)
		return;
	if (prefix_make(&client, family, head + V2_HEAD, prefix_bits(family)) ==
	    0)
		announce_client(d, &client, (uint16_t)(port[0] << 8 | port[1]));
}

static void keep(struct dialogue *d, uint8_t c)
{
	d->client_line[d->client.kept++] = c;
}

/* Is what is kept the begin of MARK, of LEN bytes? */
static bool may_be(const struct dialogue *d, const void *mark, size_t len)
{
	size_t n = d->client.kept < len ? d->client.kept : len;

	return memcmp(d->client_line, mark, n) == 0;
}

static void take_byte(struct dialogue *d, uint8_t c)
{
	size_t total;

	keep(d, c);
	if (may_be(d, "PROXY ", 6)) {
		if (c == '\n' && d->client.kept > 8) {
			take_v1(d, d->client.kept - 2u);
			hand_over(d, d->client.kept);
		} else if (d->client.kept > V1_MAX) {
			hand_over(d, 0);
		}
		return;
	}
	if (!may_be(d, v2_mark, sizeof(v2_mark))) {
		hand_over(d, 0);
		return;
	}
	if (d->client.kept < V2_HEAD)
		return;
	total = V2_HEAD +
		((size_t)d->client_line[14] << 8 | d->client_line[15]);
	if (total > CLIENT_LINE)
		hand_over(d, 0);
	else if (d->client.kept == total) {
		take_v2(d);
		hand_over(d, total);
	}
}

static size_t proxy_said(struct dialogue *d, enum side side,
			 const uint8_t *bytes, size_t len)
{
	size_t n = 0;

	/* A server that speaks first was asked without a header. */
	if (side == SIDE_SERVER) {
		hand_over(d, 0);
		return d->tongue->said(d, side, bytes, len);
	}
	while (n < len && d->tongue == &tongue_proxy)
		take_byte(d, bytes[n++]);
	return n;
}

static void proxy_gap(struct dialogue *d, enum side side, uint64_t missing)
{
	gather_reset(&d->client);
	hand_over(d, 0);
	d->tongue->gap(d, side, missing);
}

static void proxy_end(struct dialogue *d, enum dialogue_end_reason reason)
{
	hand_over(d, 0);
	d->tongue->end(d, reason);
}

const struct tongue tongue_proxy = {
	.name = "proxy",
	.said = proxy_said,
	.gap = proxy_gap,
	.end = proxy_end,
};
