/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast does the feed read?  Files of the shape that Suricata writes are
 * made, and read as postern-feed reads them, up to its events; the processor
 * time of this thread counts.  Beside it, if it is named, the reference
 * program does what it can, in the same run.
 *
 *     bench_feed [LINES [ROUNDS [REFERENCE]]]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ctl/core/clock.h"
#include "feeds/sieve.h"
#include "feeds/tail.h"
#include "tests/support/evegen.h"

#define ROUNDS_MAX 31

struct bench {
	struct config *config;
	struct sieve sieve;
	struct source_sink sink;
	uint64_t events;
	struct reading reading; /* of the file that is read */
};

/* A file that was made, and what is in it. */
struct sample {
	const char *name;
	char path[256];
	uint64_t lines;
	uint64_t alerts;
	uint64_t bytes;
};

__attribute__((noreturn)) static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make_sample(struct sample *s, uint64_t lines, bool alerts_only)
{
	const char *dir = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	struct random r = { { 1, 2, 3 } };
	char line[EVEGEN_LINE_SIZE];
	FILE *file;
	int fd;

	snprintf(s->path, sizeof(s->path), "%s/postern-bench-XXXXXX", dir);
	fd = mkstemp(s->path);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		fail(s->path);
	for (s->lines = 0; s->lines < lines; s->lines++) {
		enum evegen_kind kind = alerts_only ? EVEGEN_ALERT
						    : evegen_pick(&r);
		size_t len = evegen_line(&r, kind, (uint32_t)s->lines, line);

		s->alerts += kind == EVEGEN_ALERT;
		s->bytes += len;
		if (fwrite(line, 1, len, file) != len)
			fail(s->path);
	}
	if (fclose(file) != 0)
		fail(s->path);
}

static void on_event(void *ctx, const struct event *event)
{
	struct bench *b = ctx;

	b->events += event->sign != SIGN_NONE;
}

static void on_reading(void *ctx, const struct reading *reading)
{
	struct bench *b = ctx;

	if (reading->stream)
		b->reading = *reading;
}

static void on_gap(void *ctx, const struct gap *gap)
{
	(void)ctx;
	(void)gap;
	fprintf(stderr, "something was lost\n");
	exit(1);
}

/* Seconds that it takes to read S as the feed does. */
static double read_sample(struct bench *b, const struct sample *s)
{
	struct source *source;
	double begin = now_s();

	b->events = 0;
	b->sieve.seen_ns = clock_calendar_ns();
	if (tail_new(&source, s->path, &b->sieve, &b->sink) ||
	    source_begin(source, NULL, 0))
		fail(s->path);
	source_wake(source, clock_monotonic_ns());
	while (source_is_ready(source))
		source_read(source, clock_monotonic_ns());
	source_tell(source);
	begin = now_s() - begin;
	source_free(source);
	if (b->events != s->alerts || b->reading.alerts != s->alerts ||
	    b->reading.lines != s->lines || b->reading.bad) {
		fprintf(stderr, "%s: some were missed\n", s->name);
		exit(1);
	}
	return begin;
}

/* Seconds that the reference program takes for MODE. */
static double run_reference(const char *program, const char *mode,
			    const struct sample *s)
{
	struct rusage before, after;
	int status;
	pid_t pid;

	getrusage(RUSAGE_CHILDREN, &before);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		execl(program, program, mode, s->path, NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		fail(program);
	getrusage(RUSAGE_CHILDREN, &after);
	return (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec +
			after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
	       (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec +
			after.ru_stime.tv_usec - before.ru_stime.tv_usec) /
		       1e6;
}

static int compare_times(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void print_row(const char *who, const struct sample *s, double *times,
		      int rounds)
{
	double median, best;

	qsort(times, (size_t)rounds, sizeof(*times), compare_times);
	median = times[rounds / 2];
	best = times[0];
	printf("%-22s %-12s %7.2f %7.2f GB/s %10.0f lines/s %9.0f alerts/s\n",
	       who, s->name, (double)s->bytes / median / 1e9,
	       (double)s->bytes / best / 1e9, (double)s->lines / median,
	       (double)s->alerts / median);
}

static void bench_sample(struct bench *b, const struct sample *s, int rounds,
			 const char *reference)
{
	static const char *const modes[] = { "memchr", "block", "blockpre" };
	double times[4][ROUNDS_MAX];
	char who[32];

	for (int i = 0; i < rounds; i++) {
		times[3][i] = read_sample(b, s);
		for (int m = 0; reference && m < 3; m++)
			times[m][i] = run_reference(reference, modes[m], s);
	}
	print_row("postern-feed", s, times[3], rounds);
	for (int m = 0; reference && m < 3; m++) {
		snprintf(who, sizeof(who), "reference: %s", modes[m]);
		print_row(who, s, times[m], rounds);
	}
}

static void init(struct bench *b)
{
	struct server *server;

	b->config = config_new();
	if (!b->config)
		fail("configuration");
	b->config->server_count = 1;
	server = &b->config->servers[0];
	server->address_count = 1;
	server->service_count = 1;
	server->services[0].port = 25;
	if (prefix_parse(&server->addresses[0], EVEGEN_SERVER,
			 strlen(EVEGEN_SERVER)) ||
	    attacker_init(&b->sieve.attacker, b->config, false))
		fail("configuration");
	b->sieve.event = on_event;
	b->sieve.ctx = b;
	b->sink = (struct source_sink){ on_reading, on_gap, b };
}

int main(int argc, char **argv)
{
	unsigned long lines = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	int rounds = argc > 2 ? atoi(argv[2]) : 5;
	const char *reference = argc > 3 ? argv[3] : NULL;
	struct sample mixed = { .name = "3 % alerts" };
	struct sample alerts = { .name = "alerts only" };
	static struct bench b;

	if (rounds < 1 || rounds > ROUNDS_MAX)
		rounds = 5;
	init(&b);
	make_sample(&mixed, lines, false);
	make_sample(&alerts, lines / 3, true);
	printf("%lu lines of %.0f bytes; of one core, median and best of %d\n",
	       lines, (double)mixed.bytes / (double)lines, rounds);
	bench_sample(&b, &mixed, rounds, reference);
	bench_sample(&b, &alerts, rounds, NULL);
	unlink(mixed.path);
	unlink(alerts.path);
	attacker_fini(&b.sieve.attacker);
	config_free(b.config);
	return 0;
}
