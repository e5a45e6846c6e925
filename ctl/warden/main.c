/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posternd: see posternd(8).
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/core/config.h"
#include "ctl/core/log.h"
#include "ctl/core/role.h"
#include "ctl/warden/about.h"
#include "ctl/warden/jobs.h"
#include "ctl/warden/warden.h"

#define DEFAULT_CONFIG CONFIG_DEFAULT_FILE

static void usage(FILE *out)
{
	fputs("usage: posternd [-c FILE] [-v]\n"
	      "       posternd [-c FILE] --check | --ruleset | --kept | "
	      "--records\n"
	      "       posternd --version\n\n"
	      "  -c FILE     the configuration (" DEFAULT_CONFIG ")\n"
	      "  -v          say more\n"
	      "  --check     read the configuration, say what is wrong, end\n"
	      "  --ruleset   print the nftables ruleset that it means, end\n"
	      "  --kept      print the one that was loaded last, end\n"
	      "  --records   print where the records are, and for how long\n"
	      "\nIt stays in the foreground; systemd starts it. See "
	      "posternd(8).\n",
	      out);
}

enum job {
	JOB_RUN,
	JOB_CHECK,
	JOB_RULESET,
	JOB_KEPT,
	JOB_RECORDS,
	JOB_PART,
};

static int run(enum job job, const char *path)
{
	if (job == JOB_CHECK)
		return jobs_check(path);
	if (job == JOB_RULESET)
		return jobs_print_ruleset(path);
	if (job == JOB_KEPT)
		return jobs_print_kept(path);
	if (job == JOB_RECORDS)
		return about_records(path);
	if (geteuid() != 0) {
		log_error("this must be started by root");
		return 1;
	}
	return warden_run(path);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "check", no_argument, NULL, 'k' },
		{ "ruleset", no_argument, NULL, 'r' },
		{ "kept", no_argument, NULL, 'e' },
		{ "records", no_argument, NULL, 'R' },
		{ "part", required_argument, NULL, 'p' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = DEFAULT_CONFIG;
	enum job job = JOB_RUN;
	const char *role = "";
	int option;

	log_open(role_name(ROLE_WARDEN));
	while ((option = getopt_long(argc, argv, "c:vh", options, NULL)) !=
	       -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 'v':
			log_verbose();
			break;
		case 'k':
			job = JOB_CHECK;
			break;
		case 'r':
			job = JOB_RULESET;
			break;
		case 'e':
			job = JOB_KEPT;
			break;
		case 'R':
			job = JOB_RECORDS;
			break;
		case 'p':
			job = JOB_PART;
			role = optarg;
			break;
		case 'V':
			puts("postern " POSTERN_VERSION);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind != argc) {
		usage(stderr);
		return 2;
	}
	return job == JOB_PART ? jobs_print_part(path, role) : run(job, path);
}
