/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * announce: XCLIENT and XFORWARD (Postfix's XCLIENT_README, XFORWARD_README):
 * for whom a proxy speaks.  smtp.c asks only where the peer is a declared
 * proxy, and what was announced counts once the server has taken it.
 *
 * XCLIENT makes the client the one whom the server's access rules are about,
 * and begins the session anew: what follows is the client's doing.  XFORWARD
 * is for the log of what comes behind a content filter: the mail was taken
 * before, from that client, and judged where it came in.  So it names the
 * source until the mail is over, and blames nobody a second time.
 */
#include <string.h>
#include <strings.h>

#include "sensors/content/base64.h"
#include "sensors/dialogue/inside.h"

#define VALUE_SIZE 64u

/* RFC 1891 section 5: "+" and two digits for a byte.  False: too long, or no
 * xtext; the server refuses that. */
static bool read_xtext(char out[VALUE_SIZE], const uint8_t *at, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = at[i];

		if (c == '+') {
			if (len - i < 3 || hex_digit(at[i + 1]) < 0 ||
			    hex_digit(at[i + 2]) < 0)
				return false;
			c = (uint8_t)(hex_digit(at[i + 1]) << 4 |
				      hex_digit(at[i + 2]));
			i += 2;
		}
		if (n + 1 == VALUE_SIZE || c == '\0')
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

static bool is_unavailable(const char *value)
{
	return strcasecmp(value, "[UNAVAILABLE]") == 0 ||
	       strcasecmp(value, "[TEMPUNAVAIL]") == 0;
}

static void take_address(struct caller *said, const char *value)
{
	if (strncasecmp(value, "IPV6:", 5) == 0)
		value += 5;
	said->has_client = true;
	if (is_unavailable(value) ||
	    prefix_parse_address(&said->client, value, strlen(value)))
		said->client = (struct prefix){ 0 };
}

static void take_port(struct caller *said, const char *value)
{
	unsigned int port = 0;

	for (; *value >= '0' && *value <= '9' && port <= UINT16_MAX; value++)
		port = port * 10 + ((unsigned int)*value - '0');
	said->port = *value || port > UINT16_MAX ? 0 : (uint16_t)port;
}

static void take_login(struct caller *said, const char *value)
{
	said->has_login = *value && !is_unavailable(value);
}

static void take_attribute(struct caller *said, const uint8_t *at, size_t len)
{
	static const struct {
		const char *name;
		void (*take)(struct caller *said, const char *value);
	} known[] = {
		{ "ADDR", take_address },
		{ "PORT", take_port },
		{ "LOGIN", take_login },
	};
	const uint8_t *equal = memchr(at, '=', len);
	size_t name = equal ? (size_t)(equal - at) : 0;
	char value[VALUE_SIZE];

	if (!equal || !read_xtext(value, equal + 1, len - name - 1))
		return;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) == name &&
		    strncasecmp(known[i].name, (const char *)at, name) == 0)
			known[i].take(said, value);
	}
}

void announce_read(struct dialogue *d, const struct line *line)
{
	const uint8_t *end = line->text + line->len;
	const uint8_t *at = memchr(line->text, ' ', line->len);

	d->said = (struct caller){ 0 };
	while (at && at < end) {
		const uint8_t *space;

		at++;
		space = memchr(at, ' ', (size_t)(end - at));
		take_attribute(&d->said, at,
			       (size_t)((space ? space : end) - at));
		at = space;
	}
}

void announce_client(struct dialogue *d, const struct prefix *client,
		     uint16_t port)
{
	const struct config *config = d->place.config;

	d->place.client = *client;
	d->place.client_port = port;
	d->place.client_is_inside = config && config_is_inside(config, client);
	d->spared = false;
}

/* Whoever is behind the proxy, it is not the proxy itself. */
static void spare_peer(struct dialogue *d)
{
	d->place.client = d->peer.client;
	d->place.client_port = d->peer.port;
	d->spared = true;
}

static void adopt(struct dialogue *d)
{
	const struct caller *said = &d->said;

	d->forwarded = false;
	if (said->client.family)
		announce_client(d, &said->client, said->port);
	else if (said->has_client)
		spare_peer(d);
	/* Somebody else's session: nothing of the last one is true of it. */
	smtp_begin_anew(d);
	d->told = 0;
	d->blamed = false;
	d->begin_ns = d->now_ns;
	d->got_mail = said->has_login;
	d->smtp.authenticated = said->has_login;
	if (said->has_client)
		judge_connection(d);
}

static void forward(struct dialogue *d)
{
	if (!d->said.client.family)
		return;
	if (!d->forwarded)
		d->unforwarded = (struct caller){
			.client = d->place.client,
			.port = d->place.client_port,
			.is_inside = d->place.client_is_inside,
			.spared = d->spared,
		};
	announce_client(d, &d->said.client, d->said.port);
	d->spared = true;
	d->forwarded = true;
}

void announce_taken(struct dialogue *d, enum verb verb)
{
	if (verb == VERB_XCLIENT)
		adopt(d);
	else
		forward(d);
}

void announce_mail_over(struct dialogue *d)
{
	if (!d->forwarded)
		return;
	d->place.client = d->unforwarded.client;
	d->place.client_port = d->unforwarded.port;
	d->place.client_is_inside = d->unforwarded.is_inside;
	d->spared = d->unforwarded.spared;
	d->forwarded = false;
}
