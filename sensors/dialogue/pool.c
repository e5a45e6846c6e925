/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool: the memory of all dialogues, and what every tongue begins and ends
 * with.  Untouched memory of the pool is never made real by the kernel, so a
 * large MAX costs nothing until it is used.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensors/dialogue/declared.h"
#include "sensors/dialogue/domains.h"
#include "sensors/dialogue/inside.h"
#include "sensors/dialogue/letterbox.h"

static int fill_pool(struct dialogue_pool *pool, size_t max)
{
	struct dialogue_config *config = &pool->config;
	const char **lists;

	if (declared_apply(config, &lists))
		return -1;
	if (tally_init(&pool->tally, config->tally_size, config->seed,
		       config->memory_s) ||
	    letterbox_init(pool)) {
		free(lists);
		return -1;
	}
	pool->domains = domains_new(config->domains, config->domain_count,
				    config->seed);
	pool->rules = content_rules_new(config->dangerous,
					config->dangerous_count, config->seed);
	pool->all = calloc(max, sizeof(*pool->all));
	pool->minutes = calloc(MINUTES_PAGES, sizeof(*pool->minutes));
	if (config->session)
		pool->sessions = calloc(max, sizeof(*pool->sessions));
	/* The lists were copied; the caller's may go. */
	free(lists);
	config->file = NULL;
	config->domains = NULL;
	config->dangerous = NULL;
	if (config->session && !pool->sessions)
		return -1;
	return pool->domains && pool->rules && pool->all && pool->minutes ? 0
									  : -1;
}

struct dialogue_pool *dialogue_pool_new(const struct dialogue_config *config,
					size_t max, dialogue_sink sink,
					void *arg)
{
	struct dialogue_pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	pool->config = *config;
	pool->sink = sink;
	pool->arg = arg;
	pool->max = max;
	if (fill_pool(pool, max)) {
		dialogue_pool_free(pool);
		return NULL;
	}
	return pool;
}

void dialogue_pool_free(struct dialogue_pool *pool)
{
	if (!pool)
		return;
	tally_fini(&pool->tally);
	letterbox_fini(pool);
	domains_free(pool->domains);
	content_rules_free(pool->rules);
	free(pool->all);
	free(pool->minutes);
	free(pool->sessions);
	free(pool);
}

void dialogue_pool_stats(const struct dialogue_pool *pool,
			 struct dialogue_stats *out)
{
	*out = pool->stats;
	out->forgotten = pool->tally.forgotten;
}

size_t dialogue_minutes(const struct dialogue_pool *pool, char *out,
			size_t size)
{
	const struct dialogue *d = pool->speaking;
	int len;

	if (!d)
		return 0;
	len = snprintf(out, size,
		       "client %" PRIu64 " bytes, server %" PRIu64
		       " bytes%s%s\n%s",
		       d->bytes[SIDE_CLIENT], d->bytes[SIDE_SERVER],
		       d->midstream ? ", its begin was not seen" : "",
		       d->gap[SIDE_CLIENT] || d->gap[SIDE_SERVER]
			       ? ", parts were not seen"
			       : "",
		       minutes_of(d));
	return len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
}

bool pool_is_own(const struct dialogue_pool *pool, const uint8_t *domain,
		 size_t len)
{
	return domains_has(pool->domains, domain, len);
}

bool pool_knows_own(const struct dialogue_pool *pool)
{
	return domains_count(pool->domains) > 0;
}

uint64_t pool_hash(const struct dialogue_pool *pool, const uint8_t *text,
		   size_t len)
{
	return domains_hash(pool->config.seed, text, len);
}

static const struct {
	const char *name;
	const struct tongue *tongue; /* behind TLS too: for its name */
	uint16_t port;
	bool implicit_tls;
} ports[] = {
	{ "smtp", &tongue_smtp, 25, false },
	{ "submission", &tongue_smtp, 587, false },
	{ "submissions", &tongue_smtp, 465, true },
	{ "imap", &tongue_imap, 143, false },
	{ "imaps", &tongue_imap, 993, true },
	{ "pop3", &tongue_pop3, 110, false },
	{ "pop3s", &tongue_pop3, 995, true },
	{ "sieve", &tongue_sieve, 4190, false },
};

/* A declared service may have a port of its own. */
static const char *service_name(const struct dialogue_place *place)
{
	const struct server *server;

	if (!place->config || place->server >= place->config->server_count)
		return NULL;
	server = &place->config->servers[place->server];
	for (uint8_t i = 0; i < server->service_count; i++) {
		if (server->services[i].port == place->target_port)
			return server->services[i].name;
	}
	return NULL;
}

static void choose_tongue(struct dialogue *d)
{
	const char *name = service_name(&d->place);

	d->tongue = d->first = &tongue_mute;
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		if (ports[i].port != d->place.target_port &&
		    !(name && strcmp(name, ports[i].name) == 0))
			continue;
		d->tongue = d->first = ports[i].tongue;
		if (ports[i].implicit_tls)
			tls_begin(d, true);
		return;
	}
}

bool pool_is_proxy(const struct dialogue_pool *pool, const struct prefix *p)
{
	for (uint8_t i = 0; i < pool->config.proxy_count; i++) {
		if (prefix_contains(&pool->config.proxies[i], p))
			return true;
	}
	return false;
}

void pool_meet_peer(struct dialogue *d)
{
	const struct dialogue_place *place = &d->place;

	d->trusted = pool_is_proxy(d->pool, &place->client);
	/* What it brings is somebody's whom nobody has named as yet. */
	d->spared = d->trusted;
	d->peer = (struct caller){ .client = place->client,
				   .port = place->client_port,
				   .is_inside = place->client_is_inside };
}

static bool goes_out(const struct dialogue_place *place)
{
	return place->client_is_inside &&
	       (!place->config ||
		config_server_of(place->config, &place->target) < 0);
}

struct dialogue *dialogue_new(struct dialogue_pool *pool,
			      const struct dialogue_place *place,
			      bool midstream)
{
	struct dialogue *d = pool->free;

	if (d) {
		pool->free = d->next;
	} else if (pool->used < pool->max) {
		d = &pool->all[pool->used++];
	} else {
		pool->stats.refused++;
		return NULL;
	}
	/* The lines' rooms are written before they are read. */
	memset(d, 0, offsetof(struct dialogue, client_line));
	d->pool = pool;
	d->place = *place;
	d->midstream = midstream;
	d->smtp.lost = midstream;
	/* Who waits for a greeting that never comes says nothing at all. */
	d->begun = place->begun_ns > 0;
	d->begin_ns = d->client_ns = d->server_ns = place->begun_ns;
	d->outbound = goes_out(place);
	choose_tongue(d);
	pool_meet_peer(d);
	if (d->trusted)
		d->outbound = false;
	if (!midstream && d->trusted && d->tongue != &tongue_mute) {
		d->behind = d->tongue;
		d->tongue = &tongue_proxy;
	}
	pool->stats.dialogues++;
	pool->stats.open++;
	session_begin(d);
	silence_begin(d);
	return d;
}

void dialogue_free(struct dialogue *d)
{
	struct dialogue_pool *pool;

	if (!d)
		return;
	pool = d->pool;
	letterbox_end(d, false);
	minutes_end(d);
	silence_end(d);
	/* Secrets may stand in what was kept of a line. */
	explicit_bzero(d->client_line, sizeof(d->client_line));
	pool->stats.open--;
	d->next = pool->free;
	pool->free = d;
}

void dialogue_at(struct dialogue *d, uint64_t time_ns)
{
	d->now_ns = time_ns;
	if (!d->begun) {
		d->begun = true;
		d->begin_ns = d->client_ns = d->server_ns = time_ns;
	}
	/* Behind a proxy the source is not known before its header is. */
	if (!d->counted && d->tongue != &tongue_proxy) {
		d->counted = true;
		judge_connection(d);
	}
}

/* What no line is too bad for, in bytes a second of a message's text. */
#define PACE_MIN 100u

/*
 * A message that never ends: measured anew each time the limit has passed, so
 * that a fast begin excuses nothing.
 */
static void check_pace(struct dialogue *d, uint64_t limit_ns)
{
	struct smtp *smtp = &d->smtp;
	uint64_t passed_ns = d->now_ns - smtp->pace_ns;
	uint64_t bytes = d->bytes[SIDE_CLIENT] - smtp->pace_bytes;

	if (passed_ns < limit_ns)
		return;
	if (bytes < passed_ns / 1000000000u * PACE_MIN)
		blame_once(d, SIGN_SLOW_SESSION, 3,
			   "%" PRIu64 " bytes of a message in %" PRIu64 " s",
			   bytes, passed_ns / 1000000000u);
	smtp->pace_ns = d->now_ns;
	smtp->pace_bytes = d->bytes[SIDE_CLIENT];
}

/* The client has spoken; when a server takes long, it is not to blame. */
static void check_slow(struct dialogue *d)
{
	uint64_t limit_ns = d->pool->config.slow_session_s * 1000000000ull;

	if (limit_ns == 0 || d->tongue == &tongue_tls ||
	    d->tongue == &tongue_mute)
		return;
	if (d->smtp.text_open) {
		check_pace(d, limit_ns);
		return;
	}
	if (d->got_mail || d->now_ns - d->begin_ns < limit_ns)
		return;
	blame_once(d, SIGN_SLOW_SESSION, 3, "no mail and no login within %u s",
		   d->pool->config.slow_session_s);
}

/*
 * Who was greeted and says nothing: told when the server gives up, after the
 * five minutes of RFC 5321 section 4.5.3.2.7, or when the client goes.  The
 * moments of both are seen a little late each: hence the sixteenth.
 */
static void check_mute(struct dialogue *d)
{
	uint64_t limit_ns = d->pool->config.slow_session_s * 1000000000ull;

	if (limit_ns == 0 || d->bytes[SIDE_CLIENT] > 0 || !d->smtp.greeted ||
	    d->smtp.lost || d->gap[SIDE_CLIENT] || d->midstream ||
	    d->tongue != &tongue_smtp || d->smtp.reply_verb != VERB_HELP ||
	    d->now_ns - d->server_ns < limit_ns - limit_ns / 16)
		return;
	blame_once(d, SIGN_SLOW_SESSION, 3, "not a word within %u s",
		   d->pool->config.slow_session_s);
}

void dialogue_data(struct dialogue *d, enum side side, const uint8_t *bytes,
		   size_t len, uint64_t time_ns)
{
	if (len == 0)
		return;
	dialogue_at(d, time_ns);
	if (side == SIDE_SERVER) {
		silence_check(d);
		silence_end(d);
		check_mute(d);
		d->server_ns = time_ns;
	}
	d->bytes[side] += len;
	d->pool->stats.bytes += len;
	if (side == SIDE_CLIENT) {
		check_slow(d);
		d->client_ns = time_ns;
	}
	while (len > 0) {
		size_t n = d->tongue->said(d, side, bytes, len);

		bytes += n;
		len -= n;
	}
	dialogue_at(d, time_ns);
}

void dialogue_unordered(struct dialogue *d)
{
	d->unordered = true;
}

void dialogue_gap(struct dialogue *d, enum side side, uint64_t missing,
		  uint64_t time_ns)
{
	dialogue_at(d, time_ns);
	d->gap[side] = true;
	d->pool->stats.gaps++;
	/* Of what was not seen nobody knows the pace. */
	d->smtp.pace_ns = time_ns;
	d->smtp.pace_bytes = d->bytes[SIDE_CLIENT];
	d->tongue->gap(d, side, missing);
}

void dialogue_end(struct dialogue *d, enum dialogue_end_reason reason,
		  uint64_t time_ns)
{
	dialogue_at(d, time_ns);
	if (reason != DIALOGUE_END_SHUTDOWN)
		silence_check(d);
	if (reason == DIALOGUE_END_FIN || reason == DIALOGUE_END_RST)
		check_mute(d);
	d->tongue->end(d, reason);
	judge_bytes(d, d->bytes[SIDE_CLIENT]);
	letterbox_end(d, false);
	session_end(d, reason);
}

static size_t mute_said(struct dialogue *d, enum side side,
			const uint8_t *bytes, size_t len)
{
	(void)d;
	(void)side;
	(void)bytes;
	return len;
}

static void mute_gap(struct dialogue *d, enum side side, uint64_t missing)
{
	(void)d;
	(void)side;
	(void)missing;
}

static void mute_end(struct dialogue *d, enum dialogue_end_reason reason)
{
	(void)d;
	(void)reason;
}

const struct tongue tongue_mute = {
	.name = "none",
	.said = mute_said,
	.gap = mute_gap,
	.end = mute_end,
};
