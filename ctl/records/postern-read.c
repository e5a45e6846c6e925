/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postern-read: started by postern(1), with the rights of its user.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/core/clock.h"
#include "ctl/core/log.h"
#include "ctl/records/read.h"

static const struct {
	const char *name;
	int (*run)(const struct read_wish *wish);
} jobs[] = {
	{ "log", read_log },	     { "export", read_export },
	{ "summary", read_summary }, { "state", read_state },
	{ "seal", read_seal },	     { "holds", read_holds },
	{ "relive", read_relive },   { "is-held", read_is_held },
	{ "newest", read_newest },   { "is-sealed", read_is_sealed },
};

#define JOBS   (sizeof(jobs) / sizeof(jobs[0]))
#define FAILED 1
#define USAGE  2

static int refuse(const char *option, const char *value)
{
	fprintf(stderr, "postern: %s: %s is not understood; see postern(1)\n",
		option, value);
	return USAGE;
}

static int take_query(struct read_wish *w, int option, const char *value)
{
	struct query *q = &w->query;

	switch (option) {
	case 's':
		return clock_parse_when(&q->since_ns, value, w->now_ns)
			       ? refuse("--since", value)
			       : 0;
	case 'u':
		return clock_parse_when(&q->before_ns, value, w->now_ns)
			       ? refuse("--until", value)
			       : 0;
	case 'a':
		return prefix_parse(&q->address, value, strlen(value))
			       ? refuse("--address", value)
			       : 0;
	case 'c':
		return query_classes(&q->classes, value)
			       ? refuse("--class", value)
			       : 0;
	case 'g':
		q->sign = value;
		return 0;
	case 'v':
		q->server = value;
		return 0;
	case 'k':
		q->kind = value;
		return 0;
	default:
		return USAGE;
	}
}

static int take_option(struct read_wish *w, int option, const char *value)
{
	switch (option) {
	case 'p':
		w->path = value;
		return 0;
	case 'j':
		w->json = true;
		return 0;
	case 'f':
		w->follow = true;
		return 0;
	case 'F':
		w->format = value;
		return 0;
	case 't':
		w->to = value;
		return 0;
	case 'H':
		w->hide = value;
		return 0;
	case 'C':
		w->cursor = value;
		/* So that what is missing shows by its number. */
		w->query.all = true;
		return 0;
	case 'n':
		w->id = strtoull(value, NULL, 10);
		return 0;
	case 'i':
		if (w->info_count == READ_INFOS_MAX)
			return USAGE;
		w->infos[w->info_count++] = value;
		return 0;
	default:
		return take_query(w, option, value);
	}
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "path", required_argument, NULL, 'p' },
		{ "json", no_argument, NULL, 'j' },
		{ "follow", no_argument, NULL, 'f' },
		{ "format", required_argument, NULL, 'F' },
		{ "to", required_argument, NULL, 't' },
		{ "pseudonyms", required_argument, NULL, 'H' },
		{ "cursor", required_argument, NULL, 'C' },
		{ "info", required_argument, NULL, 'i' },
		{ "id", required_argument, NULL, 'n' },
		{ "since", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ "address", required_argument, NULL, 'a' },
		{ "class", required_argument, NULL, 'c' },
		{ "sign", required_argument, NULL, 'g' },
		{ "server", required_argument, NULL, 'v' },
		{ "kind", required_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	struct read_wish wish = {
		.path = "/var/lib/postern/records",
		.format = "ndjson",
		.now_ns = clock_calendar_ns(),
	};
	int option, status;

	log_open("postern");
	while ((option = getopt_long(argc, argv, "f", known, NULL)) != -1) {
		status = take_option(&wish, option, optarg);
		if (status)
			return status;
	}
	for (size_t i = 0; i < JOBS && optind + 1 == argc; i++) {
		if (strcmp(jobs[i].name, argv[optind]) == 0)
			return jobs[i].run(&wish);
	}
	fprintf(stderr, "postern-read is a part of postern; use postern(1)\n");
	return USAGE;
}
