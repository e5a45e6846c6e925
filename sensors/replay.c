/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay: a file through the same library that reads the wire.
 */
#include "sensors/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "ctl/core/log.h"
#include "sensors/account.h"
#include "sensors/capture.h"
#include "sensors/hearing.h"
#include "sensors/screen.h"
#include "sensors/sessions.h"

/* A file can wait for what it brings out of order. */
#define WAIT_S	  60.

#define DIALOGUES 131072u

/* Sources that are named for each sign; --json has all. */
#define SHOWN_PER_SIGN 10u

struct replay {
	const struct replay_options *options;
	struct hearing *hearing;
	struct account *account;
	enum frame_link link;
	uint64_t number; /* of the frame */
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t events;
	uint64_t session_ns; /* when the last one began that was printed */
	struct event shown; /* the last one that was printed */
	uint64_t again; /* how often it came once more */
};

static const char *escaped_json(const char *text, char *buf, size_t size)
{
	escape_json(buf, size, text, strlen(text));
	return buf;
}

static void print_json_event(const struct event *e)
{
	char time[CLOCK_TEXT_SIZE], source[PREFIX_TEXT_SIZE],
		target[PREFIX_TEXT_SIZE];
	char text[EVENT_TEXT_SIZE * 6 + 1], proto[EVENT_PROTO_SIZE * 6 + 1];

	printf("{\"time\":\"%s\",\"sign\":\"%s\",\"source\":\"%s\","
	       "\"source_port\":%u,\"target\":\"%s\",\"target_port\":%u,"
	       "\"proof\":\"%s\",\"culprit\":%s,\"severity\":%u,"
	       "\"app_proto\":\"%s\",\"flow\":%" PRIu64 ",\"packet\":%" PRIu64
	       ",\"text\":\"%s\"}\n",
	       clock_format(e->time_ns, time), sign_name((enum sign)e->sign),
	       prefix_format(&e->source, source), e->source_port,
	       prefix_format(&e->target, target), e->target_port,
	       proof_name((enum proof)e->proof),
	       e->culprit == CULPRIT_SOURCE ? "true" : "false", e->severity,
	       escaped_json(e->app_proto, proto, sizeof(proto)), e->flow_id,
	       e->position.offset, escaped_json(e->text, text, sizeof(text)));
}

static bool is_same(const struct event *a, const struct event *b)
{
	return a->sign == b->sign && a->target_port == b->target_port &&
	       prefix_equal(&a->source, &b->source) &&
	       prefix_equal(&a->target, &b->target) &&
	       strcmp(a->text, b->text) == 0;
}

static void print_again(struct replay *r)
{
	if (r->again)
		printf("%14sand %" PRIu64 " more like it\n", "", r->again);
	r->again = 0;
}

/* For a person and 80 columns: who and what on one line, how it was seen on
 * the next, the date where it changes.  --json has all. */
static void print_event(struct replay *r, const struct event *e)
{
	char time[CLOCK_TEXT_SIZE], before[CLOCK_TEXT_SIZE],
		source[PREFIX_TEXT_SIZE], target[PREFIX_TEXT_SIZE],
		text[EVENT_TEXT_SIZE * 4], head[256];

	if (is_same(e, &r->shown)) {
		r->again++;
		return;
	}
	print_again(r);
	clock_format(e->time_ns, time);
	clock_format(r->shown.time_ns, before);
	if (memcmp(time, before, 10) != 0)
		printf("%.10s\n", time);
	snprintf(head, sizeof(head), "%.12s  %s: %s to %s port %u", time + 11,
		 sign_name((enum sign)e->sign),
		 prefix_format(&e->source, source),
		 prefix_format(&e->target, target), e->target_port);
	screen_print(head, 0, 14);
	printf("%14s", "");
	screen_print(escape_text(text, sizeof(text), e->text, strlen(e->text)),
		     14, 14);
	r->shown = *e;
}

static void take_event(void *arg, const struct event *event)
{
	struct replay *r = arg;

	r->events++;
	account_add(r->account, event);
	if (r->options->quiet || r->options->sessions)
		return;
	if (r->options->json)
		print_json_event(event);
	else
		print_event(r, event);
}

static void take_session(void *arg, const struct dialogue_session *session)
{
	struct replay *r = arg;

	if (r->options->json)
		sessions_print_json(session);
	else
		sessions_print(session, r->session_ns);
	r->session_ns = session->begin_ns;
}

static void take_frame(void *ctx, const uint8_t *data, size_t len,
		       uint64_t time_ns)
{
	struct replay *r = ctx;

	if (r->number++ == 0)
		r->first_ns = time_ns;
	if (time_ns > r->last_ns)
		r->last_ns = time_ns;
	hearing_take(r->hearing, r->link, data, len, time_ns, r->number);
}

/* The sum */

static void print_json_sum(struct replay *r, const struct inlet_stats *in,
			   const struct dialogue_stats *said)
{
	const struct flow_stats *f = &in->flows;

	printf("{\"summary\":{\"frames\":%" PRIu64 ",\"bytes\":%" PRIu64
	       ",\"unread\":%" PRIu64 ",\"cut\":%" PRIu64
	       ",\"foreign\":%" PRIu64 ",\"halfopen\":%" PRIu64
	       ",\"handshakes\":%" PRIu64 ",\"midstream\":%" PRIu64
	       ",\"onesided\":%" PRIu64 ",\"gaps\":%" PRIu64
	       ",\"missing\":%" PRIu64 ",\"unheard\":%" PRIu64
	       ",\"conflicts\":%" PRIu64 ",\"repeated\":%" PRIu64,
	       in->frames, in->bytes,
	       in->verdicts[FRAME_SHORT] + in->verdicts[FRAME_BAD] +
		       in->bad_tcp,
	       in->cut, in->foreign, f->halfopen, f->handshakes, f->midstream,
	       f->onesided, f->gaps, f->missing, f->unheard, f->conflicts,
	       f->repeated);
	printf(",\"dialogues\":%" PRIu64 ",\"encrypted\":%" PRIu64
	       ",\"commands\":%" PRIu64 ",\"mails\":%" PRIu64
	       ",\"parts\":%" PRIu64 ",\"events\":%" PRIu64,
	       said->dialogues, said->encrypted, said->commands, said->mails,
	       said->parts, r->events);
	printf(",\"mails_blind\":%" PRIu64 ",\"skipped\":%" PRIu64
	       ",\"fragments_lost\":%" PRIu64 ",\"crowded\":%" PRIu64
	       ",\"displaced\":%" PRIu64 ",\"halfopen_displaced\":%" PRIu64
	       ",\"refused\":%" PRIu64 ",\"forgotten\":%" PRIu64 "}}\n",
	       said->mails_blind, said->skipped, fragments_lost(&in->fragments),
	       f->crowded, f->displaced, f->halfopen_displaced, said->refused,
	       said->forgotten);
}

/* How well the source is proven to be there. */
static const char *proven(uint8_t proof)
{
	switch ((enum proof)proof) {
	case PROOF_HANDSHAKE:
		return "answered";
	case PROOF_DIALOGUE:
		return "talked";
	case PROOF_NONE:
	case PROOF_COUNT:
		break;
	}
	return "could be forged";
}

static void print_signs(struct replay *r)
{
	char source[PREFIX_TEXT_SIZE];
	size_t count, shown = 0;
	const struct account_row *rows = account_rows(r->account, &count);

	puts(count ? "\nWho showed which sign, how often"
		   : "\nNo sign of an attack.");
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || rows[i].sign != rows[i - 1].sign) {
			printf("\n%s\n", sign_name((enum sign)rows[i].sign));
			shown = 0;
		}
		if (shown++ < SHOWN_PER_SIGN)
			printf("  %6" PRIu64 " %-40s %s%s\n", rows[i].count,
			       prefix_format(&rows[i].source, source),
			       proven(rows[i].proof),
			       rows[i].culprit == CULPRIT_SOURCE
				       ? ""
				       : ", not the one to blame");
		else if (shown == SHOWN_PER_SIGN + 1)
			puts("         ... and more; --json names all");
	}
	if (account_left_out(r->account))
		printf("\n%" PRIu64 " events more were not counted by source\n",
		       account_left_out(r->account));
}

static void print_lacks(const struct inlet_stats *in)
{
	const struct flow_stats *f = &in->flows;
	uint64_t unread = in->verdicts[FRAME_SHORT] + in->verdicts[FRAME_BAD] +
			  in->bad_tcp;

	if (unread)
		printf("  %" PRIu64 " packets could not be read, cut or "
		       "broken\n",
		       unread);
	if (in->cut)
		printf("  %" PRIu64 " packets were captured in part only\n",
		       in->cut);
	if (f->gaps)
		printf("  %" PRIu64 " gaps, %" PRIu64 " bytes that the capture "
		       "missed\n",
		       f->gaps, f->missing);
	if (f->onesided)
		printf("  %" PRIu64 " connections of which one side alone was "
		       "captured: not read\n",
		       f->onesided);
	if (f->conflicts)
		printf("  %" PRIu64 " bytes were sent twice, and differently\n",
		       f->conflicts);
}

/* What came upon a limit of ours, as `postern status` tells it. */
static void print_limits(const struct inlet_stats *in,
			 const struct dialogue_stats *said)
{
	const struct flow_stats *f = &in->flows;
	const struct {
		uint64_t count;
		const char *words;
	} limits[] = {
		{ f->displaced + said->refused,
		  "connections dropped for want of room" },
		{ f->crowded, "connections lost bytes for want of room" },
		{ f->halfopen_displaced,
		  "half-open connections dropped for want of room" },
		{ fragments_lost(&in->fragments),
		  "packets in fragments that never got whole" },
		{ said->mails_blind, "mails not looked into for want of room" },
		{ said->skipped, "parts, fields or names passed over: too "
				 "many, long or deep" },
		{ said->forgotten, "sources forgotten for want of room" },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (limits[i].count)
			printf("  %" PRIu64 " %s\n", limits[i].count,
			       limits[i].words);
	}
}

static void print_sum(struct replay *r, const struct inlet_stats *in,
		      const struct dialogue_stats *said)
{
	char first[CLOCK_TEXT_SIZE], length[CLOCK_TERM_SIZE];
	const struct flow_stats *f = &in->flows;

	print_again(r);
	if (r->number > 0)
		printf("\n%" PRIu64 " packets, %.1f MB, from %.19s, over %s\n",
		       in->frames, (double)in->bytes / 1e6,
		       clock_format(r->first_ns, first),
		       clock_format_term((r->last_ns - r->first_ns) /
						 CLOCK_NS_PER_S,
					 length));
	else
		puts("no packet");
	printf("  %" PRIu64 " connections read, %" PRIu64
	       " of them from the middle on; %" PRIu64 " tried\n  %" PRIu64
	       " packets of no mail service of ours\n",
	       said->dialogues, f->midstream, f->halfopen, in->foreign);
	printf("  %" PRIu64 " encrypted and so not looked into; %" PRIu64
	       " commands, %" PRIu64 " mails, %" PRIu64 " parts\n",
	       said->encrypted, said->commands, said->mails, said->parts);
	print_lacks(in);
	print_limits(in, said);
	print_signs(r);
}

static int read_all(struct replay *r, struct capture *capture)
{
	char error[CAPTURE_ERROR_SIZE], shown[CAPTURE_ERROR_SIZE * 4];
	int got;

	do {
		got = capture_read(capture, 0, take_frame, r, error);
	} while (got > 0);
	if (got < 0)
		log_error("%s: damaged behind packet %" PRIu64 ": %s",
			  r->options->path, r->number,
			  escape_text(shown, sizeof(shown), error,
				      strlen(error)));
	return got;
}

static int make(struct replay *r, const struct config *config)
{
	const struct hearing_config wanted = {
		.config = config && config->server_count ? config : NULL,
		.dialogues = DIALOGUES,
		.wait_s = WAIT_S,
		.sink = take_event,
		.arg = r,
		.session = r->options->sessions && !r->options->quiet
				   ? take_session
				   : NULL,
	};

	r->account = account_new();
	r->hearing = hearing_new(&wanted);
	return r->account && r->hearing ? 0 : -1;
}

int replay_run(const struct replay_options *options,
	       const struct config *config)
{
	char error[CAPTURE_ERROR_SIZE], shown[CAPTURE_ERROR_SIZE * 4];
	struct replay r = { .options = options };
	struct dialogue_stats said;
	struct capture *capture;
	struct inlet_stats in;
	int got = -1;

	if (capture_open_file(&capture, options->path, error)) {
		log_error("cannot read %s: %s", options->path,
			  escape_text(shown, sizeof(shown), error,
				      strlen(error)));
		return 1;
	}
	r.link = capture_link(capture);
	if (make(&r, config) == 0) {
		got = read_all(&r, capture);
		inlet_finish(hearing_inlet(r.hearing));
		inlet_stats(hearing_inlet(r.hearing), &in);
		hearing_stats(r.hearing, &said);
		if (options->json)
			print_json_sum(&r, &in, &said);
		else
			print_sum(&r, &in, &said);
	} else {
		log_error("no memory");
	}
	hearing_free(r.hearing);
	account_free(r.account);
	capture_close(capture);
	return got < 0 || fflush(stdout) != 0 ? 1 : 0;
}
