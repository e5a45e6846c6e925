/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * intake: events in, decisions out.  The receiver trusts nothing that the
 * sender checked.
 */
#include "ctl/daemon/intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/escape.h"
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/bans.h"
#include "ctl/daemon/clients.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/policy.h"
#include "ctl/daemon/sightings.h"
#include "ctl/daemon/tracker.h"

/* A position that caused no act is recorded so often: what is read again after
 * a crash is little. */
#define POSITION_PAUSE_MS 10000u

static const char *feed_name(const struct feeder *f)
{
	return f->daemon->config->feeds[f->index].name;
}

void intake_greet(struct daemon *d)
{
	const struct hello hello = program_hello(d->program);

	for (uint8_t i = 0; i < d->config->feed_count; i++) {
		d->feeders[i].live = false;
		wire_put(d->feeders[i].wire, MSG_HELLO, &hello);
	}
}

/* Tell a feed where to go on. */
static void say_positions(struct feeder *f, uint16_t turn)
{
	const struct stream *stream;
	struct resume end = { .turn = turn };
	uint32_t at = 0;

	while ((stream =
			streams_walk(&f->daemon->streams, feed_name(f), &at))) {
		struct resume row = stream->file;

		row.turn = turn;
		wire_put(f->wire, MSG_RESUME, &row);
	}
	wire_put(f->wire, MSG_RESUME, &end);
}

static const char *file_of(const struct feeder *f, uint16_t stream)
{
	if (stream >= DAEMON_READINGS_MAX)
		return "";
	return f->readings[stream].file;
}

static struct act act_of(const struct feeder *f, const struct event *event,
			 const struct decision *decision)
{
	char text[EVENT_TEXT_SIZE * 4];
	struct act act = {
		.origin = ORIGIN_POLICY,
		.mode = decision->mode,
		.sign = event->sign,
		.hosts = decision->hosts,
		.prefix = decision->prefix,
		.points = decision->points,
		.source = event->source,
		.target = event->target,
		.target_port = event->target_port,
		.proof = event->proof,
		.feed = f->index,
		.stream = event->stream,
		.position = event->position,
		.event_ns = event->time_ns,
		.gid = event->gid,
		.sid = event->sid,
		.rev = event->rev,
	};

	snprintf(act.name, sizeof(act.name), "%s", feed_name(f));
	snprintf(act.file, sizeof(act.file), "%s", file_of(f, event->stream));
	escape_text(text, sizeof(text), event->text, strlen(event->text));
	if (text[0])
		snprintf(act.reason, sizeof(act.reason), "%s: %.100s",
			 sign_name((enum sign)event->sign), text);
	else
		snprintf(act.reason, sizeof(act.reason), "%s",
			 sign_name((enum sign)event->sign));
	return act;
}

/* What would be done, but for the mode: said once, then counted anew. */
static void only_say(struct daemon *d, struct act *act)
{
	char text[PREFIX_TEXT_SIZE];

	act->kind = ACT_WOULD_BAN;
	act->term_s = policy_term_s(&d->config->policy, 1);
	tracker_clear(d->tracker, &act->prefix);
	acts_record(d, act);
	if (act->mode == MODE_ALARM)
		log_warning("alarm: %s: %s", prefix_format(&act->prefix, text),
			    act->reason);
}

static void say_refused(struct daemon *d, struct act *act, int err)
{
	act->kind = ACT_REFUSED;
	act->error = -err;
	acts_record(d, act);
}

static enum outcome carry_out(struct feeder *f, const struct event *event,
			      const struct decision *decision, uint64_t *act_id)
{
	struct daemon *d = f->daemon;
	struct act act = act_of(f, event, decision);
	struct prefix by;
	int err;

	/* A subnet with a protected address in it is spared; its attackers
	 * are banned one by one. */
	if (protect_ask(&d->protect, &act.prefix, &by) != PROTECTION_NONE) {
		d->tally.spared++;
		return OUTCOME_SPARED;
	}
	if (decision->mode != MODE_ENFORCE) {
		only_say(d, &act);
		*act_id = act.id;
		return OUTCOME_WOULD_BAN;
	}
	err = acts_ban(d, &act);
	if (err)
		say_refused(d, &act, err);
	*act_id = act.id;
	return err ? OUTCOME_REFUSED : OUTCOME_BANNED;
}

static enum outcome judge(struct feeder *f, const struct event *event,
			  uint64_t *act_id)
{
	struct daemon *d = f->daemon;
	struct decision decision;

	d->tally.events++;
	if (event->proof == PROOF_NONE)
		d->tally.unproven++;
	if (bans_covering(d->bans, &event->source)) {
		d->tally.already++;
		return OUTCOME_ALREADY;
	}
	decision = policy_judge(&d->config->policy, d->tracker, event,
				(uint32_t)(daemon_now_ms() / 1000));
	if (decision.ban)
		return carry_out(f, event, &decision, act_id);
	return policy_points(&d->config->policy, event) ? OUTCOME_COUNTED
							: OUTCOME_NOTHING;
}

static int hear_event(struct feeder *f, const struct event *event)
{
	struct daemon *d = f->daemon;
	const char *file = file_of(f, event->stream);
	enum outcome outcome;
	uint64_t act_id = 0;

	if (!event_is_valid(event) || event->feed != f->index ||
	    event->server >= d->config->server_count)
		return -EBADMSG;
	if (streams_is_applied(&d->streams, feed_name(f), file,
			       &event->position)) {
		d->tally.repeated++;
		return 0;
	}
	outcome = judge(f, event, &act_id);
	sightings_note(d->sightings, event, feed_name(f), file, outcome,
		       act_id);
	streams_advance(&d->streams, feed_name(f), file, &event->position);
	return 0;
}

static void record_position(struct feeder *f, const struct reading *reading)
{
	struct act act = {
		.kind = ACT_POSITION,
		.origin = ORIGIN_SYSTEM,
		.feed = f->index,
		.stream = reading->stream,
		.position = reading->position,
	};

	snprintf(act.name, sizeof(act.name), "%s", feed_name(f));
	snprintf(act.file, sizeof(act.file), "%s", reading->file);
	acts_record(f->daemon, &act);
	f->position_ms = daemon_now_ms();
}

/* The counters of READING go to those of the past, and it is shown no more. */
static void end_reading(struct feeder *f, struct reading *reading)
{
	struct reading *past = &f->past;

	past->bytes += reading->bytes;
	past->lines += reading->lines;
	past->alerts += reading->alerts;
	past->events += reading->events;
	past->foreign += reading->foreign;
	past->bad += reading->bad;
	past->too_long += reading->too_long;
	past->gaps += reading->gaps;
	memset(reading, 0, sizeof(*reading));
}

/* Stream 0 of a log is its path: it tells only of a trouble. */
static bool is_over(const struct feeder *f, const struct reading *reading)
{
	const struct feed *feed = &f->daemon->config->feeds[f->index];

	return reading->finished || (feed->source == FEED_FILE &&
				     reading->stream == 0 && !reading->error);
}

static int hear_reading(struct feeder *f, const struct reading *reading)
{
	struct reading *old;

	if (reading->stream >= DAEMON_READINGS_MAX || reading->feed != f->index)
		return -EBADMSG;
	old = &f->readings[reading->stream];
	if (reading->error && reading->error != old->error)
		log_warning("feed %s cannot read %s: %s", feed_name(f),
			    reading->file, strerror(reading->error));
	*old = *reading;
	streams_advance(&f->daemon->streams, feed_name(f), reading->file,
			&reading->position);
	if (reading->finished)
		streams_forget(&f->daemon->streams, feed_name(f), reading->file,
			       &reading->position);
	else if (reading->position.inode &&
		 daemon_now_ms() - f->position_ms >= POSITION_PAUSE_MS)
		record_position(f, reading);
	if (is_over(f, old))
		end_reading(f, old);
	return 0;
}

static int hear_gap(struct feeder *f, const struct gap *gap)
{
	static const char *const words[GAP_COUNT] = {
		[GAP_FILE_LOST] = "the file is gone before it was read",
		[GAP_TRUNCATED] = "the file was cut before it was read",
		[GAP_OVERRUN] = "the sender had to drop",
	};
	struct act act = {
		.kind = ACT_GAP,
		.origin = ORIGIN_SYSTEM,
		.feed = f->index,
		.stream = gap->stream,
		.position = gap->position,
	};

	snprintf(act.name, sizeof(act.name), "%s", feed_name(f));
	snprintf(act.file, sizeof(act.file), "%s", gap->file);
	snprintf(act.reason, sizeof(act.reason), "%s", words[gap->kind]);
	log_warning("feed %s: %s: %s", act.name, act.file, act.reason);
	acts_record(f->daemon, &act);
	return 0;
}

/* The first one must answer ours: others were said to a former life. */
static void hear_hello(struct feeder *f, const struct hello *hello)
{
	const struct hello ours = program_hello(f->daemon->program);

	if (!f->live && hello->answers != ours.epoch) {
		wire_put(f->wire, MSG_HELLO, &ours);
		return;
	}
	f->live = true;
	for (size_t s = 0; s < DAEMON_READINGS_MAX; s++)
		end_reading(f, &f->readings[s]);
	say_positions(f, hello->turn);
}

int intake_hear(void *feeder, enum msg_kind kind, const union msg_row *row)
{
	struct feeder *f = feeder;

	if (kind == MSG_HELLO) {
		hear_hello(f, &row->hello);
		return 0;
	}
	if (!f->live)
		return 0; /* said to a former life of ours */
	switch (kind) {
	case MSG_EVENT:
		return hear_event(f, &row->event);
	case MSG_READING:
		return hear_reading(f, &row->reading);
	case MSG_GAP:
		return hear_gap(f, &row->gap);
	default:
		return -EBADMSG;
	}
}
