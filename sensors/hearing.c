/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hearing: the listener of the flows, and the sink of the dialogues.
 */
#include "sensors/hearing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "ctl/core/clock.h"

struct hearing {
	struct hearing_config config;
	struct dialogue_pool *pool;
	struct inlet *inlet;
	const struct flow_view *view; /* of whom a dialogue is speaking */
	uint64_t number; /* of the frame */
	struct handoff handoff; /* with what a dialogue does not know */
};

static struct prefix address_of(uint8_t family, const uint8_t bytes[16])
{
	struct prefix p = { 0 };

	/* Any whole address is a prefix. */
	if (prefix_make(&p, family, bytes, prefix_bits(family)))
		abort();
	return p;
}

static struct event complete(const struct hearing *h, const struct event *found)
{
	struct event event = *found;

	event.feed = h->config.feed;
	event.stream = 0;
	event.position = (struct position){ .offset = h->number };
	event.seen_ns = clock_calendar_ns();
	event.ip_proto = TCP_PROTOCOL;
	if (h->view) {
		event.flow_id = h->view->id;
		if (event.proof > h->view->proof)
			event.proof = h->view->proof;
	}
	return event;
}

/* The connection, then what was said in it. */
static void tell_origin(const struct hearing *h, const struct event *event)
{
	char text[DIALOGUE_MINUTES_SIZE + 256];
	char source[PREFIX_TEXT_SIZE], target[PREFIX_TEXT_SIZE];
	size_t len;

	len = (size_t)snprintf(
		text, 256, "frame %" PRIu64 ": %s port %u to %s port %u, ",
		h->number, prefix_format(&event->source, source),
		event->source_port, prefix_format(&event->target, target),
		event->target_port);
	len += dialogue_minutes(h->pool, text + len, DIALOGUE_MINUTES_SIZE);
	h->config.origin(h->config.arg, event, text, len);
}

/* What a dialogue found. */
static void take_event(void *arg, const struct event *found)
{
	struct hearing *h = arg;
	struct event event = complete(h, found);

	h->config.sink(h->config.arg, &event);
	if (h->config.origin)
		tell_origin(h, &event);
}

static void take_patron(void *arg, const struct prefix *source, bool encrypted,
			uint64_t time_ns)
{
	const struct hearing *h = arg;

	/* Of a forged source nothing good is known either. */
	if (h->view && h->view->proof >= PROOF_HANDSHAKE)
		h->config.patron(h->config.arg, source, encrypted, time_ns);
}

static void take_session(void *arg, const struct dialogue_session *session)
{
	const struct hearing *h = arg;

	h->config.session(h->config.arg, session);
}

static void *open_dialogue(void *ctx, const struct flow_view *view)
{
	struct hearing *h = ctx;
	struct dialogue_place place = {
		.config = h->config.config,
		.server = view->server,
		.client = address_of(view->family, view->client),
		.target = address_of(view->family, view->target),
		.client_port = view->client_port,
		.target_port = view->target_port,
		.begun_ns = view->midstream ? 0 : view->begun_ns,
		.proof_so_far = view->proof,
	};
	struct dialogue *dialogue;

	place.client_is_inside =
		h->config.config &&
		config_is_inside(h->config.config, &place.client);
	h->view = view;
	dialogue = dialogue_new(h->pool, &place, view->midstream);
	h->view = NULL;
	return dialogue;
}

static void hear_data(void *ctx, void *user, const struct flow_view *view,
		      enum side side, const uint8_t *bytes, size_t len,
		      uint64_t time_ns)
{
	struct hearing *h = ctx;

	h->view = view;
	if (view->unordered)
		dialogue_unordered(user);
	dialogue_data(user, side, bytes, len, time_ns);
	h->view = NULL;
}

static void hear_gap(void *ctx, void *user, const struct flow_view *view,
		     enum side side, uint64_t missing, uint64_t time_ns)
{
	struct hearing *h = ctx;

	h->view = view;
	dialogue_gap(user, side, missing, time_ns);
	h->view = NULL;
}

static void hear_end(void *ctx, void *user, const struct flow_view *view,
		     enum dialogue_end_reason reason, uint64_t time_ns)
{
	struct hearing *h = ctx;

	h->view = view;
	dialogue_end(user, reason, time_ns);
	h->view = NULL;
	dialogue_free(user);
}

static uint64_t begin_file(void *ctx, const struct event *about)
{
	struct hearing *h = ctx;
	const struct handoff *to = h->config.handoff;
	struct event event = complete(h, about);

	return to->begin(to->ctx, &event);
}

static bool hand_bytes(void *ctx, uint64_t number, const uint8_t *bytes,
		       size_t len)
{
	struct hearing *h = ctx;
	const struct handoff *to = h->config.handoff;

	return to->data(to->ctx, number, bytes, len);
}

static void end_file(void *ctx, uint64_t number, bool whole)
{
	struct hearing *h = ctx;
	const struct handoff *to = h->config.handoff;

	to->end(to->ctx, number, whole);
}

/* For few connections little is remembered, too. */
#define HALFOPEN_EACH 8u
#define PAGES_EACH    4u
#define TALLY_EACH    16u

static struct flow_config sizes_of(const struct hearing_config *config)
{
	struct flow_config sizes = inlet_sizes(config->wait_s);

	if (config->connections) {
		sizes.flows = config->connections;
		sizes.halfopen = config->connections * HALFOPEN_EACH;
		sizes.pages = config->connections * PAGES_EACH;
	}
	return sizes;
}

static struct dialogue_pool *make_pool(struct hearing *h)
{
	struct dialogue_config made;

	dialogue_config_init(&made);
	if (h->config.connections) {
		made.tally_size = h->config.connections * TALLY_EACH;
		made.content_max = h->config.connections;
	}
	h->handoff = (struct handoff){ begin_file, hand_bytes, end_file, h };
	if (h->config.handoff)
		made.handoff = &h->handoff;
	if (h->config.patron)
		made.patron = take_patron;
	if (h->config.session)
		made.session = take_session;
	made.file = h->config.config;
	if (getrandom(&made.seed, sizeof(made.seed), 0) !=
	    (ssize_t)sizeof(made.seed))
		abort();
	return dialogue_pool_new(&made, h->config.dialogues, take_event, h);
}

struct hearing *hearing_new(const struct hearing_config *config)
{
	struct flow_config sizes = sizes_of(config);
	struct hearing *h = calloc(1, sizeof(*h));
	const struct flow_listener listener = {
		.open = open_dialogue,
		.data = hear_data,
		.gap = hear_gap,
		.end = hear_end,
		.ctx = h,
	};

	if (!h)
		return NULL;
	h->config = *config;
	h->pool = make_pool(h);
	h->inlet = inlet_new(config->config, &sizes, &listener);
	if (!h->pool || !h->inlet) {
		hearing_free(h);
		return NULL;
	}
	return h;
}

void hearing_free(struct hearing *h)
{
	if (!h)
		return;
	inlet_free(h->inlet);
	dialogue_pool_free(h->pool);
	free(h);
}

void hearing_take(struct hearing *h, enum frame_link link, const uint8_t *data,
		  size_t len, uint64_t time_ns, uint64_t number)
{
	h->number = number;
	dialogue_pool_tick(h->pool, time_ns);
	inlet_take(h->inlet, link, data, len, time_ns);
}

void hearing_tick(struct hearing *h, uint64_t time_ns)
{
	dialogue_pool_tick(h->pool, time_ns);
	inlet_tick(h->inlet, time_ns);
}

uint64_t hearing_deadline(const struct hearing *h)
{
	uint64_t flows_ns = inlet_deadline(h->inlet);
	uint64_t silence_ns = dialogue_pool_deadline(h->pool);

	if (flows_ns == 0 || (silence_ns > 0 && silence_ns < flows_ns))
		return silence_ns;
	return flows_ns;
}

struct inlet *hearing_inlet(struct hearing *h)
{
	return h->inlet;
}

void hearing_stats(const struct hearing *h, struct dialogue_stats *out)
{
	dialogue_pool_stats(h->pool, out);
}
