/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace: a counter in the kernel that is asked for while somebody looks, for
 * counters on each ban would cost too much.  What it had before is none of ours.
 */
#include "ctl/cli/trace.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl/cli/cli.h"
#include "ctl/cli/link.h"
#include "ctl/cli/show.h"
#include "ctl/core/msg.h"

#define TRACE_COUNTER "traced"

static volatile sig_atomic_t is_over;

static void on_signal(int number)
{
	(void)number;
	is_over = 1;
}

static int hear(void *ctx, enum msg_kind kind, const union msg_row *row)
{
	if (kind == MSG_COUNTER &&
	    strcmp(row->counter.name, TRACE_COUNTER) == 0)
		*(struct counter *)ctx = row->counter;
	return 0;
}

static void print(const struct cli *cli, uint64_t second, uint64_t packets,
		  uint64_t bytes)
{
	char a[SHOW_TEXT_SIZE], b[SHOW_TEXT_SIZE];

	if (cli->json)
		show_json(json_pack("{s:I, s:I, s:I}", "seconds",
				    (json_int_t)second, "packets",
				    (json_int_t)packets, "bytes",
				    (json_int_t)bytes),
			  false);
	else
		printf("%5llu s  %10s packets  %12s bytes dropped\n",
		       (unsigned long long)second, show_count(a, packets),
		       show_count(b, bytes));
	fflush(stdout);
}

/* A second after the last time, or less when a signal says so. */
static void rest(struct timespec *when)
{
	when->tv_sec++;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, when, NULL);
}

int trace_run(struct cli *cli, const struct prefix *p, uint64_t term_s)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct counter first, now = { 0 };
	const struct link_listener listener = { hear, &now };
	struct ask ask = link_request(VERB_TRACE);
	struct timespec when;
	int code;

	ask.prefix = *p;
	code = link_run(cli, &ask, &listener);
	if (code)
		return code;
	first = now;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	clock_gettime(CLOCK_MONOTONIC, &when);
	for (uint64_t second = 1; !is_over && !code; second++) {
		rest(&when);
		code = link_run(cli, &ask, &listener);
		/* A new life of the table counts from the start. */
		if (now.packets < first.packets)
			first = (struct counter){ 0 };
		if (!code)
			print(cli, second, now.packets - first.packets,
			      now.bytes - first.bytes);
		if (term_s && second >= term_s)
			break;
	}
	ask.prefix = (struct prefix){ 0 };
	return code ? code : link_run(cli, &ask, NULL);
}
