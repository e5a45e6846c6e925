/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * declare: findings into acts.
 */
#include "ctl/records/declare.h"

#include <stdio.h>
#include <string.h>

#include "ctl/core/clock.h"

/* postern-ctl has no number for it. */
struct act declare_begin(enum act_kind kind, uint64_t count)
{
	struct act act = {
		.kind = (uint8_t)kind,
		.origin = ORIGIN_SYSTEM,
		.time_ns = clock_calendar_ns(),
		.monotonic_ns = clock_monotonic_ns(),
		.uid = UINT32_MAX,
		.login_uid = UINT32_MAX,
		.count = count,
	};

	if (clock_boot(&act.boot))
		act.boot = 0;
	return act;
}

struct act declare_torn(const struct survey *survey)
{
	struct act act = declare_begin(ACT_TORN, survey->torn);

	folder_name(survey->rclass, survey->segment, act.name);
	memcpy(act.reason, survey->torn_head, sizeof(act.reason));
	return act;
}

struct act declare_damage(const struct finding *f)
{
	struct act act = declare_begin(ACT_TORN, f->flaw_line);
	char name[FOLDER_NAME_SIZE];

	snprintf(act.name, sizeof(act.name), CHECK_DAMAGED);
	snprintf(act.reason, sizeof(act.reason),
		 "%s: line %llu %s; %llu bad lines in all",
		 folder_name(f->rclass, f->named, name),
		 (unsigned long long)f->flaw_line, check_flaw_words(f->flaw),
		 (unsigned long long)f->bad_lines);
	return act;
}

struct act declare_outage(uint64_t outage_ns)
{
	struct act act = declare_begin(ACT_GAP, 0);

	snprintf(act.name, sizeof(act.name), "records");
	snprintf(act.reason, sizeof(act.reason),
		 "nothing could be written for %llu ms; what came is here",
		 (unsigned long long)(outage_ns / CLOCK_NS_PER_MS));
	return act;
}

struct act declare_lost_events(uint64_t count)
{
	struct act act = declare_begin(ACT_GAP, count);

	snprintf(act.name, sizeof(act.name), "events");
	snprintf(act.reason, sizeof(act.reason),
		 "events of which nothing is recorded");
	return act;
}

int declare_news(struct journal *j, const struct survey *survey)
{
	struct act act;

	for (size_t i = 0; i < survey->count; i++) {
		int err;

		if (!survey_is_news(survey, &survey->findings[i]))
			continue;
		act = declare_damage(&survey->findings[i]);
		err = journal_act(j, &act);
		if (err)
			return err;
	}
	if (survey->torn == 0)
		return 0;
	act = declare_torn(survey);
	return journal_act(j, &act);
}
