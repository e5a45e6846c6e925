/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * silence: who has connected, and still waits for the server's first word.
 *
 * A list in the order of their coming.  One whose handshake took long may stand
 * behind others that began later, and is then found with them.
 */
#include "sensors/dialogue/inside.h"

static uint64_t due_ns(const struct dialogue *d)
{
	return d->begin_ns + d->pool->config.silent_s * 1000000000ull;
}

void silence_begin(struct dialogue *d)
{
	struct dialogue_pool *pool = d->pool;

	/* Inside TLS the client speaks first; of no time nothing is late. */
	if (pool->config.silent_s == 0 || d->outbound || d->midstream ||
	    !d->begun || d->tongue == &tongue_tls)
		return;
	d->waiting = true;
	d->next = NULL;
	d->before = pool->wait_last;
	if (d->before)
		d->before->next = d;
	else
		pool->wait_first = d;
	pool->wait_last = d;
}

void silence_end(struct dialogue *d)
{
	struct dialogue_pool *pool = d->pool;

	if (!d->waiting)
		return;
	d->waiting = false;
	if (d->before)
		d->before->next = d->next;
	else
		pool->wait_first = d->next;
	if (d->next)
		d->next->before = d->before;
	else
		pool->wait_last = d->before;
}

void silence_check(struct dialogue *d)
{
	uint32_t limit_s = d->pool->config.silent_s;
	uint64_t server = (uint64_t)d->place.target_port << 32 |
			  d->place.server;

	if (d->outbound || limit_s == 0 || d->bytes[SIDE_SERVER] > 0 ||
	    d->gap[SIDE_SERVER] || d->midstream || d->now_ns < due_ns(d) ||
	    d->tongue == &tongue_tls)
		return;
	warn_seldom(d, SIGN_SERVER_SILENT, 2, server,
		    "no word from the server within %u s", limit_s);
}

uint64_t dialogue_pool_deadline(const struct dialogue_pool *pool)
{
	return pool->wait_first ? due_ns(pool->wait_first) : 0;
}

void dialogue_pool_tick(struct dialogue_pool *pool, uint64_t time_ns)
{
	struct dialogue *d;

	while ((d = pool->wait_first) && due_ns(d) <= time_ns) {
		silence_end(d);
		/* At its time, whenever that is noticed. */
		dialogue_at(d, due_ns(d));
		silence_check(d);
	}
}
