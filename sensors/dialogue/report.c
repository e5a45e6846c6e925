/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report: what a dialogue has shown, as an event.
 *
 * Who is who: the source is the other end, the target is ours.  Where our
 * own side began the connection, or somebody inside did, nobody is to blame;
 * nor is a proxy for those whom it does not name.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sensors/dialogue/inside.h"

#define SELDOM_S   3600u
#define KEY_SELDOM 100u

struct report {
	enum sign sign;
	uint8_t severity;
	enum culprit culprit;
	enum confidence confidence;
};

static enum proof proof_of(const struct dialogue *d)
{
	/* Each side's bytes count only when the other acknowledged them. */
	if (d->bytes[SIDE_CLIENT] > 0 && d->bytes[SIDE_SERVER] > 0)
		return PROOF_DIALOGUE;
	return (enum proof)d->place.proof_so_far;
}

static void fill(const struct dialogue *d, const struct report *r,
		 struct event *event)
{
	const struct dialogue_place *place = &d->place;

	*event = (struct event){
		.time_ns = d->now_ns,
		.sign = (uint8_t)r->sign,
		.severity = r->severity,
		.confidence = (uint8_t)r->confidence,
		.proof = (uint8_t)proof_of(d),
		.culprit = (uint8_t)r->culprit,
		.source = d->outbound ? place->target : place->client,
		.target = d->outbound ? place->client : place->target,
		.source_port = d->outbound ? place->target_port
					   : place->client_port,
		.target_port = d->outbound ? place->client_port
					   : place->target_port,
		.server = place->server,
		.ip_proto = 6,
		.tx_id = d->tx,
	};
	snprintf(event->app_proto, sizeof(event->app_proto), "%s",
		 d->first->name);
	snprintf(event->category, sizeof(event->category), "%s%s",
		 d->outbound ? "outbound " : "", d->tongue->name);
}

static void tell(struct dialogue *d, const struct report *r, const char *format,
		 va_list args)
{
	struct dialogue_pool *pool = d->pool;
	struct event event;

	if (pool->config.signs_off & (uint64_t)1 << r->sign) {
		pool->stats.events_off++;
		return;
	}
	session_sign(d, r->sign);
	d->blamed |= r->culprit == CULPRIT_SOURCE;
	fill(d, r, &event);
	/* vsnprintf() fails on no bytes that "%s" and "%.*s" can bring. */
	if (vsnprintf(event.text, sizeof(event.text), format, args) < 0)
		event.text[0] = '\0';
	pool->stats.events++;
	pool->speaking = d;
	pool->sink(pool->arg, &event);
	pool->speaking = NULL;
}

static enum culprit culprit_of(const struct dialogue *d)
{
	return d->outbound || d->place.client_is_inside || d->spared
		       ? CULPRIT_NONE
		       : CULPRIT_SOURCE;
}

void blame(struct dialogue *d, enum sign sign, uint8_t severity,
	   const char *format, ...)
{
	const struct report r = { sign, severity, culprit_of(d),
				  CONFIDENCE_HIGH };
	va_list args;

	va_start(args, format);
	tell(d, &r, format, args);
	va_end(args);
}

void blame_later(struct dialogue *d, enum sign sign, uint8_t severity,
		 const char *text, struct event *out)
{
	const struct report r = { sign, severity, culprit_of(d),
				  CONFIDENCE_HIGH };

	fill(d, &r, out);
	snprintf(out->text, sizeof(out->text), "%s", text);
}

void doubt(struct dialogue *d, enum sign sign, uint8_t severity,
	   const char *format, ...)
{
	const struct report r = { sign, severity, culprit_of(d),
				  CONFIDENCE_LOW };
	va_list args;

	va_start(args, format);
	tell(d, &r, format, args);
	va_end(args);
}

void blame_once(struct dialogue *d, enum sign sign, uint8_t severity,
		const char *format, ...)
{
	const struct report r = { sign, severity, culprit_of(d),
				  CONFIDENCE_HIGH };
	uint64_t bit = (uint64_t)1 << sign;
	va_list args;

	if (d->told & bit)
		return;
	d->told |= bit;
	va_start(args, format);
	tell(d, &r, format, args);
	va_end(args);
}

void warn_of(struct dialogue *d, enum sign sign, uint8_t severity,
	     const char *format, ...)
{
	const struct report r = { sign, severity, CULPRIT_NONE,
				  CONFIDENCE_HIGH };
	va_list args;

	va_start(args, format);
	tell(d, &r, format, args);
	va_end(args);
}

void warn_seldom(struct dialogue *d, enum sign sign, uint8_t severity,
		 uint64_t key, const char *format, ...)
{
	const struct report r = { sign, severity, CULPRIT_NONE,
				  CONFIDENCE_HIGH };
	uint32_t now_s = (uint32_t)(d->now_ns / 1000000000u);
	struct tally *tally = &d->pool->tally;
	struct tally_entry *e;
	va_list args;

	e = tally_entry(tally, tally_key(tally, key, sign, KEY_SELDOM), now_s);
	/* since_s is not the time of the last warning: it moves on by itself. */
	if (e->sources[0] != 0 && now_s - e->sources[0] < SELDOM_S)
		return;
	e->sources[0] = now_s ? now_s : 1;
	va_start(args, format);
	tell(d, &r, format, args);
	va_end(args);
}
