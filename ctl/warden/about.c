/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * about: a few values of the configuration, as lines.
 */
#include "ctl/warden/about.h"

#include <stdio.h>

#include "ctl/core/config.h"
#include "ctl/warden/check.h"
#include "ctl/warden/host.h"

static void print_schedule(const struct records *records, int number)
{
	const struct schedule *s = &records->schedules[number];

	printf("info Schedule-%s: %u days", config_class_name(number),
	       s->keep_days ? s->keep_days : records->keep_days);
	if (s->series[0])
		printf("; series %s", s->series);
	if (s->citation[0])
		printf("; %s", s->citation);
	if (s->disposition[0])
		printf("; then %s", s->disposition);
	putchar('\n');
}

int about_records(const char *path)
{
	struct findings findings;
	struct config *config;

	findings_init(&findings, path);
	config = check_load(path, &host_here, &findings);
	if (!config)
		return 1;
	printf("path %s\n", config->records.path);
	printf("review %u\n", config->records.review_days);
	for (int i = 0; i < CONFIG_CLASSES; i++)
		print_schedule(&config->records, i);
	config_free(config);
	return 0;
}
