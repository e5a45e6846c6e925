/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relive: what was on record, as messages to a postern-ctl that judges it once
 * more, for `postern replay FOLDER`.  Decides nothing: events and acts go as
 * they are, in the order in which they were recorded.
 */
#include <string.h>

#include "ctl/core/chan.h"
#include "ctl/core/role.h"
#include "ctl/records/read.h"
#include "ctl/records/record.h"

struct relive {
	struct chan ctl;
	struct reading reading; /* BAD: records that nobody can read */
};

/* Alarms, seals and rows of checkpoints say nothing that the acts do not; what
 * cannot be read is counted: postern-verify(1) names it. */
static int tell(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	struct relive *r = ctx;
	struct sighting sighting;
	struct record record;
	struct act act;

	(void)time_ns;
	if (record_open(&record, line, len) == 0) {
		if (record.is_event &&
		    record_read_sighting(&sighting, &record) == 0)
			return chan_put_patiently(&r->ctl, MSG_SIGHTING,
						  &sighting);
		if (!record.is_event && record.kind == ACT_NONE)
			return 0;
		if (!record.is_event && record_read_act(&act, &record) == 0)
			return chan_put_patiently(&r->ctl, MSG_ACT, &act);
	}
	r->reading.bad++;
	return 0;
}

int read_relive(const struct read_wish *wish)
{
	struct relive r = { .reading = { 0 } };
	struct read_wish own = *wish;
	int err = chan_init(&r.ctl, ROLE_FD_CTL, ROLE_RECORDS, ROLE_CTL);

	if (err)
		return read_failed("the way to postern-ctl", err);
	own.unread = &r.reading.bad;
	err = read_all(&own, tell, &r);
	if (!err)
		err = chan_put_patiently(&r.ctl, MSG_READING, &r.reading);
	if (!err)
		err = chan_drain(&r.ctl);
	chan_fini(&r.ctl);
	return err ? read_failed(wish->path, err) : 0;
}
