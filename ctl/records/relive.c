/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relive: what was on record, as messages to a postern-ctl that judges it once
 * more, for `postern replay FOLDER`.  Decides nothing: events and acts go as
 * they are, in the order in which they were recorded.
 */
#include <poll.h>
#include <string.h>

#include "ctl/core/chan.h"
#include "ctl/core/role.h"
#include "ctl/records/read.h"
#include "ctl/records/record.h"

struct relive {
	struct chan ctl;
	struct reading sum; /* how many records there were */
};

/* Nothing else goes on meanwhile: it waits where the other side is slow. */
static int flush(struct chan *ch)
{
	struct pollfd wanted = { .fd = ch->fd, .events = POLLOUT };
	int err = chan_flush(ch);

	while (!err && !chan_is_clear(ch)) {
		poll(&wanted, 1, -1);
		err = chan_flush(ch);
	}
	return err;
}

static int say(struct relive *r, enum msg_kind kind, const void *row)
{
	int err = chan_put(&r->ctl, kind, row);

	if (!err && !chan_is_clear(&r->ctl))
		err = flush(&r->ctl);
	return err;
}

/* Alarms, seals and rows of checkpoints say nothing that the acts do not. */
static int tell(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	struct relive *r = ctx;
	struct sighting sighting;
	struct record record;
	struct act act;

	(void)time_ns;
	r->sum.lines++;
	if (record_open(&record, line, len)) {
		r->sum.bad++;
		return 0;
	}
	if (record.is_event) {
		if (record_read_sighting(&sighting, &record) == 0)
			return say(r, MSG_SIGHTING, &sighting);
	} else if (record.kind == ACT_NONE) {
		return 0;
	} else if (record_read_act(&act, &record) == 0) {
		return say(r, MSG_ACT, &act);
	}
	r->sum.bad++;
	return 0;
}

int read_relive(const struct read_wish *wish)
{
	struct relive r = { .sum = { .finished = 1 } };
	int err = chan_init(&r.ctl, ROLE_FD_CTL, ROLE_RECORDS, ROLE_CTL);

	if (err)
		return read_failed("the way to postern-ctl", err);
	err = read_all(wish, tell, &r);
	if (!err)
		err = flush(&r.ctl);
	chan_fini(&r.ctl);
	return err ? read_failed(wish->path, err) : 0;
}
