/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session: what a whole dialogue came to, where somebody wants to hear of it.
 * The memory for it is taken only then.
 */
#include <stdio.h>
#include <string.h>

#include "sensors/dialogue/inside.h"

/* NULL: nobody wants to know. */
static struct dialogue_session *session_of(struct dialogue *d)
{
	struct dialogue_pool *pool = d->pool;

	return pool->sessions ? &pool->sessions[d - pool->all] : NULL;
}

void session_begin(struct dialogue *d)
{
	struct dialogue_session *s = session_of(d);

	if (s)
		*s = (struct dialogue_session){ .midstream = d->midstream };
}

void session_helo(struct dialogue *d, const uint8_t *name, size_t len)
{
	struct dialogue_session *s = session_of(d);

	if (!s)
		return;
	if (len >= sizeof(s->helo))
		len = sizeof(s->helo) - 1;
	memcpy(s->helo, name, len);
	s->helo_len = (uint8_t)len;
}

void session_count(struct dialogue *d, enum session_count what)
{
	struct dialogue_session *s = session_of(d);

	if (s && s->counts[what] < UINT32_MAX)
		s->counts[what]++;
}

void session_sign(struct dialogue *d, enum sign sign)
{
	struct dialogue_session *s = session_of(d);

	_Static_assert(SIGN_COUNT <= 64, "a bit for each sign");
	if (s)
		s->signs |= (uint64_t)1 << sign;
}

void session_end(struct dialogue *d, enum dialogue_end_reason reason)
{
	struct dialogue_session *s = session_of(d);
	const struct dialogue_place *place = &d->place;

	if (!s)
		return;
	s->client = place->client;
	s->target = place->target;
	s->client_port = place->client_port;
	s->target_port = place->target_port;
	s->outbound = d->outbound;
	s->encrypted = d->over_tls;
	s->begin_ns = d->begin_ns;
	s->end_ns = d->now_ns;
	s->bytes[SIDE_CLIENT] = d->bytes[SIDE_CLIENT];
	s->bytes[SIDE_SERVER] = d->bytes[SIDE_SERVER];
	s->end = (uint8_t)reason;
	snprintf(s->protocol, sizeof(s->protocol), "%s", d->first->name);
	snprintf(s->login, sizeof(s->login), "%s", d->login.name);
	d->pool->config.session(d->pool->arg, s);
}
