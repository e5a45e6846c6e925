/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script: a growing text.
 */
#include "tests/support/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void script_init(struct script *s)
{
	*s = (struct script){ .last = -1, .room = 256 };
	s->text = calloc(1, s->room);
	if (!s->text)
		abort();
}

void script_fini(struct script *s)
{
	free(s->text);
}

static void write_bytes(struct script *s, const void *data, size_t len)
{
	while (s->len + len + 1 > s->room) {
		s->room *= 2;
		s->text = realloc(s->text, s->room);
		if (!s->text)
			abort();
	}
	memcpy(s->text + s->len, data, len);
	s->len += len;
	s->text[s->len] = '\0';
}

static void write_text(struct script *s, const char *text)
{
	write_bytes(s, text, strlen(text));
}

static void *open_flow(void *ctx, const struct flow_view *view)
{
	struct script *s = ctx;

	s->opened++;
	s->midstream += view->midstream;
	return s;
}

static void note_proof(struct script *s, const struct flow_view *view)
{
	if (view->proof > s->proof)
		s->proof = view->proof;
}

static void turn_to(struct script *s, enum side side)
{
	if (s->last == (int)side)
		return;
	write_text(s, side == SIDE_CLIENT ? "<" : ">");
	s->last = (int)side;
}

static void hear_data(void *ctx, void *user, const struct flow_view *view,
		      enum side side, const uint8_t *bytes, size_t len,
		      uint64_t time_ns)
{
	(void)ctx;
	(void)time_ns;
	note_proof(user, view);
	turn_to(user, side);
	write_bytes(user, bytes, len);
}

static void hear_gap(void *ctx, void *user, const struct flow_view *view,
		     enum side side, uint64_t missing, uint64_t time_ns)
{
	char text[40];

	(void)ctx;
	(void)view;
	(void)time_ns;
	turn_to(user, side);
	snprintf(text, sizeof(text), "(%llu missing)",
		 (unsigned long long)missing);
	write_text(user, text);
}

static void hear_end(void *ctx, void *user, const struct flow_view *view,
		     enum dialogue_end_reason reason, uint64_t time_ns)
{
	static const char *const words[] = { "[fin]", "[rst]", "[timeout]",
					     "[shutdown]" };
	struct script *s = user;

	(void)ctx;
	(void)time_ns;
	note_proof(s, view);
	s->ended++;
	write_text(s, words[reason]);
}

struct flow_listener script_listener(struct script *s)
{
	return (struct flow_listener){ open_flow, hear_data, hear_gap, hear_end,
				       s };
}

struct flow_config script_sizes(double wait_s)
{
	struct flow_config sizes = inlet_sizes(wait_s);

	sizes.flows = 1024;
	sizes.halfopen = 1024;
	sizes.pages = 4096;
	return sizes;
}

void script_play(struct script *s, const struct scene *scene, double wait_s,
		 struct inlet_stats *stats)
{
	const struct flow_listener listener = script_listener(s);
	const struct flow_config sizes = script_sizes(wait_s);
	struct inlet *in = inlet_new(NULL, &sizes, &listener);

	if (!in)
		abort();
	for (size_t i = 0; i < scene->count; i++) {
		const struct scene_packet *p = &scene->packets[i];

		inlet_take(in, FRAME_LINK_RAW, p->data, p->len, p->time_ns);
	}
	inlet_finish(in);
	if (stats)
		inlet_stats(in, stats);
	inlet_free(in);
}
