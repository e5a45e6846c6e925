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

/* Alarms, seals and rows of checkpoints say nothing that the acts do not; what
 * cannot be read is for postern-verify(1) to name. */
static int tell(void *ctx, const char *line, size_t len, uint64_t time_ns)
{
	struct chan *ctl = ctx;
	struct sighting sighting;
	struct record record;
	struct act act;

	(void)time_ns;
	if (record_open(&record, line, len))
		return 0;
	if (record.is_event && record_read_sighting(&sighting, &record) == 0)
		return chan_put_patiently(ctl, MSG_SIGHTING, &sighting);
	if (!record.is_event && record.kind != ACT_NONE &&
	    record_read_act(&act, &record) == 0)
		return chan_put_patiently(ctl, MSG_ACT, &act);
	return 0;
}

int read_relive(const struct read_wish *wish)
{
	struct chan ctl;
	int err = chan_init(&ctl, ROLE_FD_CTL, ROLE_RECORDS, ROLE_CTL);

	if (err)
		return read_failed("the way to postern-ctl", err);
	err = read_all(wish, tell, &ctl);
	if (!err)
		err = chan_drain(&ctl);
	chan_fini(&ctl);
	return err ? read_failed(wish->path, err) : 0;
}
