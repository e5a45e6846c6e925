/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence: times and counts.
 */
#include "ctl/cli/evidence.h"

#include <jansson.h>
#include <stdio.h>

#include "ctl/cli/show.h"
#include "ctl/core/clock.h"

#define DAY_NS (86400ull * CLOCK_NS_PER_S)
/* A seal comes each hour; twice that is too long. */
#define UNSEALED_NS (7200ull * CLOCK_NS_PER_S)
#define FULL_DAYS   14

static bool is_older(uint64_t now_ns, uint64_t then_ns, uint64_t span_ns)
{
	return now_ns > then_ns && now_ns - then_ns > span_ns;
}

static void warn(const char *text, const char *time)
{
	printf("%s%s%s%s\n", show_begin(SHOW_YELLOW), text, time, show_end());
}

void evidence_alerts(const struct status *s)
{
	const struct journal_state *j = &s->journal;
	uint64_t reviewed_ns = j->reviewed_ns ? j->reviewed_ns : j->begun_ns;
	char time[SHOW_TEXT_SIZE];

	if (j->seq == 0 && j->sealed_ns == 0)
		return; /* postern-records has not answered yet */
	if (j->sealed_ns == 0)
		warn("The records are not sealed: nothing proves them; see "
		     "postern-records(8)",
		     "");
	else if (is_older(s->now_ns, j->sealed_ns, UNSEALED_NS))
		warn("The records were not sealed since ",
		     show_time(time, j->sealed_ns));
	if (j->full_ns && j->full_ns < s->now_ns + FULL_DAYS * DAY_NS)
		warn("The disk of the records will be full on ",
		     show_time(time, j->full_ns));
	if (j->lost)
		warn("Not every event finds room in the records: ",
		     show_count(time, j->lost));
	/* Where nobody ever did, all of them wait. */
	if (j->review_days && reviewed_ns &&
	    is_older(s->now_ns, reviewed_ns, j->review_days * DAY_NS))
		warn("The records wait for somebody to evaluate them (postern "
		     "summary, review sign) since ",
		     show_time(time, reviewed_ns));
}

void evidence_line(const struct journal_state *j)
{
	char time[SHOW_TEXT_SIZE];

	if (!j->sealed_ns)
		return;
	printf("%10ssealed %s", "", show_ago(time, j->sealed_ns));
	if (j->witnessed_ns)
		printf(", witnessed %s", show_ago(time, j->witnessed_ns));
	else
		printf(", no seal is held elsewhere");
	if (j->holds)
		printf(", %u holds", j->holds);
	putchar('\n');
}

void evidence_json(json_t *o, const struct journal_state *j)
{
	json_object_set_new(o, "records_sealed", show_time_json(j->sealed_ns));
	json_object_set_new(o, "records_witnessed",
			    show_time_json(j->witnessed_ns));
	json_object_set_new(o, "records_reviewed",
			    show_time_json(j->reviewed_ns));
	json_object_set_new(o, "records_begun", show_time_json(j->begun_ns));
	json_object_set_new(o, "records_full", show_time_json(j->full_ns));
	json_object_set_new(o, "records_lost",
			    json_integer((json_int_t)j->lost));
	json_object_set_new(o, "records_holds", json_integer(j->holds));
}
