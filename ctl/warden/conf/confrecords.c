/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * confrecords: where the records are, and how long each class is kept.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/warden/conf/confvalue.h"
#include "ctl/warden/conf/confwords.h"

#define DAY_S	     86400u
#define PATH_MAX_LEN (CONFIG_PATH_SIZE - 1)

static void read_days(struct confreader *r, const struct confnode *setting,
		      uint32_t *out)
{
	const struct confnode *value = confvalue_of(r, setting);
	uint32_t seconds, days;

	if (!value || !confvalue_seconds(r, value, &seconds))
		return;
	days = (seconds + DAY_S - 1) / DAY_S;
	if (days < CONFIG_KEEP_FLOOR_DAYS)
		confreader_refuse(r, value,
				  "is below the floor of %ud; records of"
				  " attacks are kept for at least three months",
				  CONFIG_KEEP_FLOOR_DAYS);
	else
		*out = days;
}

static void read_keep(struct confreader *r, const struct confnode *setting,
		      void *target)
{
	struct records *records = target;

	read_days(r, setting, &records->keep_days);
}

static void read_keep_class(struct confreader *r,
			    const struct confnode *setting, void *target)
{
	struct schedule *schedule = target;

	read_days(r, setting, &schedule->keep_days);
}

static void read_review(struct confreader *r, const struct confnode *setting,
			void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct records *records = target;
	uint32_t seconds;

	if (value && confvalue_seconds(r, value, &seconds))
		records->review_days = seconds / DAY_S;
}

static void read_segment(struct confreader *r, const struct confnode *setting,
			 void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct records *records = target;
	uint32_t megabytes;

	if (value && confvalue_number(r, value, &megabytes))
		records->segment_bytes = megabytes << 20;
}

static void read_originals(struct confreader *r, const struct confnode *setting,
			   void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	struct records *records = target;

	if (value)
		confvalue_number(r, value, &records->originals);
}

/* A text that stands in exports as it is: one line of ASCII. */
static void read_text(struct confreader *r, const struct confnode *setting,
		      void *target)
{
	const struct confnode *value = confvalue_of(r, setting);
	size_t size = setting->word->max;

	if (!value)
		return;
	for (const char *at = value->text; *at; at++) {
		if (*at >= ' ' && *at <= '~')
			continue;
		confreader_refuse(r, value,
				  "has a character that is not ASCII");
		return;
	}
	if (strlen(value->text) >= size)
		confreader_refuse(r, value,
				  "has %zu characters; it has at most %zu",
				  strlen(value->text), size - 1);
	else
		snprintf((char *)target + setting->word->at, size, "%s",
			 value->text);
}

static const struct confword schedule_words[] = {
	{ .name = "keep", .read = read_keep_class, .max = 36500 * DAY_S },
	{ .name = "series",
	  .read = read_text,
	  .at = offsetof(struct schedule, series),
	  .max = CONFIG_SERIES_SIZE },
	{ .name = "citation",
	  .read = read_text,
	  .at = offsetof(struct schedule, citation),
	  .max = CONFIG_CITATION_SIZE },
	{ .name = "disposition",
	  .read = read_text,
	  .at = offsetof(struct schedule, disposition),
	  .max = CONFIG_SERIES_SIZE },
	{ 0 },
};

static void read_schedule(struct confreader *r, const struct confnode *node,
			  void *target)
{
	struct records *records = target;
	struct nearest nearest = nearest_to(node->text);
	const char *best;

	for (int i = 0; i < CONFIG_CLASSES; i++) {
		nearest_try(&nearest, config_class_name(i));
		if (strcmp(config_class_name(i), node->text) != 0)
			continue;
		records->schedules[i].line = node->line;
		confreader_section(r, node, &records->schedules[i]);
		return;
	}
	best = nearest_word(&nearest);
	confreader_error(r, node, "there is no such class of records; %s%s%s",
			 best ? "did you mean \""
			      : "postern.conf(5) has the"
				" list",
			 best ? best : "", best ? "\"?" : "");
}

const struct confword confwords_records[] = {
	{ .name = "path",
	  .read = confvalue_path,
	  .at = offsetof(struct records, path),
	  .max = PATH_MAX_LEN },
	{ .name = "keep", .read = read_keep, .max = 36500 * DAY_S },
	{ .name = "seal",
	  .read = confvalue_term,
	  .at = offsetof(struct records, seal_s),
	  .min = 60,
	  .max = 3600 },
	{ .name = "segment", .read = read_segment, .min = 1, .max = 1024 },
	{ .name = "review",
	  .read = read_review,
	  .min = DAY_S,
	  .max = CONFIG_KEEP_FLOOR_DAYS * DAY_S },
	{ .name = "originals", .read = read_originals, .max = 100000 },
	{ .name = "schedule",
	  .kind = CONF_NAMED,
	  .read = read_schedule,
	  .inside = schedule_words },
	{ 0 },
};

void confwords_read_records(struct confreader *r, const struct confnode *node,
			    void *target)
{
	struct config *config = target;

	config->records.line = node->line;
	confreader_section(r, node, &config->records);
}
