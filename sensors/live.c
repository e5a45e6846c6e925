/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * live: libev's watchers around a capture and a wire.
 */
#include "sensors/live.h"

#include <errno.h>
#include <ev.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/core/chan.h"
#include "ctl/core/clock.h"
#include "ctl/core/originals.h"
#include "ctl/core/patrons.h"
#include "ctl/core/wire.h"
#include "sensors/handing.h"
#include "sensors/hearing.h"
#include "sensors/refusal.h"

/* How often the counters are told, and an interface is looked for. */
#define TELL_PAUSE_S 1.

/* Frames come out of order by as much as two queues of a network card lie
 * apart; what was acknowledged and does not come within this is lost. */
#define WAIT_S	  0.1

#define DIALOGUES 131072u

/* Frames in one turn: the wire has its turn, too. */
#define FRAMES_PER_TURN 4096

struct live {
	struct live_start start;
	struct wire *wire;
	struct chan records; /* we only speak on it */
	struct originals originals;
	struct handing *handing; /* NULL: no scanner is declared */
	struct hearing *hearing;
	struct refusals *refusals; /* of the firewall's log, which is no wire */
	struct patrons *patrons; /* who sent good mail */
	struct hello hello;
	bool begun; /* postern-ctl listens */
	uint64_t number; /* of the frame */
	uint64_t last_ns;
	uint64_t events;
	uint64_t unsaid;
	ev_io input;
	ev_timer tell;
	ev_timer deadline;
	ev_prepare turn_end;
};

static void take_event(void *arg, const struct event *event)
{
	struct live *l = arg;

	if (!l->begun || !wire_is_clear(l->wire) ||
	    !event_has_server(event, l->start.config->server_count)) {
		l->unsaid++;
		return;
	}
	l->events++;
	wire_put(l->wire, MSG_EVENT, event);
}

/* Nobody waits for a line: where it would have to wait it is left out. */
static bool say_piece(void *ctx, const struct original *row)
{
	struct live *l = ctx;

	return chan_is_clear(&l->records) &&
	       !chan_put(&l->records, MSG_ORIGINAL, row);
}

static void take_origin(void *arg, const struct event *event, const char *text,
			size_t len)
{
	struct live *l = arg;

	if (l->begun)
		originals_tell(&l->originals, event, text, len,
			       l->start.config->sensors[0].interface);
}

static int begin_originals(struct live *l)
{
	const struct config *config = l->start.config;

	l->originals = (struct originals){
		.per_second = config->records.originals,
		.say = say_piece,
		.ctx = l,
	};
	snprintf(l->originals.row.name, sizeof(l->originals.row.name), "%s",
		 config->sensors[0].name);
	return chan_init(&l->records, l->start.originals, ROLE_SENSOR,
			 ROLE_RECORDS);
}

static void take_patron(void *arg, const struct prefix *source, bool encrypted,
			uint64_t time_ns)
{
	struct live *l = arg;

	patrons_add(l->patrons, source, !encrypted, encrypted, time_ns);
}

/* What is untold, as far as it can leave at once. */
static void say_patrons(struct live *l)
{
	struct patron *patron;
	uint32_t at = 0;

	while (patrons_untold(l->patrons) && wire_is_clear(l->wire) &&
	       (patron = patrons_walk(l->patrons, &at))) {
		const struct patron_row row = {
			.feed = CONFIG_SENSOR_FEED(l->start.hello.index),
			.host = patron->host,
			.mails = patron->untold_mails,
			.encrypted = patron->untold_encrypted,
			.last_ns = patron->last_ns,
		};

		if (row.mails || row.encrypted)
			wire_put(l->wire, MSG_PATRON, &row);
		patrons_told(l->patrons, patron);
	}
}

static void take_frame(void *ctx, const uint8_t *data, size_t len,
		       uint64_t time_ns)
{
	struct live *l = ctx;

	enum frame_link link = capture_link(l->start.capture);

	l->number++;
	l->last_ns = time_ns;
	if (l->refusals)
		refusals_take(l->refusals, link, data, len, time_ns, l->number);
	else
		hearing_take(l->hearing, link, data, len, time_ns, l->number);
}

static void say_counters(struct live *l)
{
	const struct sensor *sensor = &l->start.config->sensors[0];
	struct capture_stats captured = { 0 };
	struct dialogue_stats said;
	struct inlet_stats in;
	const struct flow_stats *f = &in.flows;
	struct sensing row;

	inlet_stats(hearing_inlet(l->hearing), &in);
	hearing_stats(l->hearing, &said);
	if (l->start.capture)
		capture_stats(l->start.capture, &captured);
	row = (struct sensing){
		.feed = CONFIG_SENSOR_FEED(l->start.hello.index),
		.live = true,
		.frames = in.frames,
		.bytes = in.bytes,
		.dropped = captured.dropped + captured.dropped_early,
		.unread = in.verdicts[FRAME_SHORT] + in.verdicts[FRAME_BAD] +
			  in.bad_tcp,
		.foreign = in.foreign,
		.halfopen = f->halfopen,
		.handshakes = f->handshakes,
		.established = f->established,
		.midstream = f->midstream,
		.onesided = f->onesided,
		.displaced = f->displaced,
		.gaps = f->gaps,
		.missing = f->missing,
		.conflicts = f->conflicts,
		.dialogues = said.dialogues,
		.refused = said.refused,
		.encrypted = said.encrypted,
		.mails = said.mails,
		.blind = said.mails_blind,
		.skipped = said.skipped,
		.cut = in.cut,
		.fragments = fragments_lost(&in.fragments),
		.crowded = f->crowded,
		.unheard = f->unheard,
		.halfopen_displaced = f->halfopen_displaced,
		.forgotten = said.forgotten,
		.events = l->events,
		.unsaid = l->unsaid,
		.last_ns = l->last_ns,
		.error = l->start.capture ? 0 : l->start.error,
	};
	if (l->refusals) {
		row.frames = refusals_stats(l->refusals)->packets;
		row.bytes = refusals_stats(l->refusals)->bytes;
		row.unread = refusals_stats(l->refusals)->unread;
	}
	if (l->handing)
		handing_tell(l->handing, &row);
	snprintf(row.name, sizeof(row.name), "%s", sensor->name);
	snprintf(row.interface, sizeof(row.interface), "%s", sensor->interface);
	wire_put(l->wire, MSG_SENSING, &row);
	say_patrons(l);
}

static void say_hello(struct live *l, uint32_t answers)
{
	l->hello.turn++;
	l->hello.answers = answers;
	wire_put(l->wire, MSG_HELLO, &l->hello);
}

static void tell_soon(void *ctx)
{
	struct live *l = ctx;

	if (ev_is_active(&l->tell))
		return;
	ev_timer_set(&l->tell, TELL_PAUSE_S, 0.);
	ev_timer_start(l->start.loop, &l->tell);
}

static void on_input(struct ev_loop *loop, ev_io *io, int events)
{
	struct live *l = io->data;
	char error[CAPTURE_ERROR_SIZE];
	int got;

	(void)loop;
	(void)events;
	got = capture_read(l->start.capture, FRAMES_PER_TURN, take_frame, l,
			   error);
	if (got < 0)
		l->start.ended(l->start.ctx, got, error);
	tell_soon(l);
}

/* Anybody may see that an interface is there and up; no more. */
static bool is_up(const char *interface)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up;

	if (fd < 0)
		return false;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	up = ioctl(fd, SIOCGIFFLAGS, &request) == 0 &&
	     (request.ifr_flags & IFF_UP);
	close(fd);
	return up;
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct live *l = timer->data;

	(void)loop;
	(void)events;
	if (l->start.capture) {
		if (l->begun)
			say_counters(l);
		return;
	}
	if (is_up(l->start.config->sensors[0].interface))
		l->start.ended(l->start.ctx, 0, "the interface is there");
}

/* The frames' clock is the calendar's. */
static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct live *l = timer->data;

	(void)loop;
	(void)events;
	hearing_tick(l->hearing, clock_calendar_ns());
}

static void set_deadline(struct live *l)
{
	uint64_t at_ns = hearing_deadline(l->hearing);
	uint64_t now_ns;

	ev_timer_stop(l->start.loop, &l->deadline);
	if (at_ns == 0)
		return;
	now_ns = clock_calendar_ns();
	/* A little late: libev's clock and ours are not the same. */
	ev_timer_set(&l->deadline,
		     0.001 + (at_ns > now_ns ? (double)(at_ns - now_ns) /
						       CLOCK_NS_PER_S
					     : 0.),
		     0.);
	ev_timer_start(l->start.loop, &l->deadline);
}

static void on_turn_end(struct ev_loop *loop, ev_prepare *prepare, int events)
{
	struct live *l = prepare->data;

	(void)loop;
	(void)events;
	wire_flush(l->wire);
	/* What the records do not take now they never get. */
	if (chan_flush(&l->records))
		l->originals.per_second = 0;
	if (l->handing)
		handing_flush(l->handing);
	set_deadline(l);
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct live *l = ctx;

	if (kind != MSG_HELLO || row->hello.role != ROLE_CTL)
		return -EBADMSG;
	if (row->hello.epoch == l->hello.answers)
		return 0; /* said twice: it could not know that we listen */
	say_hello(l, row->hello.epoch);
	l->begun = true;
	patrons_forget_told(l->patrons);
	say_counters(l);
	return 0;
}

static void broken(void *ctx, int err)
{
	struct live *l = ctx;

	l->begun = false;
	l->start.ended(l->start.ctx, err, "postern-ctl cannot be heard");
}

static void scanner_broken(void *ctx, int err)
{
	struct live *l = ctx;

	l->start.ended(l->start.ctx, err, "postern-scan cannot be heard");
}

static int begin_handing(struct live *l)
{
	const struct handing_start start = {
		.loop = l->start.loop,
		.fd = ROLE_FD_SCAN,
		.hello = l->start.hello,
		.sink = take_event,
		.broken = scanner_broken,
		.changed = tell_soon,
		.arg = l,
	};

	if (l->start.config->mail.scanner[0] == '\0')
		return 0;
	return handing_new(&l->handing, &start);
}

static void init_watchers(struct live *l)
{
	ev_io_init(&l->input, on_input,
		   l->start.capture ? capture_fd(l->start.capture) : -1,
		   EV_READ);
	ev_timer_init(&l->tell, on_tell, TELL_PAUSE_S,
		      l->start.capture ? 0. : TELL_PAUSE_S);
	ev_timer_init(&l->deadline, on_deadline, 0., 0.);
	ev_prepare_init(&l->turn_end, on_turn_end);
	l->input.data = l;
	l->tell.data = l;
	l->deadline.data = l;
	l->turn_end.data = l;
}

static int begin_hearing(struct live *l)
{
	const struct hearing_config wanted = {
		.config = l->start.config,
		.feed = CONFIG_SENSOR_FEED(l->start.hello.index),
		.dialogues = DIALOGUES,
		.wait_s = WAIT_S,
		.sink = take_event,
		.origin = take_origin,
		.arg = l,
		.handoff = l->handing ? handing_handoff(l->handing) : NULL,
		.patron = take_patron,
	};
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		return -EIO;
	l->patrons = patrons_new(seed);
	if (!l->patrons)
		return -ENOMEM;

	l->hearing = hearing_new(&wanted);
	/* Whoever wants has packets dropped, and both sides' of a connection:
	 * dialogues out of these would be anybody's to act out. */
	if (l->start.capture &&
	    capture_link(l->start.capture) == FRAME_LINK_NFLOG) {
		l->refusals = refusals_new(l->start.config, wanted.feed,
					   take_event, l);
		if (!l->refusals)
			return -ENOMEM;
	}
	return l->hearing ? 0 : -ENOMEM;
}

int live_new(struct live **out, const struct live_start *start)
{
	static const struct wire_ops ops = { .hear = hear, .broken = broken };
	struct live *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	l->start = *start;
	l->hello = start->hello;
	init_watchers(l);
	err = begin_originals(l);
	if (!err)
		err = begin_handing(l);
	if (!err)
		err = begin_hearing(l);
	if (!err)
		err = wire_new(&l->wire, start->loop, start->ctl, ROLE_SENSOR,
			       ROLE_CTL, &ops, l);
	if (err) {
		refusals_free(l->refusals);
		hearing_free(l->hearing);
		handing_free(l->handing);
		patrons_free(l->patrons);
		chan_fini(&l->records);
		free(l);
		return err;
	}
	ev_prepare_start(start->loop, &l->turn_end);
	if (start->capture)
		ev_io_start(start->loop, &l->input);
	else
		ev_timer_start(start->loop, &l->tell);
	say_hello(l, 0);
	*out = l;
	return 0;
}

void live_free(struct live *l)
{
	if (!l)
		return;
	if (l->begun)
		say_counters(l);
	ev_io_stop(l->start.loop, &l->input);
	ev_timer_stop(l->start.loop, &l->tell);
	ev_timer_stop(l->start.loop, &l->deadline);
	ev_prepare_stop(l->start.loop, &l->turn_end);
	/* Dialogues that end now still have their say. */
	hearing_free(l->hearing);
	refusals_free(l->refusals);
	handing_free(l->handing);
	patrons_free(l->patrons);
	wire_flush(l->wire);
	wire_free(l->wire);
	(void)!chan_flush(&l->records);
	chan_fini(&l->records);
	free(l);
}
