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
#include "ctl/core/log.h"
#include "ctl/core/program.h"
#include "ctl/core/wire.h"
#include "ctl/daemon/acts.h"
#include "ctl/daemon/alert.h"
#include "ctl/daemon/clients.h"
#include "ctl/daemon/daemon.h"
#include "ctl/daemon/enforce.h"
#include "ctl/daemon/omitted.h"
#include "ctl/daemon/sightings.h"

/* A position that caused no act is recorded so often: what is read again after
 * a crash is little. */
#define POSITION_PAUSE_MS 10000u
/* What sensors lose is recorded no more often. */
#define DROPS_PAUSE_MS 10000u

static const char *feed_name(const struct feeder *f)
{
	return daemon_feeder_name(f);
}

void intake_greet(struct daemon *d)
{
	const struct hello hello = program_hello(d->program);
	struct feeder *f;

	for (unsigned int i = 0; (f = daemon_feeder(d, i)); i++) {
		f->live = false;
		wire_put(f->wire, MSG_HELLO, &hello);
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

/* What was decided and is not done.  False: it was said lately, and is only
 * counted; what would have been done is said each time. */
static bool raise_alarm(struct daemon *d, const struct ruling *ruling,
			const struct act *act)
{
	const struct prefix *about;
	enum alarm_kind kind;

	if (!judge_alarm(ruling, act, &kind, &about))
		return true;
	return alert_raise(d, kind, about, "%s", act->reason) ||
	       ruling->kind == RULING_SAY;
}

/* How long a session of a shared sender stays cut: longer than a mail program
 * tries to go on with it. */
#define CUT_S 600u

static void carry_out(struct feeder *f, const struct event *event,
		      const struct ruling *ruling, uint64_t *act_id)
{
	struct daemon *d = f->daemon;
	struct act act = judge_act(&d->judge, event, ruling);
	int err = 0;

	if (act.kind == ACT_NONE)
		return;
	snprintf(act.name, sizeof(act.name), "%s", feed_name(f));
	snprintf(act.file, sizeof(act.file), "%s", file_of(f, event->stream));
	if (ruling->kind == RULING_SHARED)
		enforce_cut(d->enforce, event, CUT_S);
	if (ruling->kind == RULING_BAN)
		err = acts_ban(d, &act);
	else if (raise_alarm(d, ruling, &act))
		acts_record(d, &act);
	*act_id = act.id;
	if (!err)
		return;
	act.kind = ACT_REFUSED;
	act.error = -err;
	acts_record(d, &act);
}

/* What the records call it. */
static enum event_outcome outcome_of(const struct ruling *ruling,
				     bool is_already)
{
	switch ((enum ruling_kind)ruling->kind) {
	case RULING_BAN:
		return OUTCOME_BANNED;
	case RULING_SAY:
	case RULING_HELD:
		return OUTCOME_WOULD_BAN;
	case RULING_SPARED:
	case RULING_SHARED:
		return OUTCOME_SPARED;
	case RULING_NOTHING:
	case RULING_COUNT:
		break;
	}
	return is_already ? OUTCOME_ALREADY : OUTCOME_COUNTED;
}

static enum event_outcome judge(struct feeder *f, const struct hearing *hearing,
				uint64_t *act_id)
{
	struct daemon *d = f->daemon;
	uint64_t already = d->judge.tally.already;
	struct ruling ruling = judge_heard(&d->judge, hearing);

	alert_event(d, hearing->event);
	if (ruling.kind != RULING_NOTHING)
		carry_out(f, hearing->event, &ruling, act_id);
	return outcome_of(&ruling, d->judge.tally.already != already);
}

/* Nobody is banned by what comes too late, and the feed looks well. */
static void watch_clock(struct feeder *f, const struct docket_item *item)
{
	const struct event *event = &item->event;
	const struct reading *reading = NULL;
	char age[CLOCK_TERM_SIZE];

	if (event->stream < DAEMON_READINGS_MAX)
		reading = &f->readings[event->stream];
	if (late_note(&f->late, event, &item->hearing.weight, reading))
		alert_raise(f->daemon, ALARM_FEED, NULL,
			    "%s: its alerts come %s late and count less:"
			    " is its clock right?",
			    feed_name(f),
			    clock_format_term(f->late.late_s, age));
}

static void judge_item(struct feeder *f, const struct docket_item *item)
{
	struct daemon *d = f->daemon;
	const struct event *event = &item->event;
	const char *file = file_of(f, event->stream);
	enum event_outcome outcome;
	uint64_t act_id = 0;

	if (streams_is_applied(&d->streams, feed_name(f), file,
			       &event->position)) {
		d->judge.tally.repeated++;
		return;
	}
	if (event->sign == SIGN_REFUSED)
		omitted_refused(d->omitted, &event->source, event->text,
				event->time_ns);
	watch_clock(f, item);
	outcome = judge(f, &item->hearing, &act_id);
	sightings_note(d->sightings,
		       &(struct sighting){
			       .act = act_id,
			       .monotonic_ns = item->monotonic_ns,
			       .outcome = (uint8_t)outcome,
			       .event = *event,
		       },
		       feed_name(f), file);
	streams_advance(&d->streams, feed_name(f), file, &event->position);
}

void intake_judge(void *feeder)
{
	struct feeder *f = feeder;
	struct docket *docket = &f->daemon->docket;

	for (unsigned int i = 0; i < docket->count; i++)
		judge_fetch(&f->daemon->judge, &docket->items[i].hearing);
	for (unsigned int i = 0; i < docket->count; i++)
		judge_item(f, &docket->items[i]);
	docket->count = 0;
}

static int hear_event(struct feeder *f, const struct event *event)
{
	struct daemon *d = f->daemon;
	struct docket_item *item;
	struct judge_time now;

	if (!event_is_valid(event) || event->feed != f->index ||
	    !event_has_server(event, d->config->server_count))
		return -EBADMSG;
	if (d->docket.count == INTAKE_EVENTS_MAX)
		intake_judge(f);
	item = &d->docket.items[d->docket.count++];
	item->monotonic_ns = clock_monotonic_ns();
	item->event = *event;
	/* The one moment that counts, and that is recorded. */
	item->event.seen_ns = clock_calendar_ns();
	now.ms = item->monotonic_ns / CLOCK_NS_PER_MS;
	now.ns = item->event.seen_ns;
	judge_expect(&d->judge, &item->hearing, &item->event, now);
	return 0;
}

/* KIND: ACT_POSITION or ACT_READ. */
static void record_position(struct feeder *f, enum act_kind kind,
			    uint16_t stream, const char *file,
			    const struct position *position)
{
	struct act act = {
		.kind = (uint8_t)kind,
		.origin = ORIGIN_SYSTEM,
		.feed = f->index,
		.stream = stream,
		.position = *position,
	};

	snprintf(act.name, sizeof(act.name), "%s", feed_name(f));
	snprintf(act.file, sizeof(act.file), "%s", file);
	acts_record(f->daemon, &act);
}

/* The next life must not look for it: it would miss what is not missing. */
static void forget_file(struct feeder *f, uint16_t stream, const char *file,
			const struct position *position)
{
	streams_forget(&f->daemon->streams, feed_name(f), file, position);
	record_position(f, ACT_READ, stream, file, position);
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
	if (reading->finished) {
		forget_file(f, reading->stream, reading->file,
			    &reading->position);
	} else if (reading->position.inode &&
		   daemon_now_ms() - f->position_ms >= POSITION_PAUSE_MS) {
		record_position(f, ACT_POSITION, reading->stream, reading->file,
				&reading->position);
		f->position_ms = daemon_now_ms();
	}
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

	/* A feed is answered with where to go on, a sensor with a hello. */
	if (f->index >= CONFIG_FEEDS_MAX)
		f->live &= hello->answers == ours.epoch;
	if (!f->live && hello->answers != ours.epoch) {
		wire_put(f->wire, MSG_HELLO, &ours);
		return;
	}
	f->live = true;
	for (size_t s = 0; s < DAEMON_READINGS_MAX; s++)
		end_reading(f, &f->readings[s]);
	/* A sensor goes on with what comes by now. */
	if (f->index < CONFIG_FEEDS_MAX)
		say_positions(f, hello->turn);
}

/* A count since BEFORE; it began anew where it is less. */
static uint64_t grown(uint64_t count, uint64_t before)
{
	return count < before ? count : count - before;
}

/* What a sensor did not see is on record, but not each second again. */
static void record_drops(struct feeder *f, const struct sensing *sensing)
{
	uint64_t frames = grown(sensing->dropped, f->sensing.dropped);
	struct act act = {
		.kind = ACT_GAP,
		.origin = ORIGIN_SYSTEM,
		.feed = f->index,
		.reason = "frames that the kernel had no room for, and events "
			  "that postern-ctl had no time for",
	};

	if (frames)
		log_warning("sensor %s: the kernel dropped %llu frames: a "
			    "larger ring may help, see postern.conf(5)",
			    feed_name(f), (unsigned long long)frames);
	f->unseen += frames + grown(sensing->unsaid, f->sensing.unsaid);
	if (f->unseen == 0 ||
	    (f->unseen_ms && daemon_now_ms() - f->unseen_ms < DROPS_PAUSE_MS))
		return;
	snprintf(act.name, sizeof(act.name), "%s", feed_name(f));
	act.count = f->unseen;
	acts_record(f->daemon, &act);
	f->unseen = 0;
	f->unseen_ms = daemon_now_ms();
}

static int hear_sensing(struct feeder *f, const struct sensing *sensing)
{
	if (sensing->feed != f->index)
		return -EBADMSG;
	if (sensing->error && sensing->error != f->sensing.error)
		log_warning("sensor %s cannot capture on %s: %s", feed_name(f),
			    sensing->interface, strerror(sensing->error));
	record_drops(f, sensing);
	f->sensing = *sensing;
	return 0;
}

static int hear_patron(struct feeder *f, const struct patron_row *row)
{
	if (row->feed != f->index)
		return -EBADMSG;
	return omitted_patron(f->daemon->omitted, row);
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
	case MSG_SENSING:
		return hear_sensing(f, &row->sensing);
	case MSG_PATRON:
		return hear_patron(f, &row->patron);
	case MSG_READING:
		return hear_reading(f, &row->reading);
	case MSG_GAP:
		return hear_gap(f, &row->gap);
	default:
		return -EBADMSG;
	}
}
