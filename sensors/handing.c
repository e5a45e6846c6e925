/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handing: a place per file.  A file's number says its place, and how often
 * that was used, so that a verdict of a former life finds nobody.
 */
#include "sensors/handing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/wire.h"

/* Pieces that may wait here beside what the socket holds: 2 MB. */
#define PIECES_MAX  2048u

#define NAME_SHOWN  40
#define VIRUS_SHOWN 48

struct place {
	uint64_t number; /* 0: free */
	bool said; /* some of it */
	struct event about;
};

struct handing {
	struct handing_start start;
	struct wire *wire;
	struct hello hello;
	struct handoff handoff;
	bool live; /* the scanner's program listens */
	uint32_t epoch; /* its life */
	uint64_t turn; /* of the places */
	uint32_t waiting; /* pieces since nothing waited */
	uint64_t scanned;
	uint64_t unscanned;
	int32_t error;
	struct place places[HANDING_FILES];
};

static struct place *place_of(struct handing *h, uint64_t number)
{
	struct place *p = &h->places[number % HANDING_FILES];

	return number && p->number == number ? p : NULL;
}

static bool has_room(struct handing *h)
{
	if (wire_is_clear(h->wire))
		h->waiting = 0;
	return h->live && h->waiting < PIECES_MAX;
}

static uint64_t begin(void *ctx, const struct event *about)
{
	struct handing *h = ctx;

	for (unsigned int i = 0; has_room(h) && i < HANDING_FILES; i++) {
		struct place *p = &h->places[++h->turn % HANDING_FILES];

		if (p->number)
			continue;
		/* Never 0: a turn's number is above the first round. */
		*p = (struct place){ .number = h->turn, .about = *about };
		return p->number;
	}
	h->unscanned++;
	return 0;
}

static void say_end(struct handing *h, struct place *p, bool whole)
{
	const struct mark mark = { .number = p->number, .whole = whole };

	if (p->said)
		wire_put(h->wire, MSG_MARK, &mark);
	if (whole && p->said)
		return; /* its verdict is awaited */
	h->unscanned += p->said;
	p->number = 0;
}

static bool data(void *ctx, uint64_t number, const uint8_t *bytes, size_t len)
{
	struct handing *h = ctx;
	struct place *p = place_of(h, number);
	struct piece piece;

	if (!p)
		return false; /* the scanner's program has died meanwhile */
	while (len > 0) {
		size_t n = len < MSG_PIECE_SIZE ? len : MSG_PIECE_SIZE;

		if (!has_room(h)) {
			say_end(h, p, false);
			return false;
		}
		piece.number = number;
		piece.len = (uint16_t)n;
		memcpy(piece.bytes, bytes, n);
		memset(piece.bytes + n, 0, MSG_PIECE_SIZE - n);
		wire_put(h->wire, MSG_PIECE, &piece);
		h->waiting++;
		p->said = true;
		bytes += n;
		len -= n;
	}
	return true;
}

static void end(void *ctx, uint64_t number, bool whole)
{
	struct handing *h = ctx;
	struct place *p = place_of(h, number);

	if (p)
		say_end(h, p, whole);
}

static void tell_found(struct handing *h, const struct place *p,
		       const struct scan_verdict *verdict)
{
	struct event event = p->about;

	event.seen_ns = clock_calendar_ns();
	snprintf(event.text, sizeof(event.text), "%.*s in \"%.*s\"",
		 VIRUS_SHOWN, verdict->text, NAME_SHOWN, p->about.text);
	h->start.sink(h->start.arg, &event);
}

static int hear_verdict(struct handing *h, const struct scan_verdict *verdict)
{
	struct place *p = place_of(h, verdict->number);

	if (!p)
		return 0; /* asked in a former life, or given up */
	if (verdict->result == SCAN_FAILED)
		h->unscanned++;
	else
		h->scanned++;
	if (verdict->result == SCAN_FOUND)
		tell_found(h, p, verdict);
	p->number = 0;
	return 0;
}

/* What its former life was asked is not answered any more. */
static int hear_hello(struct handing *h, const struct hello *hello)
{
	if (hello->role != ROLE_SCAN)
		return -EBADMSG;
	if (h->live && hello->epoch == h->epoch)
		return 0;
	for (unsigned int i = 0; i < HANDING_FILES; i++) {
		h->unscanned += h->places[i].number != 0;
		h->places[i].number = 0;
	}
	h->live = true;
	h->epoch = hello->epoch;
	h->error = 0;
	return 0;
}

static int take(struct handing *h, enum msg_kind kind, const union msg_row *row)
{
	if (kind == MSG_HELLO)
		return hear_hello(h, &row->hello);
	if (kind == MSG_VERDICT)
		return hear_verdict(h, &row->scan_verdict);
	if (kind != MSG_SCANNER)
		return -EBADMSG;
	h->error = row->scanner.error;
	return 0;
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	struct handing *h = ctx;
	int err = take(h, kind, row);

	if (!err)
		h->start.changed(h->start.arg);
	return err;
}

static void broken(void *ctx, int err)
{
	struct handing *h = ctx;

	h->live = false;
	h->start.broken(h->start.arg, err);
}

int handing_new(struct handing **out, const struct handing_start *start)
{
	static const struct wire_ops ops = { .hear = hear, .broken = broken };
	struct handing *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return -ENOMEM;
	h->start = *start;
	h->hello = start->hello;
	h->hello.turn = 1;
	h->handoff = (struct handoff){ begin, data, end, h };
	/* Numbers of another life mean nothing in this one. */
	h->turn = (uint64_t)start->hello.epoch << 40;
	err = wire_new(&h->wire, start->loop, start->fd, ROLE_SENSOR, ROLE_SCAN,
		       &ops, h);
	if (err) {
		free(h);
		return err;
	}
	wire_put(h->wire, MSG_HELLO, &h->hello);
	*out = h;
	return 0;
}

void handing_free(struct handing *h)
{
	if (!h)
		return;
	wire_free(h->wire);
	free(h);
}

const struct handoff *handing_handoff(const struct handing *h)
{
	return &h->handoff;
}

void handing_flush(struct handing *h)
{
	wire_flush(h->wire);
}

void handing_tell(const struct handing *h, struct sensing *row)
{
	row->scans = true;
	row->scanned = h->scanned;
	row->unscanned = h->unscanned;
	row->scan_error = h->live ? h->error : ENOTCONN;
}
